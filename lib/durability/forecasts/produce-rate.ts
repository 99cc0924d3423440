/** How fast a partition will be written to, from how fast it was. */
import type { ClockKey, OffsetClock } from '../offset-clock.ts'
import type { Range } from './range.ts'

/** Windows begin this share of their length after each other. */
const STEP_SHARE = 1 / 4
/** No longer than this share of what is remembered, so that there are several; no shorter than that one. */
const LONGEST_SHARE = 1 / 3
const SHORTEST_SHARE = 1 / 4
/** Also the evenest traffic is known no better. */
const LEAST_SPREAD = 0.02

/**
 * The mean rate until so many messages are written, per millisecond: between the slowest and the fastest window, as long as
 * that will take, of what is remembered. Where more time is ahead than a window is long, slow and fast even out.
 *
 * @returns null when nothing was watched yet
 */
export function produceRate(clock: OffsetClock, key: ClockKey, messages: number, nowMs: number): Range | null {
  const sinceMs = clock.sinceMs(key)
  const wholeMs = sinceMs === null ? 0 : nowMs - sinceMs
  if (sinceMs === null || wholeMs <= 0) return null
  const rateOver = (fromMs: number, toMs: number): number =>
    Math.max(0, (clock.offsetAt(key, toMs) ?? 0) - (clock.offsetAt(key, fromMs) ?? 0)) / (toMs - fromMs)
  const mean = rateOver(sinceMs, nowMs)
  if (mean === 0) return { low: 0, high: 0 }
  const aheadMs = Math.max(1, messages / mean)
  const windowMs = Math.min(Math.max(aheadMs, wholeMs * SHORTEST_SHARE), wholeMs * LONGEST_SHARE)
  const rates: number[] = []
  for (let toMs = nowMs; toMs - windowMs >= sinceMs; toMs -= windowMs * STEP_SHARE) {
    rates.push(rateOver(toMs - windowMs, toMs))
  }
  const kept = Math.sqrt(Math.min(1, windowMs / aheadMs))
  const towardsMean = (rate: number): number => mean + (rate - mean) * kept
  return {
    low: towardsMean(Math.min(mean, ...rates)) * (1 - LEAST_SPREAD),
    high: towardsMean(Math.max(mean, ...rates)) * (1 + LEAST_SPREAD),
  }
}
