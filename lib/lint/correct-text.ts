/** The same text with the faults mended: only what is at fault is changed or added, all else stays byte for byte. */
import { addSetting } from './add-setting.ts'
import { type JudgedSettings, safetyOf } from './judged-settings.ts'
import type { LintFinding, ParsedText, SettingKey, SettingValue, TextEdit, TextSetting } from './lint-types.ts'
import type { SettingSpec } from './setting-spec.ts'

/** Of all findings, each setting once; those that an edit before overlaps wait for the next round. */
export function editsFor(findings: readonly LintFinding[], settings: JudgedSettings): TextEdit[] {
  const edits: TextEdit[] = []
  const done = new Set<SettingKey>()
  for (const { change } of findings) {
    if (change === null) continue
    if ('edits' in change) edits.push(...change.edits)
    else if (!done.has(change.key)) {
      done.add(change.key)
      edits.push(...settingEdit(settings, change))
    }
  }
  return withoutOverlaps(edits)
}

function settingEdit(settings: JudgedSettings, change: { key: SettingKey; to?: SettingValue }): TextEdit[] {
  const { parsed, table } = settings
  const judged = settings.get(change.key)
  const to = change.to ?? judged?.spec.safe
  if (judged === null || to === undefined) return []
  const { spec, set, found } = judged
  const written = spec.write(to)
  if (set !== null) {
    // Where each holds for a call of its own, all that are worse than this; what only the program knows is left to it.
    const isWorse = (one: TextSetting): boolean => {
      const value = spec.read(one.value, one.name)
      return value !== undefined && safetyOf(spec, value) < safetyOf(spec, to)
    }
    const faulty = table.isPerCall ? found.filter((one) => one === set || isWorse(one)) : [set]
    return faulty.flatMap((one) => replace(parsed, spec, one, written))
  }
  const added = written === null ? null : addSetting(parsed, table.client, spec, written)
  return added === null ? [] : [added]
}

function replace(parsed: ParsedText, spec: SettingSpec, set: TextSetting, written: string | null): TextEdit[] {
  if (written === null) return set.whole === null ? [] : [removal(parsed.text, set.whole)]
  // An option that says all by its name gives way to the one that says the safe thing.
  if (written === '' && set.whole !== null) return [{ ...set.whole, text: `kgo.${spec.names[0]}()` }]
  return [{ start: set.start, end: set.end, text: quoted(parsed, set, written) }]
}

/** Quoted as it was; what was bare stays bare, unless code needs the quotes. */
function quoted({ format, text }: ParsedText, set: TextSetting, written: string): string {
  const { quote, value, call, nameStart } = set
  if (quote !== '') return `${quote}${written}${quote}`
  // Python's `True`.
  if (/^(?:True|False)$/.test(value)) return pascal(written)
  const isBare = format !== 'code' || /^(?:-?\d+|true|false)$/.test(written) || /[.(*]/.test(written)
  if (isBare) return written
  // `Acks.Leader` of .NET becomes `Acks.All`.
  const member = /^([A-Z]\w*)\.\w+$/.exec(value)
  if (member !== null && call !== 'put') return `${member[1]}.${pascal(written)}`
  const sign = text[nameStart] === "'" ? "'" : '"'
  return `${sign}${written}${sign}`
}

function pascal(word: string): string {
  return word.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/** With the comma behind it, and with its line where nothing else stands there. */
function removal(text: string, { start, end }: { start: number; end: number }): TextEdit {
  const behind = /^[ \t]*,?[ \t]*/.exec(text.slice(end, end + 200))?.[0].length ?? 0
  const lineStart = text.lastIndexOf('\n', start - 1) + 1
  const isAlone =
    text.slice(lineStart, start).trim() === '' && /^\r?\n/.test(text.slice(end + behind, end + behind + 2))
  if (!isAlone) return { start, end: end + behind, text: '' }
  return { start: lineStart, end: text.indexOf('\n', end + behind) + 1, text: '' }
}

function withoutOverlaps(edits: readonly TextEdit[]): TextEdit[] {
  const kept: TextEdit[] = []
  const starts = new Set<number>()
  // Also what goes to the same place waits: the first one may make the second needless, or change how it is written.
  for (const edit of edits) {
    if (starts.has(edit.start)) continue
    kept.push(edit)
    starts.add(edit.start)
  }
  return kept
}

/** Edits that begin at the same place are written in their order. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const ordered = edits
    .map((edit, order) => ({ ...edit, order }))
    .sort((a, b) => a.start - b.start || a.order - b.order)
  let result = ''
  let at = 0
  for (const { start, end, text: written } of ordered) {
    result += text.slice(at, start) + written
    at = end
  }
  return result + text.slice(at)
}
