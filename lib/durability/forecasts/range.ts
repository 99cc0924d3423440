/** Values that are known to lie between two bounds, and when one of them reaches another. */

export interface Range {
  low: number
  high: number
}

/** Two moments; no latest one where it may also never come. */
export interface Moments {
  earliestAtMs: number
  latestAtMs: number | null
}

export function exactly(value: number): Range {
  return { low: value, high: value }
}

export function scaled({ low, high }: Range, by: Range): Range {
  return { low: low * (low < 0 ? by.high : by.low), high: high * (high < 0 ? by.low : by.high) }
}

/**
 * When a value that grows reaches a limit.
 *
 * @param growth per millisecond
 * @returns null when it does not grow
 */
export function crossing(value: Range, limit: Range, growth: Range, nowMs: number): Moments | null {
  if (growth.high <= 0) return null
  const earliestAtMs = nowMs + (limit.low - value.high) / growth.high
  if (growth.low <= 0) return { earliestAtMs, latestAtMs: null }
  const latestAtMs = nowMs + (limit.high - value.low) / growth.low
  return { earliestAtMs, latestAtMs: Number.isFinite(latestAtMs) ? latestAtMs : null }
}
