/** Round times for an axis, and what a drag over it means. No React. */
import { zoneOffsetName } from '../../lib/client/format.ts'
import type { Bounds } from '../../lib/client/time-range.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../lib/units.ts'

/** A drag over less than this is a click. */
const MIN_ZOOM_MS = 30 * SECOND_MS

export function zoomedBounds(aMs: number, bMs: number): Bounds | null {
  const fromMs = Math.min(aMs, bMs)
  const toMs = Math.max(aMs, bMs)
  return toMs - fromMs < MIN_ZOOM_MS ? null : { fromMs, toMs }
}

const TICK_STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 7].map((days) => days * DAY_MS),
]

/** Round local times, about `count` of them. */
export function timeTicks(bounds: Bounds, count: number, timeZone: string): number[] {
  const wanted = (bounds.toMs - bounds.fromMs) / Math.max(1, count)
  const step = TICK_STEPS_MS.find((candidate) => candidate >= wanted) ?? 30 * DAY_MS
  const shiftMs = zoneShiftMs(bounds.fromMs, timeZone)
  const ticks: number[] = []
  for (let t = Math.ceil((bounds.fromMs + shiftMs) / step) * step - shiftMs; t <= bounds.toMs; t += step) ticks.push(t)
  return ticks
}

function zoneShiftMs(atMs: number, timeZone: string): number {
  const match = /^UTC([+-])(\d+)(?::(\d+))?$/.exec(zoneOffsetName(timeZone, atMs))
  if (match === null) return 0
  const [, sign, hours, minutes] = match
  return (sign === '-' ? -1 : 1) * (Number(hours) * HOUR_MS + Number(minutes ?? 0) * MINUTE_MS)
}

/** Which of these rising moments is nearest to the one that another chart points at. −1: it is outside of them. */
export function nearestIndex(times: readonly number[], atMs: number): number {
  const first = times[0] ?? Infinity
  const last = times.at(-1) ?? -Infinity
  const stepMs = (last - first) / Math.max(1, times.length - 1)
  if (!(atMs >= first - stepMs && atMs <= last + stepMs)) return -1
  const distance = (index: number): number => Math.abs((times[index] ?? Infinity) - atMs)
  return times.reduce((best, _, index) => (distance(index) < distance(best) ? index : best), 0)
}
