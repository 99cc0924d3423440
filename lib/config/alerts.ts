/**
 * What a person decides about alerts, in the configuration:
 *
 *     alerts:
 *       builtIn: { group.lagSeconds: { raiseAbove: 900, clearBelow: 60, forSeconds: 60, severity: high }, dlq.depth: false }
 *       rules:
 *         - { id: big-backlog, when: { series: lagMessages, labels: { topic: "pay.*" } }, raiseAbove: 1000000, severity: high }
 *         - { id: any-unclean, when: { finding: topic.uncleanLeaderElection }, severity: warning }
 *       silences:
 *         - { code: "*", cluster: "*", subject: "scratch.*", reason: "load test", until: 2026-12-31 }
 */
import { z } from 'zod'
import type { AlertRule, Condition, SeriesCondition } from '../alerts/alert-rule.ts'
import { type AlertSettings, BUILT_IN_RULES, type Tuned } from '../alerts/built-in-rules.ts'
import type { Route } from '../alerts/route.ts'
import { labelsOfSeries, OWN_RULE_SERIES } from '../alerts/rule-series.ts'
import { FINDING_CODES } from '../durability/finding-codes.ts'
import { LONGEST_MUTE_MS } from '../durability/mutes.ts'
import { SEVERITIES } from '../durability/observation.ts'
import { SECOND_MS } from '../units.ts'
import { receivers } from './receivers.ts'
import { type Heartbeat, heartbeat, routes } from './routes.ts'
import { muteEnd, muteInput } from './rules.ts'

const MOST_RULES = 200
const MOST_SILENCES = 1_000
const LONGEST_WAIT_SECONDS = 86_400
const USUAL_KEEP_SECONDS = 30

const label = z.string().min(1).max(256)
const labels = z.record(z.string().regex(/^\w{1,40}$/), label).default({})
const seconds = z.number({ error: 'issue:alertSeconds' }).min(0).max(LONGEST_WAIT_SECONDS)
const mark = z.number()
const severity = z.enum(SEVERITIES)

const marks = {
  raiseAbove: mark.optional(),
  clearBelow: mark.optional(),
  raiseBelow: mark.optional(),
  clearAbove: mark.optional(),
}
type Marks = { [Mark in keyof typeof marks]?: number | undefined }

const ABOVE = ['raiseAbove', 'clearBelow'] as const
const BELOW = ['raiseBelow', 'clearAbove'] as const
type MarkName = (typeof ABOVE | typeof BELOW)[number]

/** Told with each alert of a rule. */
const ruleLabels = z.record(
  z.string().regex(/^\w{1,40}$/),
  z.string({ error: 'issue:alertLabelValue' }).min(1).max(256),
  { error: ({ code }) => (code === 'invalid_key' ? 'issue:alertLabelName' : undefined) },
)

/** What every rule may say of itself. */
const waits = {
  forSeconds: seconds.optional(),
  keepFiringForSeconds: seconds.optional(),
  labels: ruleLabels.optional(),
  runbook: z
    .url({ protocol: /^https?$/, error: 'issue:httpUrl' })
    .max(2_000)
    .optional(),
}

const tuning = z.strictObject({ ...marks, ...waits, severity: severity.optional(), fromSeverity: severity.optional() })

/** By code of a built-in rule; null: it is turned off. Each is checked by itself, so that a fault says where it is. */
const builtIn = z.record(z.string(), z.unknown()).transform((given, context): AlertSettings['tuned'] => {
  const tuned = Object.entries(given).map(([code, value]): [string, Tuned | null] => {
    const rule = BUILT_IN_RULES.find((one) => one.code === code)
    const parsed = tuning.safeParse(value)
    const issues = issuesOfTuning(rule, value, parsed)
    for (const issue of issues) {
      // A finished issue has all that a raw one needs; only their types do not meet.
      context.issues.push({ ...issue, path: [code, ...issue.path], input: value } as z.core.$ZodRawIssue)
    }
    return [code, parsed.success ? tunedBy(parsed.data) : null]
  })
  return Object.fromEntries(tuned)
})

type Parsed = z.ZodSafeParseResult<z.output<typeof tuning>>

function issuesOfTuning(rule: AlertRule | undefined, value: unknown, parsed: Parsed): readonly z.core.$ZodIssue[] {
  if (rule === undefined) return [{ code: 'custom', path: [], message: 'issue:unknownAlertRule' }]
  if (value === false) return []
  return parsed.success ? misfits(rule.when, parsed.data).map(toIssue) : parsed.error.issues
}

