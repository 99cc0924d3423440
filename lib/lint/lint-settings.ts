/** A client's settings as text → what they mean for losses, and the text with the faults mended. Pure. */
import { CLIENT_TABLES } from './client-tables.ts'
import { ANY_VERSION, parseVersion, type VersionRange } from './client-version.ts'
import { kafkaOfSpringBoot } from './clients/spring-boot.ts'
import { applyEdits, editsFor } from './correct-text.ts'
import { effectiveSetting, JudgedSettings } from './judged-settings.ts'
import type { LintFinding, LintInput, LintResult, LintSeverity, LintVerdict } from './lint-types.ts'
import { readText } from './read/read-text.ts'
import { rulesFor } from './rules/all-rules.ts'

/** One mend may show another fault (a producer that is idempotent now allows fewer requests in flight). */
const MAX_ROUNDS = 12

export function lintSettings(input: LintInput): LintResult {
  const judgement = judge(input)
  const { settings, findings } = judgement
  return {
    verdict: verdictOf(findings),
    findings,
    effective: settings.all().map(effectiveSetting),
    corrected: correct(input, judgement),
  }
}

interface Judgement {
  settings: JudgedSettings
  findings: LintFinding[]
}

function judge(input: LintInput): Judgement {
  const parsed = readText(input.text, input.client)
  const settings = new JudgedSettings(parsed, CLIENT_TABLES[input.client], versionOf(input))
  const findings = rulesFor(input.client).flatMap((rule) => rule({ settings, input }))
  return { settings, findings: findings.sort((one, other) => rank(one) - rank(other)) }
}

function versionOf({ client, version }: LintInput): VersionRange {
  const range = version === null ? null : parseVersion(version)
  if (range === null) return ANY_VERSION
  return client === 'springBoot' ? (kafkaOfSpringBoot(range) ?? ANY_VERSION) : range
}

const SEVERITY_RANK: Record<LintSeverity, number> = { critical: 0, high: 1, warning: 2, info: 3 }

function rank({ severity }: LintFinding): number {
  return SEVERITY_RANK[severity]
}

/** Warnings are about order, doubles and delays: without anything unknown beside them nothing is lost. */
function verdictOf(findings: readonly LintFinding[]): LintVerdict {
  if (findings.some(({ severity }) => severity === 'critical')) return 'loses'
  if (findings.some(({ severity }) => severity === 'high')) return 'atRisk'
  return findings.some(({ isUnknown }) => isUnknown) ? 'unknown' : 'safe'
}

/** A text that could not be read whole is left alone: what is changed in it might mean something else. */
function correct(input: LintInput, first: Judgement): string {
  let { text } = input
  let { settings, findings } = first
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    if (settings.parsed.issues.length > 0) return input.text
    const next = applyEdits(text, editsFor(findings, settings))
    if (next === text) return text
    text = next
    ;({ settings, findings } = judge({ ...input, text }))
  }
  return text
}
