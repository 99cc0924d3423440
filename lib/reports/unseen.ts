/** When nobody looked at a cluster: what was not seen is told as such, and is not 'nothing happened'. Pure. */
import type { GapReason, SeriesResult } from '../history/history.ts'

export interface UnseenStretch {
  fromMs: number
  toMs: number
  /** `notWatched`: the console did not know the cluster yet, or what it saw is not kept any more. */
  reason: GapReason | 'notWatched'
}

interface SeenRange {
  fromMs: number
  toMs: number
  stepMs: number
  /** Between two polls. */
  intervalMs: number
}

/** The first poll of a period may be this many intervals late before somebody was away. */
const LATE_INTERVALS = 3

/** @param series of a value that every good poll has; null when the cluster has none in the range */
export function unseenOf(
  series: SeriesResult | null,
  { fromMs, toMs, stepMs, intervalMs }: SeenRange,
): UnseenStretch[] {
  const firstAtMs = series === null ? null : firstSignOf(series)
  if (series === null || firstAtMs === null) return [{ fromMs, toMs, reason: 'notWatched' }]
  const isLate = firstAtMs - fromMs > Math.max(stepMs, LATE_INTERVALS * intervalMs)
  const before: UnseenStretch[] = isLate ? [{ fromMs, toMs: firstAtMs, reason: 'notWatched' }] : []
  return [...before, ...series.gaps]
}

function firstSignOf({ points, gaps }: SeriesResult): number | null {
  const signs = [points[0]?.t, gaps[0]?.fromMs].filter((atMs) => atMs !== undefined)
  return signs.length === 0 ? null : Math.min(...signs)
}

export function lengthMs(stretches: readonly UnseenStretch[]): number {
  return stretches.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0)
}
