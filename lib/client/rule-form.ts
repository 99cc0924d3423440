/** The form of an alert rule: the body of the request made from it, and at which of its fields a refusal belongs. Pure. */
import type { AlertRuleAnswer } from '../api/schemas/alerts.ts'
import { ApiError } from './api.ts'

export type RuleDefinition = NonNullable<AlertRuleAnswer['definition']>
export type RuleSeverity = NonNullable<RuleDefinition['severity']>

/** The mildest last, as in other lists of them. */
export const RULE_SEVERITIES = ['critical', 'high', 'warning', 'info'] as const satisfies RuleSeverity[]

export const RULE_LABELS = [
  ...(['cluster', 'group', 'topic', 'partition', 'broker', 'logDir', 'nameServer'] as const),
] as const
export type RuleLabel = (typeof RULE_LABELS)[number]

/** What a finding can be narrowed down by; a number has labels of its own. */
export const FINDING_LABELS = ['cluster', 'group', 'topic', 'broker', 'nameServer'] as const satisfies RuleLabel[]

/** The one number of rules that is no series of the history; it follows from another. */
export const DISK_FULL_HOURS = 'diskFullHours'
export const DISK_FULL_LABELS = ['cluster', 'broker', 'logDir'] as const satisfies RuleLabel[]

export interface RuleForm {
  id: string
  about: 'series' | 'finding'
  /** Empty while none is chosen, as the finding. */
  series: string
  finding: string
  fromSeverity: RuleSeverity
  globs: Record<RuleLabel, string>
  beyond: 'above' | 'below'
  raise: string
  clear: string
  forSeconds: string
  keepFiringForSeconds: string
  /** Empty: as grave as what is found. */
  severity: RuleSeverity | ''
  /** One a line, as `name: value`. */
  labels: string
  runbook: string
}

const NO_GLOBS = Object.fromEntries(RULE_LABELS.map((label) => [label, ''])) as RuleForm['globs']

export const EMPTY_RULE: RuleForm = {
  ...{ id: '', about: 'series', series: '', finding: '', fromSeverity: 'info', globs: NO_GLOBS, beyond: 'above' },
  ...{ raise: '', clear: '', forSeconds: '60', keepFiringForSeconds: '30', severity: 'high', labels: '', runbook: '' },
}

export function formOf(definition: RuleDefinition): RuleForm {
  const { id, when, raiseAbove, raiseBelow, clearBelow, clearAbove, severity = '', runbook = '' } = definition
  const text = (value: number | undefined): string => (value === undefined ? '' : String(value))
  return {
    ...{ id, about: when.finding === undefined ? 'series' : 'finding', severity, runbook },
    ...{ series: when.series ?? '', finding: when.finding ?? '', fromSeverity: when.fromSeverity ?? 'info' },
    globs: { ...NO_GLOBS, ...when.labels },
    beyond: raiseBelow === undefined ? 'above' : 'below',
    ...{ raise: text(raiseAbove ?? raiseBelow), clear: text(clearBelow ?? clearAbove) },
    ...{ forSeconds: text(definition.forSeconds), keepFiringForSeconds: text(definition.keepFiringForSeconds) },
    labels: Object.entries(definition.labels)
      .map(([name, value]) => `${name}: ${value}`)
      .join('\n'),
  }
}

/** As of `POST /api/v1/alert-rules`; what is left out is undefined. */
export type RuleBody = Record<string, unknown> & { id: string }

/** Stands for the code while none is given: what a rule does does not depend on it. */
const NAMELESS = 'new-rule'

