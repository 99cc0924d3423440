/** What cannot be judged, and why: nothing of it may pass for safe. */
import type { FindingCode } from '../finding-codes.ts'
import type { JudgedSetting } from '../judged-settings.ts'
import type { LintFinding, TextIssueCode, TextSetting } from '../lint-types.ts'
import { about, finding, type Rule, toSafe } from './rule.ts'

const ISSUE_FINDINGS: Record<TextIssueCode, FindingCode> = {
  unreadable: 'lineUnreadable',
  notFollowed: 'lineNotFollowed',
  unclosed: 'lineUnclosed',
}

/** Whoever has more of them has another problem than the next one. */
const MOST_LINES = 20

/** The line is named and never quoted: it may hold a password. */
export const unreadableLines: Rule = ({ settings }) =>
  settings.parsed.issues
    .slice(0, MOST_LINES)
    .map(({ code, line }) => finding(ISSUE_FINDINGS[code], 'warning', { line, facts: { line }, isUnknown: true }))

/** Some other file, or another client's. A text without anything to judge is fine when it says anything at all. */
export const nothingRead: Rule = ({ settings, input }) => {
  const { parsed } = settings
  const isEmpty = parsed.settings.length === 0 && parsed.calls.length === 0 && parsed.names.size === 0
  return isEmpty && parsed.issues.length === 0 && hasWords(input.text)
    ? [finding('nothingRead', 'warning', { isUnknown: true })]
    : []
}

function hasWords(text: string): boolean {
  return text.split('\n').some((line) => !/^\s*(?:[#!].*|\/\/.*|---)?\s*$/.test(line))
}

/** Set to something that is no value of it, or that only the running program knows; or a default that versions differ in. */
export const unknownValues: Rule = ({ settings }) => settings.all().flatMap(unknownValue)

function unknownValue(judged: JudgedSetting): LintFinding[] {
  switch (judged.because) {
    case 'invalid':
      return [about(judged, 'valueInvalid', 'high', { change: toSafe(judged) })]
    case 'computed':
      return judged.spec.isVital ? [about(judged, 'valueComputed', 'warning', { isUnknown: true })] : []
    case 'version':
      if (!judged.spec.isVital) return []
      return [
        about(judged, 'defaultUnknown', 'warning', {
          facts: { defaults: [...new Set(judged.spec.defaults.map(({ value }) => String(value ?? '')))].join(' / ') },
          isUnknown: true,
          change: toSafe(judged),
        }),
      ]
    case null:
      return []
  }
}

/** Java takes the last one without a word. */
export const setTwice: Rule = ({ settings }) =>
  settings.table.isPerCall
    ? []
    : settings
        .all()
        .filter(({ found }) => found.length > 1)
        .map((judged) => about(judged, 'setTwice', 'info', { facts: { count: judged.found.length } }))

const SHORTEST_GUESSED = 4

/** A name that is almost one we judge: the client passes over it without a word. */
export const misspelt: Rule = ({ settings }) => {
  const { parsed, table } = settings
  const known = table.specs.flatMap((spec) => spec.names)
  const isKnown = (setting: TextSetting): boolean => table.specs.some((spec) => table.isNamed(setting, spec))
  const byName = new Map(parsed.settings.toReversed().map((setting) => [setting.name, setting]))
  return [...byName.values()]
    .filter((setting) => setting.name.length <= LONGEST_NAME && !isKnown(setting))
    .flatMap((setting) => {
      const meant = known.find((name) => isAlmost(setting.name, name))
      if (meant === undefined) return []
      const facts = { setting: setting.name, meant }
      const { line, value } = setting
      return [{ ...finding('misspelt', 'warning', { line, facts, isUnknown: true }), setting: setting.name, value }]
    })
    .slice(0, MOST_LINES)
}

const LONGEST_NAME = 80

/** One sign more, less or other; for longer names two. Differences of letter case count as none. */
function isAlmost(written: string, known: string): boolean {
  const [one, other] = [written.toLowerCase(), known.toLowerCase()]
  const allowed = known.length >= 12 ? 2 : 1
  if (known.length < SHORTEST_GUESSED || Math.abs(one.length - other.length) > allowed) return false
  return editDistance(one, other) <= allowed
}

function editDistance(one: string, other: string): number {
  let before = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (let row = 1; row <= one.length; row += 1) {
    const next = [row]
    for (let at = 1; at <= other.length; at += 1) {
      const changed = (before[at - 1] ?? 0) + (one[row - 1] === other[at - 1] ? 0 : 1)
      next.push(Math.min(changed, (before[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1))
    }
    before = next
  }
  return before[other.length] ?? 0
}

/** The version that was given is none we can read. */
export const versionUnreadable: Rule = ({ input, settings }) => {
  const isAll = settings.version.from[0] === 0 && settings.version.to[0] === Number.MAX_SAFE_INTEGER
  return input.version !== null && input.version.trim() !== '' && isAll ? [finding('versionUnreadable', 'info')] : []
}
