/** The form that holds a topic's retention, and where it is offered: from what is chosen to what the API is asked for. */
import type { FindingAnswer } from '../api/schemas/findings.ts'
import type { HoldAnswer } from '../api/schemas/holds.ts'
import type { LossAnswer } from '../api/schemas/losses.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../units.ts'

export const HOLD_SPANS = ['hour', 'shift', 'day', 'threeDays'] as const
export type HoldSpan = (typeof HOLD_SPANS)[number]

const SPAN_MS: Record<HoldSpan, number> = { hour: HOUR_MS, shift: 8 * HOUR_MS, day: DAY_MS, threeDays: 3 * DAY_MS }
const SHORTEST_REASON = 3
export const LONGEST_REASON = 500

/** As of `POST …/hold`. */
export interface HoldBody {
  untilAt: string
  reason: string
}

/** As of `PATCH …/hold`. */
export interface ExtendBody {
  untilAt: string
}

/** That much later than it ends now. */
export function extendedBody({ untilAt }: Pick<HoldAnswer, 'untilAt'>, span: HoldSpan): ExtendBody {
  return { untilAt: new Date(Date.parse(untilAt) + SPAN_MS[span]).toISOString() }
}

/** At a full minute, so that what is said of it does not change every second. */
export function holdEndsAtMs(span: HoldSpan, nowMs: number): number {
  return Math.ceil(nowMs / MINUTE_MS) * MINUTE_MS + SPAN_MS[span]
}

/** Null while something is missing. */
export function holdBody(span: HoldSpan, reason: string, nowMs: number): HoldBody | null {
  const said = reason.trim()
  if (said.length < SHORTEST_REASON || said.length > LONGEST_REASON) return null
  return { untilAt: new Date(holdEndsAtMs(span, nowMs)).toISOString(), reason: said }
}

/** Of these, a hold keeps what is left. */
const HELPED_FINDINGS: readonly string[] = ['topic.retentionBelowLag', 'group.unreadDeleted']
const HELPED_LOSSES: readonly string[] = ['retentionOverranGroup', 'dlqExpired']

/** The topic that a hold would help; null: none. */
export function topicToHold(of: Pick<FindingAnswer, 'code' | 'subject' | 'facts'>): string | null {
  if (!HELPED_FINDINGS.includes(of.code)) return null
  if (of.subject.type === 'topic') return of.subject.name
  const { topic } = of.facts
  return typeof topic === 'string' && topic !== '' ? topic : null
}

/** As `topicToHold`. */
export function topicOfLossToHold({ kind, topic }: Pick<LossAnswer, 'kind' | 'topic'>): string | null {
  return HELPED_LOSSES.includes(kind) ? topic : null
}
