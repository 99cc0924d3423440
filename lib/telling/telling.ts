/** What receivers know of alerts, and are to be told. Shapes that the database keeps between two looks. */
import type { WeekTimes } from '../alerts/week-times.ts'
import type { Severity } from '../durability/observation.ts'
import type { TellingCause } from '../outbox/notification.ts'

/**
 * How a receiver is told. `each`: every alert by itself, at once. `together`: those of a group in one message, after a wait.
 * `state`: all that fire, again and again, since it forgets what it is not told.
 */
export type TellMode = 'each' | 'together' | 'state'

/** What a route says of those that it tells. */
export interface TellPolicy {
  /** So long the first one waits for others, and so far apart messages are. */
  waitMs: number
  intervalMs: number
  /** Null: what was told is not told again. */
  repeatMs: number | null
  failover: string | null
  failoverAfterMs: number
  muteTimes: readonly WeekTimes[]
}

/** Alerts of which one receiver is told together. */
export interface TellGroup {
  id: string
  receiverId: string
  /** What tells it apart at its receiver. */
  key: string
  mode: TellMode
  policy: TellPolicy
  /** Null: nothing is to be told by itself. */
  dueAtMs: number | null
  toldAtMs: number | null
  /** Of the next message. */
  sequence: number
}

/** What one receiver knows of one alert. */
export interface Telling {
  alertId: string
  receiverId: string
  groupId: string
  cause: TellingCause
  /** It is not told before. */
  fromAtMs: number
  /** The first time; null: not yet. */
  toldAtMs: number | null
  toldSeverity: Severity | null
  toldFlapping: boolean
  /** Null: its end was not told. */
  endToldAtMs: number | null
}