interface Misfit {
  path: PropertyKey[]
  message: string
}

function toIssue(misfit: Misfit): z.core.$ZodIssue {
  return { code: 'custom', ...misfit }
}

/** What a tuning says that its rule is not about. */
function misfits(when: Condition, given: z.output<typeof tuning>): Misfit[] {
  const fitting: readonly string[] = when.kind !== 'series' ? [] : when.beyond === 'above' ? ABOVE : BELOW
  const wrong: string[] = [...ABOVE, ...BELOW].filter((name) => given[name] !== undefined && !fitting.includes(name))
  if (given.fromSeverity !== undefined && when.kind !== 'finding') wrong.push('fromSeverity')
  if (wrong.length > 0) return wrong.map((name) => ({ path: [name], message: 'issue:notOfThisRule' }))
  if (when.kind !== 'series') return []
  const { raiseAt, clearAt } = when
  const [raise, clear] = when.beyond === 'above' ? ABOVE : BELOW
  return crossed(when.beyond, given[raise] ?? raiseAt, given[clear] ?? clearAt)
    ? [{ path: [clear], message: 'issue:marksCross' }]
    : []
}

/** Cleared beyond the mark that raises it, an alert would come and go with each poll. */
function crossed(beyond: SeriesCondition['beyond'], raiseAt: number, clearAt: number | null): boolean {
  return clearAt !== null && (beyond === 'above' ? clearAt > raiseAt : clearAt < raiseAt)
}

function tunedBy(given: z.output<typeof tuning>): Tuned {
  const { raiseAbove, raiseBelow, clearBelow, clearAbove, forSeconds, keepFiringForSeconds, fromSeverity, ...rest } =
    given
  return withoutUndefined({
    ...rest,
    from: fromSeverity,
    raiseAt: raiseAbove ?? raiseBelow,
    clearAt: clearBelow ?? clearAbove,
    forMs: forSeconds === undefined ? undefined : forSeconds * SECOND_MS,
    keepFiringForMs: keepFiringForSeconds === undefined ? undefined : keepFiringForSeconds * SECOND_MS,
  })
}

function withoutUndefined(tuned: { [Field in keyof Tuned]: Tuned[Field] | undefined }): Tuned {
  return Object.fromEntries(Object.entries(tuned).filter(([, value]) => value !== undefined)) as Tuned
}

const condition = z.strictObject({
  finding: z.enum(FINDING_CODES, { error: 'issue:unknownRule' }).optional(),
  fromSeverity: severity.optional(),
  series: z.enum(OWN_RULE_SERIES, { error: 'issue:metric' }).optional(),
  labels,
})

const FINDING_LABELS = ['cluster', 'topic', 'group', 'broker', 'nameServer']

export const alertRuleId = z.string().regex(/^[a-z0-9][\w.-]{0,63}$/i, { error: 'issue:alertRuleId' })

/** Of a rule, in the file and in the bodies of `/api/v1/alert-rules`. */
export const alertRuleInput = z
  .strictObject({
    id: alertRuleId,
    when: condition,
    ...marks,
    ...waits,
    severity: severity.optional(),
  })
  .superRefine((rule, context) => {
    for (const { path, message } of faultsOfRule(rule)) context.addIssue({ code: 'custom', path, message })
  })
  .transform(toRule)

type RuleInput = Marks & {
  id: string
  when: z.output<typeof condition>
  severity?: z.output<typeof severity> | undefined
  forSeconds?: number | undefined
  keepFiringForSeconds?: number | undefined
  labels?: Record<string, string> | undefined
  runbook?: string | undefined
}

function* faultsOfRule(rule: RuleInput): Iterable<Misfit> {
  const { id, when } = rule
  if (BUILT_IN_RULES.some(({ code }) => code === id)) yield { path: ['id'], message: 'issue:alertRuleBuiltIn' }
  const { finding, series, fromSeverity } = when
  if ((finding === undefined) === (series === undefined))
    return yield { path: ['when'], message: 'issue:alertCondition' }
  const known: readonly string[] = series === undefined ? FINDING_LABELS : ['cluster', ...labelsOfSeries(series)]
  for (const name of Object.keys(when.labels)) {
    if (!known.includes(name)) yield { path: ['when', 'labels', name], message: 'issue:alertLabel' }
  }
  const given = [...ABOVE, ...BELOW].filter((name) => rule[name] !== undefined)
  if (series === undefined) {
    for (const name of given) yield { path: [name], message: 'issue:notOfThisRule' }
    return
  }
  if (fromSeverity !== undefined) yield { path: ['when', 'fromSeverity'], message: 'issue:notOfThisRule' }
  if (rule.severity === undefined) yield { path: ['severity'], message: 'issue:severityNeeded' }
  yield* faultsOfMarks(rule, given)
}

