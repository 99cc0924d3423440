/** What the rules share: each looks at one matter and answers what is wrong with it, as codes and facts. */
import type { FindingCode } from '../finding-codes.ts'
import { type JudgedSetting, type JudgedSettings, shownName, shownValue } from '../judged-settings.ts'
import type { FindingFacts, LintFinding, LintInput, LintSeverity, SettingKey, SettingValue } from '../lint-types.ts'

export interface RuleContext {
  settings: JudgedSettings
  input: LintInput
}

export type Rule = (context: RuleContext) => LintFinding[]

interface FindingParts {
  facts?: FindingFacts
  isUnknown?: boolean
  change?: LintFinding['change']
}

/** About no setting of the text. */
export function finding(
  code: FindingCode,
  severity: LintSeverity,
  parts: FindingParts & { line?: number } = {},
): LintFinding {
  const { facts = {}, isUnknown = false, change = null, line = null } = parts
  return { code, severity, setting: null, value: null, effective: null, line, facts, isUnknown, change }
}

/** About one setting; its name, value and place are told with it, and are facts for the words. */
export function about(
  judged: JudgedSetting,
  code: FindingCode,
  severity: LintSeverity,
  parts: FindingParts = {},
): LintFinding {
  const { spec, set, value } = judged
  const setting = shownName(spec, set)
  const effective = shownValue(spec, set, value)
  const { facts = {}, isUnknown = false, change = null } = parts
  return {
    ...{ code, severity, setting, value: set?.value ?? null, effective, line: set?.line ?? null },
    ...{ isUnknown, change, facts: { setting, effective: effective ?? '', ...facts } },
  }
}

/** Sets it to its safe value, or to `to`. */
export function toSafe(judged: JudgedSetting, to?: SettingValue): LintFinding['change'] {
  const { key, safe } = judged.spec
  if (to !== undefined) return { key, to }
  return safe === undefined ? null : { key }
}

/** A number that is known and set or a default; null otherwise. */
export function numberOf(settings: JudgedSettings, key: SettingKey): number | null {
  const value = settings.value(key)
  return typeof value === 'number' ? value : null
}