/** @param known which labels there are of what the rule is about: what was typed for another thing is not sent */
export function ruleBody(form: RuleForm, known: readonly RuleLabel[]): RuleBody {
  const { about, series, finding, fromSeverity, beyond, severity } = form
  const globs = known.flatMap((label) => (form.globs[label].trim() === '' ? [] : [[label, form.globs[label].trim()]]))
  const [raise, clear] = beyond === 'above' ? ['raiseAbove', 'clearBelow'] : ['raiseBelow', 'clearAbove']
  return {
    id: form.id.trim(),
    when: {
      ...(about === 'series' ? { series } : { finding, fromSeverity }),
      labels: Object.fromEntries(globs),
    },
    ...(about === 'series' ? { [raise as string]: numberOf(form.raise), [clear as string]: numberOf(form.clear) } : {}),
    ...{ forSeconds: numberOf(form.forSeconds), keepFiringForSeconds: numberOf(form.keepFiringForSeconds) },
    severity: severity === '' ? undefined : severity,
    labels: labelsOf(form.labels),
    runbook: form.runbook.trim() === '' ? undefined : form.runbook.trim(),
  }
}

/** As it can be run over the history; null while too little is said of it. */
export function previewBody(form: RuleForm, known: readonly RuleLabel[]): RuleBody | null {
  const { about, series, raise, finding } = form
  const isSaid = about === 'finding' ? finding !== '' : series !== '' && raise.trim() !== ''
  if (!isSaid || notNumbers(form).length > 0) return null
  const body = ruleBody(form, known)
  return { ...body, id: body.id === '' ? NAMELESS : body.id }
}

function numberOf(text: string): number | undefined {
  return text.trim() === '' ? undefined : Number(text)
}

/** A line without a colon is a name without a value, which the server refuses by its name. */
function labelsOf(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf(':')
      return at === -1 ? [line.trim(), ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()]
    }),
  )
}

export const NUMBER_FIELDS = ['raise', 'clear', 'forSeconds', 'keepFiringForSeconds'] as const
export type NumberField = (typeof NUMBER_FIELDS)[number]
export type RuleField =
  | ('id' | 'about' | 'fromSeverity' | 'severity' | 'labels' | 'runbook')
  | NumberField
  | `globs.${RuleLabel}`

/** What was typed where a number belongs. */
export function notNumbers(form: RuleForm): NumberField[] {
  const asked = form.about === 'series' ? NUMBER_FIELDS : NUMBER_FIELDS.slice(2)
  return asked.filter((field) => !Number.isFinite(numberOf(form[field]) ?? 0))
}

const OF_PATH: Readonly<Record<string, RuleField>> = {
  ...{ id: 'id', when: 'about', 'when.finding': 'about', 'when.series': 'about', 'when.fromSeverity': 'fromSeverity' },
  ...{ raiseAbove: 'raise', raiseBelow: 'raise', clearBelow: 'clear', clearAbove: 'clear', severity: 'severity' },
  ...{ forSeconds: 'forSeconds', keepFiringForSeconds: 'keepFiringForSeconds', labels: 'labels', runbook: 'runbook' },
}

/** Refusals that are about the code, though they name no place. */
const ABOUT_CODE: readonly string[] = ['alert_rule_exists', 'alert_rule_in_file', 'alert_rule_built_in']

export interface RuleFaults {
  fields: Partial<Record<RuleField, string>>
  /** Some of it belongs to no field. */
  hasMore: boolean
}

export const NO_FAULTS: RuleFaults = { fields: {}, hasMore: false }

/** The server's words, which are the person's. */
export function faultsOf(error: unknown): RuleFaults {
  if (error === null || error === undefined) return NO_FAULTS
  const problem = error instanceof ApiError ? error.problem : null
  if (problem !== null && ABOUT_CODE.includes(problem.code))
    return { fields: { id: `${problem.detail} ${problem.fix ?? ''}`.trim() }, hasMore: false }
  const placed = (problem?.errors ?? []).map(({ path, message }) => [fieldOf(path), message] as const)
  const fields = placed.flatMap(([field, message]) => (field === null ? [] : [[field, message]]))
  return {
    fields: Object.fromEntries(fields) as RuleFaults['fields'],
    hasMore: fields.length === 0 || fields.length < placed.length,
  }
}

function fieldOf(path: string): RuleField | null {
  const place = path.replace(/^body\.(rule\.)?/, '')
  const label = RULE_LABELS.find((one) => place === `when.labels.${one}`)
  if (label !== undefined) return `globs.${label}`
  if (place.startsWith('labels.')) return 'labels'
  return OF_PATH[place] ?? null
}
