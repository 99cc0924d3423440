/** What the pages of alerts conclude from them. Pure. */
import type { ExplainBody } from '../api/schemas/alert-routes.ts'
import type { AlertAnswer, AlertPreviewAnswer, AlertRuleAnswer } from '../api/schemas/alerts.ts'
import { HOUR_MS, MINUTE_MS } from '../units.ts'

export const ALERT_FILTERS = ['open', 'ended', 'all'] as const
export type AlertFilter = (typeof ALERT_FILTERS)[number]

export function parseAlertFilter(text: string): AlertFilter {
  return ALERT_FILTERS.find((filter) => filter === text) ?? 'open'
}

/** Colour is kept for what fires and nobody looks after, or nobody is told of. */
export function isLoud(
  alert: Pick<AlertAnswer, 'state' | 'acknowledgedAt' | 'silence' | 'inhibitedBy' | 'mute'>,
): boolean {
  const { state, acknowledgedAt, silence, inhibitedBy, mute } = alert
  const isQuiet = acknowledgedAt !== null || silence !== null || inhibitedBy !== null || mute !== null
  return !isQuiet && (state === 'firing' || state === 'pollError' || state === 'noData')
}

/** The marks of a rule about a number, as the words of the page name them. */
export function marksOf({
  when,
}: Pick<AlertRuleAnswer, 'when'>): ['raiseAbove' | 'clearBelow' | 'raiseBelow' | 'clearAbove', number][] {
  return (['raiseAbove', 'clearBelow', 'raiseBelow', 'clearAbove'] as const).flatMap((name) => {
    const mark = when[name]
    return mark === null ? [] : [[name, mark]]
  })
}

/** A start this close to the range's own is that of its first step. */
const SAME_START_SHARE = 0.01

/** Where the records begin of what a rule was run over; null: they cover the whole of it, or there are none. */
export function recordsBeginMs({
  from,
  to,
  recordedFrom,
}: Pick<AlertPreviewAnswer, 'from' | 'to' | 'recordedFrom'>): number | null {
  if (recordedFrom === null) return null
  const [fromMs, beginMs] = [Date.parse(from), Date.parse(recordedFrom)]
  return beginMs - fromMs > SAME_START_SHARE * (Date.parse(to) - fromMs) ? beginMs : null
}

export const SILENCE_ENDS = ['hour', 'fourHours', 'day', 'week'] as const
export type SilenceEnd = (typeof SILENCE_ENDS)[number]

const HOURS: Record<SilenceEnd, number> = { hour: 1, fourHours: 4, day: 24, week: 168 }

const SHORTEST_SILENCE_REASON = 3

/** Ends at a full minute, so that what is said of it does not change every second. */
export function silenceEndsAtMs(end: SilenceEnd, nowMs: number): number {
  return Math.ceil(nowMs / MINUTE_MS) * MINUTE_MS + HOURS[end] * HOUR_MS
}

/** As of `POST /api/v1/silences`. */
export interface SilenceBody {
  code: string
  cluster: string
  subject: string
  reason: string
  untilAt: string
}

/** Of this rule at this subject. Null while there is no reason. */
export function silenceBody(
  { ruleCode, clusterId, subject }: Pick<AlertAnswer, 'ruleCode' | 'clusterId' | 'subject'>,
  reason: string,
  end: SilenceEnd,
  nowMs: number,
): SilenceBody | null {
  if (reason.trim().length < SHORTEST_SILENCE_REASON) return null
  return {
    ...{ code: ruleCode, cluster: clusterId, reason: reason.trim() },
    // Globs know no escape: one character of any kind is the least that covers a star.
    subject: subject.name === '' ? '*' : subject.name.replaceAll('*', '?'),
    untilAt: new Date(silenceEndsAtMs(end, nowMs)).toISOString(),
  }
}

export const EXAMPLE_SEVERITIES = ['critical', 'high', 'warning', 'info'] as const
export type ExampleSeverity = (typeof EXAMPLE_SEVERITIES)[number]
export const EXAMPLE_SUBJECTS = ['topic', 'group', 'broker', 'cluster'] as const
export type ExampleSubject = (typeof EXAMPLE_SUBJECTS)[number]

/** As of `POST /api/v1/routes/explain`. */
export type RouteExample = ExplainBody

/** An alert as it might be. Null while it is not said what it is about. */
export function routeExample({
  type,
  name,
  ...rest
}: {
  code: string
  clusterId: string
  severity: ExampleSeverity
  type: ExampleSubject
  name: string
}): RouteExample | null {
  if (rest.code === '' || rest.clusterId === '') return null
  if (type === 'cluster') return { ...rest, subject: { type, name: '' } }
  return name.trim() === '' ? null : { ...rest, subject: { type, name: name.trim() } }
}
