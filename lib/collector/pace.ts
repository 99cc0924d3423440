/** When the next poll of a cluster begins. */
import { MINUTE_MS } from '../units.ts'

/** Clusters of one console drift apart by this part of the interval, so that they are not all polled at once. */
const JITTER = 0.05
/** A cluster that fails is asked less and less often, but at least this often (or at its interval, if that is longer). */
const LONGEST_BACK_OFF_MS = MINUTE_MS
/** Even a poll that takes longer than the interval leaves the brokers a rest. */
const SHORTEST_REST_PART = 0.1

export interface PaceInput {
  intervalMs: number
  /** How long the poll took. */
  tookMs: number
  failuresInARow: number
  /** 0 to 1. */
  random: number
}

export function nextDelayMs({ intervalMs, tookMs, failuresInARow, random }: PaceInput): number {
  const jitterMs = intervalMs * JITTER * (2 * random - 1)
  const doublings = Math.min(Math.max(0, failuresInARow - 1), 20)
  const wantedMs = Math.min(intervalMs * 2 ** doublings, Math.max(intervalMs, LONGEST_BACK_OFF_MS))
  return Math.max(wantedMs + jitterMs - tookMs, intervalMs * SHORTEST_REST_PART)
}
