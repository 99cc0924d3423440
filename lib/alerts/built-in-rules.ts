/**
 * The rules that every console has. Whatever costs messages or is about to, as the findings say it (`high` and `critical`),
 * and each loss, has a rule of its own code. Beside them stand some that wait longer, look at milder findings, or at numbers.
 */
import { FINDING_CODES, type FindingCode } from '../durability/finding-codes.ts'
import { LOSS_KINDS } from '../durability/losses/loss.ts'
import type { Severity } from '../durability/observation.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../units.ts'
import { type AlertRule, BLIND_RULE, type SeriesCondition } from './alert-rule.ts'

/** With polls every 15 seconds, an alert has ended within a minute of what it told being over. */
const KEEP_FIRING_MS = 30 * SECOND_MS
const DAY_HOURS = 24
const DAY_AND_A_HALF_HOURS = 36

/** Told by other rules: what a failed poll found is found by `cluster.blind`. */
const TOLD_OTHERWISE: ReadonlySet<FindingCode> = new Set(['cluster.pollFailed', 'cluster.leadersNotPreferred'])

type Over = Pick<Partial<AlertRule>, 'forMs' | 'severity'> & { from?: Severity }

/** Most findings wait by themselves, and hold back while brokers restart. */
const OTHERWISE: Partial<Record<FindingCode, Over>> = {
  'partition.offline': { forMs: 30 * SECOND_MS },
  'partition.underMinIsr': { forMs: MINUTE_MS },
  'partition.atMinIsr': { forMs: 2 * MINUTE_MS },
  'partition.underReplicated': { from: 'warning', forMs: 5 * MINUTE_MS },
  'broker.unreachable': { from: 'warning', forMs: 5 * MINUTE_MS },
  'nameServer.unreachable': { from: 'warning', forMs: MINUTE_MS },
  'broker.slaveBehind': { from: 'warning', forMs: 5 * MINUTE_MS },
  'group.stopped': { from: 'warning' },
  'group.stalled': { from: 'warning', forMs: 5 * MINUTE_MS },
  'group.lossForecast': { from: 'warning' },
  'dlq.growing': { from: 'warning' },
  'cluster.partlyUnknown': { from: 'warning', forMs: 5 * MINUTE_MS },
}

export const BUILT_IN_RULES: readonly AlertRule[] = [
  ...LOSS_KINDS.map((loss) => builtIn(`loss.${loss}`, { kind: 'loss', loss }, { severity: 'critical' })),
  ...FINDING_CODES.filter((code) => !TOLD_OTHERWISE.has(code)).map((code) => ofFinding(code, code, OTHERWISE[code])),
  ofFinding('broker.leaderImbalance', 'cluster.leadersNotPreferred', {
    ...{ from: 'info', severity: 'warning', forMs: 30 * MINUTE_MS },
  }),
  builtIn(BLIND_RULE, above('failedPolls', 2, 0), { severity: 'critical' }),
  builtIn('group.lagSeconds', above('groupLagSeconds', 300, 60), { severity: 'warning', forMs: 5 * MINUTE_MS }),
  builtIn('dlq.depth', above('dlqUnresolved', 1_000, 900), { severity: 'warning', forMs: MINUTE_MS }),
  builtIn('broker.diskFullForecast', below('diskFullHours', DAY_HOURS, DAY_AND_A_HALF_HOURS), {
    ...{ severity: 'high', forMs: HOUR_MS / 4 },
  }),
]

function builtIn(code: string, when: AlertRule['when'], over: Over): AlertRule {
  const { forMs = 0, severity = null } = over
  return { code, isBuiltIn: true, when, severity, forMs, keepFiringForMs: KEEP_FIRING_MS, labels: {}, runbook: null }
}

function ofFinding(code: string, finding: FindingCode, { from = 'high', ...over }: Over = {}): AlertRule {
  return builtIn(code, { kind: 'finding', finding, from, labels: {} }, over)
}

function above(series: SeriesCondition['series'], raiseAt: number, clearAt: number): SeriesCondition {
  return { kind: 'series', series, labels: {}, beyond: 'above', raiseAt, clearAt }
}

function below(series: SeriesCondition['series'], raiseAt: number, clearAt: number): SeriesCondition {
  return { kind: 'series', series, labels: {}, beyond: 'below', raiseAt, clearAt }
}

/** What a person may say otherwise of a built-in rule; null: that it is none. */
export interface Tuned extends Partial<Pick<AlertRule, 'forMs' | 'keepFiringForMs' | 'labels' | 'runbook'>> {
  severity?: Severity
  from?: Severity
  raiseAt?: number
  clearAt?: number | null
}

export interface AlertSettings {
  /** By code of a built-in rule; null: it is turned off. */
  tuned: Readonly<Record<string, Tuned | null>>
  own: readonly AlertRule[]
}

/** All rules that hold: the built-in ones as they were tuned, then a person's own. */
export function rulesOf({ tuned, own }: AlertSettings): AlertRule[] {
  const builtIn = BUILT_IN_RULES.flatMap((rule) => {
    const over = tuned[rule.code]
    return over === null ? [] : [over === undefined ? rule : tunedRule(rule, over)]
  })
  return [...builtIn, ...own]
}

function tunedRule(rule: AlertRule, { from, raiseAt, clearAt, ...over }: Tuned): AlertRule {
  const { when } = rule
  const marks = { ...(raiseAt === undefined ? {} : { raiseAt }), ...(clearAt === undefined ? {} : { clearAt }) }
  if (when.kind === 'finding') return { ...rule, ...over, when: { ...when, from: from ?? when.from } }
  return { ...rule, ...over, when: when.kind === 'series' ? { ...when, ...marks } : when }
}
