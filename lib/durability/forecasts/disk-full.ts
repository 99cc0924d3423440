/** When a volume is full, from how full it was. See README.md for the arithmetic. */
import { DAY_MS, HOUR_MS } from '../../units.ts'
import type { Forecast } from '../observation.ts'
import { between, none, unknown } from './forecast.ts'
import { crossing, exactly } from './range.ts'

/** How full a volume was at its fullest in one step of time: what retention frees in between does not show. */
export interface UsedPoint {
  atMs: number
  /** 0 to 1. */
  ratio: number
}

/** A day, so that the nights are in it; each step is longer than retention takes from check to check. */
export const USED_WINDOW_MS = DAY_MS
export const USED_STEP_MS = HOUR_MS / 4
/** Less says nothing about growth. */
const LEAST_SPAN_MS = HOUR_MS
const LEAST_POINTS = 5
/**
 * Retention frees in teeth what is written: of each of so many parts of the time only the fullest moment counts, so that
 * teeth that come more often leave no trace.
 */
const PARTS = 8
const LAST_PARTS = 2
/** Points nearer to each other than this share of the span tell more of retention's teeth than of growth. */
const APART_SHARE = 1 / 3
/** Of the slopes between points far apart, these are taken as the slowest and the fastest. */
const SLOWEST = 0.1
const FASTEST = 0.9
/** What is full later than this is not in sight. */
const HORIZON_MS = 365 * DAY_MS

/**
 * @param fullRatio where the system stops writing, or deletes what is not due
 * @param points in the order of their times
 */
export function diskFull(points: readonly UsedPoint[], fullRatio: number, nowMs: number): Forecast {
  const [first, last] = [points[0], points.at(-1)]
  if (first === undefined || last === undefined) return unknown('historyShort')
  if (last.ratio >= fullRatio) return between({ earliestAtMs: last.atMs, latestAtMs: null }, nowMs, 'growth')
  if (points.length < LEAST_POINTS || last.atMs - first.atMs < LEAST_SPAN_MS) return unknown('historyShort')
  const fullest = fullestOfParts(points, first.atMs, last.atMs)
  const slopes = slopesOf(fullest, (last.atMs - first.atMs) * APART_SHARE)
  // As fast as at last it may well go on, however slow the day was.
  const atLast = slopesOf(fullest.slice(-1 - LAST_PARTS), 0).at(-1) ?? 0
  const growth = { low: quantile(slopes, SLOWEST), high: Math.max(quantile(slopes, FASTEST), atLast) }
  const full = crossing(exactly(fullest.at(-1)?.ratio ?? last.ratio), exactly(fullRatio), growth, nowMs)
  if (full === null || full.earliestAtMs > nowMs + HORIZON_MS) return none('notFilling')
  return between(full, nowMs, 'growth')
}

/** Endless when nothing says that it will be full; null while nothing can be said. */
export function hoursUntilFull({ state, earliestAtMs }: Forecast, nowMs: number): number | null {
  if (earliestAtMs === null) return state === 'none' ? Infinity : null
  return (earliestAtMs - nowMs) / HOUR_MS
}

function fullestOfParts(points: readonly UsedPoint[], fromMs: number, toMs: number): UsedPoint[] {
  const partMs = (toMs - fromMs) / PARTS
  const parts = Map.groupBy(points, ({ atMs }) => Math.min(Math.floor((atMs - fromMs) / partMs), PARTS - 1))
  return [...parts.values()].flatMap((part) => {
    const [first, ...more] = part
    return first === undefined ? [] : [more.reduce((most, point) => (point.ratio >= most.ratio ? point : most), first)]
  })
}

/** Sorted, per millisecond. */
function slopesOf(points: readonly UsedPoint[], apartMs: number): number[] {
  const slopes: number[] = []
  points.forEach((one, index) => {
    for (const other of points.slice(index + 1)) {
      if (other.atMs - one.atMs >= apartMs) slopes.push((other.ratio - one.ratio) / (other.atMs - one.atMs))
    }
  })
  return slopes.sort((one, other) => one - other)
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.round((sorted.length - 1) * share)] ?? 0
}