function* faultsOfMarks(rule: RuleInput, given: readonly MarkName[]): Iterable<Misfit> {
  const beyond = rule.raiseAbove !== undefined ? 'above' : 'below'
  const [raise, clear] = beyond === 'above' ? ABOVE : BELOW
  const raiseAt = rule[raise]
  if (raiseAt === undefined) yield { path: ['raiseAbove'], message: 'issue:raiseMark' }
  else if (crossed(beyond, raiseAt, rule[clear] ?? null)) yield { path: [clear], message: 'issue:marksCross' }
  for (const name of given) if (name !== raise && name !== clear) yield { path: [name], message: 'issue:notOfThisRule' }
}

function toRule(rule: RuleInput): AlertRule {
  const { id: code, forSeconds = 0, keepFiringForSeconds = USUAL_KEEP_SECONDS, labels = {}, runbook = null } = rule
  return {
    ...{ code, isBuiltIn: false, when: conditionOf(rule), severity: rule.severity ?? null, labels, runbook },
    ...{ forMs: forSeconds * SECOND_MS, keepFiringForMs: keepFiringForSeconds * SECOND_MS },
  }
}

function conditionOf({ when, raiseAbove, raiseBelow, clearBelow, clearAbove }: RuleInput): Condition {
  const { finding, series, fromSeverity: from = 'info', labels } = when
  if (finding !== undefined) return { kind: 'finding', finding, from, labels }
  const beyond = raiseAbove !== undefined ? 'above' : 'below'
  const [raiseAt, clearAt] = beyond === 'above' ? [raiseAbove, clearBelow] : [raiseBelow, clearAbove]
  return {
    kind: 'series',
    series: series ?? 'lagSeconds',
    labels,
    beyond,
    raiseAt: raiseAt ?? 0,
    clearAt: clearAt ?? null,
  }
}

const ruleList = z
  .array(alertRuleInput)
  .max(MOST_RULES)
  .default([])
  .superRefine((rules, context) => {
    rules.forEach(({ code }, index) => {
      const isSecond = rules.findIndex((other) => other.code === code) < index
      if (isSecond) context.addIssue({ code: 'custom', path: [index, 'id'], message: 'issue:alertRuleTwice' })
    })
  })

/** Of a silence, in the file and in the body of `POST /api/v1/silences`. */
export const silenceInput = z.strictObject({
  /** A glob over the codes of rules, built-in and own. */
  code: z.string().min(1).max(100).default('*'),
  ...{ cluster: muteInput.shape.cluster, subject: muteInput.shape.subject, reason: muteInput.shape.reason },
  severity: severity.nullish().transform((given) => given ?? null),
})

const fileSilence = silenceInput
  .extend({ from: muteEnd.optional(), until: muteEnd })
  .superRefine(({ from = 0, until }, context) => {
    const issue = (message: string): void => context.addIssue({ code: 'custom', path: ['until'], message })
    if (until <= from) issue('issue:timeOrder')
    if (until > Date.now() + LONGEST_MUTE_MS) issue('issue:muteTooLong')
  })
  .transform(({ from, until, ...silence }) => ({ ...silence, fromAtMs: from ?? 0, untilAtMs: until }))
export type FileSilence = z.output<typeof fileSilence>

const settings = z.strictObject({
  builtIn: builtIn.default({}),
  rules: ruleList,
  silences: z.array(fileSilence).max(MOST_SILENCES).default([]),
  receivers,
  routes,
  heartbeat,
})

export interface AlertConfig extends AlertSettings {
  silences: FileSilence[]
  /** Null: nothing is said of them. */
  routes: Route[] | null
  /** Null: nobody is told that the console works. */
  heartbeat: Heartbeat | null
}

export const alertSettings = settings.nullish().transform((given) => {
  const { builtIn: tuned, rules: own, ...rest } = given ?? settings.parse({})
  return { tuned, own, ...rest }
})
