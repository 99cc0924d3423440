/**
 * Charts begin where the records begin: six hours of axis for five minutes of records would squeeze them into a sliver
 * that nobody can read. Pure.
 */
import type { SeriesAnswer } from '../api/schemas/series.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../units.ts'
import { type Bounds, boundsOf, isPreset, type TimeRange } from './time-range.ts'

/** Less would make the axis run with every new sample. */
const SHORTEST_MS = 5 * MINUTE_MS
/** A start this close to the range's own is left alone. */
const EMPTY_SHARE = 0.1
/** Below this share the steps of the whole range are too coarse for what there is. */
const COARSE_SHARE = 0.5

/** The first moment of which anything is known, gaps included: they say that the console knew the thing by then. */
export function firstRecordMs(answers: readonly (SeriesAnswer | undefined)[]): number | null {
  let firstMs = Infinity
  for (const answer of answers) {
    for (const { points, gaps } of answer?.series ?? []) {
      const [point] = points
      const [gap] = gaps
      if (point !== undefined) firstMs = Math.min(firstMs, point.t)
      if (gap !== undefined) firstMs = Math.min(firstMs, Date.parse(gap.from))
    }
  }
  return firstMs === Infinity ? null : firstMs
}

export interface RecordedBounds extends Bounds {
  /** Where the records begin, when that is why less than the range is shown. */
  recordedSinceMs: number | null
}

/** What a person dragged out is shown as it is; a range that counts back from now begins with the records. */
export function recordedBounds(range: TimeRange, nowMs: number, firstMs: number | null): RecordedBounds {
  const { fromMs, toMs } = boundsOf(range, nowMs)
  if (!isPreset(range) || firstMs === null || firstMs - fromMs < EMPTY_SHARE * (toMs - fromMs)) {
    return { fromMs, toMs, recordedSinceMs: null }
  }
  return { fromMs: Math.max(fromMs, Math.min(firstMs, toMs - SHORTEST_MS)), toMs, recordedSinceMs: firstMs }
}

/** Where to ask again with finer steps; null when those of the whole range will do. */
export function finerBounds(range: TimeRange, nowMs: number, answer: SeriesAnswer): Bounds | null {
  const whole = boundsOf(range, nowMs)
  const { fromMs, toMs } = recordedBounds(range, nowMs, firstRecordMs([answer]))
  return toMs - fromMs < COARSE_SHARE * (whole.toMs - whole.fromMs) ? { fromMs, toMs } : null
}

const ROUND_STEPS_SECONDS = [
  ...[1, 2, 5, 10, 15, 30],
  ...[MINUTE_MS, 2 * MINUTE_MS, 5 * MINUTE_MS, 10 * MINUTE_MS, 30 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, DAY_MS].map(
    (ms) => ms / SECOND_MS,
  ),
]

/** Series that are added up were asked for at slightly different moments: a round step is the same for all of them. */
export function roundStepSeconds(stepSeconds: number): number {
  return ROUND_STEPS_SECONDS.find((round) => round >= stepSeconds) ?? stepSeconds
}
