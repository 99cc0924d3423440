/** Something that a receiver is to be told, and when it is tried again. Pure. */
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../units.ts'
import type { Notification } from './notification.ts'

export const DELIVERY_STATES = ['waiting', 'delivered', 'refused', 'givenUp'] as const
export type DeliveryState = (typeof DELIVERY_STATES)[number]
/** Nothing is tried any more, and the receiver does not have it. */
export const FAILED_STATES: readonly DeliveryState[] = ['refused', 'givenUp']

export interface Delivery {
  id: string
  receiverId: string
  kind: Notification['kind']
  source: string
  sequence: number
  state: DeliveryState
  createdAtMs: number
  /** Null when nothing is to be done any more. */
  nextAttemptAtMs: number | null
  triedSinceMs: number
  tries: number
  attempts: number
  /** Null before the first attempt. */
  last: Attempt | null
}

export interface Attempt {
  atMs: number
  code: string
  facts: Record<string, string | number>
  latencyMs: number
}

/** What an attempt came to, as far as it matters here. */
export interface AttemptResult {
  state: 'delivered' | 'retry' | 'refused'
  /** How long the receiver asked to be left alone; null: it did not say. */
  retryAfterMs: number | null
}

/** Whoever is on call must hear of it soon; after that a receiver is down for longer, and nobody is served by haste. */
const RETRY_AFTER_MS = [5 * SECOND_MS, 15 * SECOND_MS, MINUTE_MS, 5 * MINUTE_MS]
const RETRY_EVERY_MS = HOUR_MS
/** A report of yesterday is no news any more. */
const GIVEN_UP_AFTER_MS = DAY_MS

export type DeliveryChange = Pick<Delivery, 'state' | 'nextAttemptAtMs' | 'tries'>

export function afterAttempt(
  { tries, triedSinceMs }: Pick<Delivery, 'tries' | 'triedSinceMs'>,
  { state, retryAfterMs }: AttemptResult,
  nowMs: number,
): DeliveryChange {
  const made = tries + 1
  if (state !== 'retry') return { state, nextAttemptAtMs: null, tries: made }
  const pauseMs = RETRY_AFTER_MS[tries] ?? RETRY_EVERY_MS
  const nextAttemptAtMs = nowMs + Math.max(pauseMs, retryAfterMs ?? 0)
  if (nextAttemptAtMs > triedSinceMs + GIVEN_UP_AFTER_MS)
    return { state: 'givenUp', nextAttemptAtMs: null, tries: made }
  return { state: 'waiting', nextAttemptAtMs, tries: made }
}
