/** How fast a partition will be written to, from how fast it was. */
import { DAY_MS } from '../../units.ts'
import type { ClockKey, OffsetClock } from '../offset-clock.ts'
import type { Range } from './range.ts'

/** Windows begin this share of their length after each other. */
const STEP_SHARE = 1 / 4
/** No longer than this share of what is looked at, so that there are several; no shorter than that one. */
const LONGEST_SHARE = 1 / 3
const SHORTEST_SHARE = 1 / 8
/** Nights are in it, or several times what is ahead. */
const LEAST_LOOKED_AT_MS = DAY_MS
/** Also the evenest traffic is known no better. */
const LEAST_SPREAD = 0.02
/** Below this share of the mean the slowest window is of traffic that swings. */
const EVEN_SHARE = 0.9

export interface ProduceRate extends Range {
  /** Traffic swings, and was not watched for as long as that many messages would take. */
  mayBeSlower: boolean
}

const NOTHING: ProduceRate = { low: 0, high: 0, mayBeSlower: false }

/**
 * The mean rate until so many messages are written, per millisecond: between the slowest and the fastest window, as long as
 * that will take, of what is remembered. Where more time is ahead than a window is long, slow and fast even out.
 *
 * @returns null when nothing was watched yet
 */
export function produceRate(clock: OffsetClock, key: ClockKey, messages: number, nowMs: number): ProduceRate | null {
  const firstMs = clock.sinceMs(key)
  if (firstMs === null || nowMs <= firstMs) return null
  const rateOver = (fromMs: number, toMs: number): number =>
    Math.max(0, (clock.offsetAt(key, toMs) ?? 0) - (clock.offsetAt(key, fromMs) ?? 0)) / (toMs - fromMs)
  const roughly = rateOver(firstMs, nowMs)
  if (roughly === 0) return NOTHING
  const sinceMs = Math.max(firstMs, nowMs - Math.max(LEAST_LOOKED_AT_MS, messages / roughly / SHORTEST_SHARE))
  const wholeMs = nowMs - sinceMs
  const mean = rateOver(sinceMs, nowMs)
  if (mean === 0) return NOTHING
  const aheadMs = Math.max(1, messages / mean)
  const windowMs = Math.min(Math.max(aheadMs, wholeMs * SHORTEST_SHARE), wholeMs * LONGEST_SHARE)
  const rates: number[] = []
  for (let toMs = nowMs; toMs - windowMs >= sinceMs; toMs -= windowMs * STEP_SHARE) {
    rates.push(rateOver(toMs - windowMs, toMs))
  }
  const kept = Math.sqrt(Math.min(1, windowMs / aheadMs))
  const towardsMean = (rate: number): number => mean + (rate - mean) * kept
  const slowest = Math.min(mean, ...rates)
  const low = towardsMean(slowest) * (1 - LEAST_SPREAD)
  const mayBeSlower = slowest < mean * EVEN_SHARE && messages / low > wholeMs
  return { low, high: towardsMean(Math.max(mean, ...rates)) * (1 + LEAST_SPREAD), mayBeSlower }
}
