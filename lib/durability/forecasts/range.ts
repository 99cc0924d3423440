/** Values that are known to lie between two bounds, and when one of them reaches another. */
import { DAY_MS } from '../../units.ts'

export interface Range {
  low: number
  high: number
}

/** What comes later than this never comes: nobody plans for it, and dates do not reach for ever. */
export const NEVER_MS = 36_525 * DAY_MS

/** Two moments; no latest one where it may also never come. */
export interface Moments {
  earliestAtMs: number
  latestAtMs: number | null
}

export function exactly(value: number): Range {
  return { low: value, high: value }
}

/**
 * When a value that grows reaches a limit.
 *
 * @param growth per millisecond
 * @returns null when it does not grow, or far too slowly
 */
export function crossing(value: Range, limit: Range, growth: Range, nowMs: number): Moments | null {
  if (growth.high <= 0) return null
  const earliestAtMs = nowMs + (limit.low - value.high) / growth.high
  if (earliestAtMs > nowMs + NEVER_MS) return null
  if (growth.low <= 0) return { earliestAtMs, latestAtMs: null }
  const latestAtMs = nowMs + (limit.high - value.low) / growth.low
  return { earliestAtMs, latestAtMs: latestAtMs > nowMs + NEVER_MS ? null : latestAtMs }
}
