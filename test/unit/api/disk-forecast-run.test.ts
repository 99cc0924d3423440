/** A rule about when volumes are full, run over how full they were. */
import { expect, test } from 'vitest'
import type { SeriesCondition } from '../../../lib/alerts/alert-rule.ts'
import { diskForecastRuns } from '../../../lib/api/alerts/disk-forecast-run.ts'
import { USED_STEP_MS } from '../../../lib/durability/forecasts/disk-full.ts'
import type { SeriesResult } from '../../../lib/history/history.ts'
import { DAY_MS, HOUR_MS } from '../../../lib/units.ts'
import { aRule } from '../../builders/alerts.ts'

const FROM_MS = 100 * DAY_MS
const TO_MS = FROM_MS + DAY_MS
const WHEN: SeriesCondition = {
  ...{ kind: 'series', series: 'diskFullHours', labels: {}, beyond: 'below', raiseAt: 8, clearAt: 12 },
}
const RULE = aRule({ code: 'mine', severity: 'high', when: WHEN })

/** Two days; `ratioAt` is told the hours since the second began. */
function used(broker: string, ratioAt: (hour: number) => number): SeriesResult {
  const points = Array.from({ length: (2 * DAY_MS) / USED_STEP_MS }, (_, step) => {
    const t = FROM_MS - DAY_MS + step * USED_STEP_MS
    const ratio = ratioAt((t - FROM_MS) / HOUR_MS)
    return { t, min: 0, max: ratio, avg: ratio / 2, last: 0 }
  })
  return { labels: { broker, logDir: '/data' }, points, gaps: [] }
}

/** By broker the hours at which it would have fired, and those at which that would have ended. */
function firedAt(series: readonly SeriesResult[], fullRatios: Record<string, number>) {
  const history = { series, fullRatios: new Map(Object.entries(fullRatios)), fromMs: FROM_MS, toMs: TO_MS }
  const { runs } = diskForecastRuns(RULE, WHEN, history)
  const hour = (atMs: number | null) => (atMs === null ? null : (atMs - FROM_MS) / HOUR_MS)
  return Object.fromEntries(
    runs.map(({ series: { labels }, episodes }) => [
      labels.broker,
      episodes.map(({ firedAtMs, endedAtMs }) => [hour(firedAtMs), hour(endedAtMs)]),
    ]),
  )
}

test('fires as soon as a day before says so, and not where nothing fills or is known', () => {
  const growing = (hour: number) => 0.5 + hour * 0.02
  const series = [used('1', growing), used('2', growing), used('3', () => 0.7), used('4', growing)]
  const { 1: late = [], 2: soon = [], 3: still, ...others } = firedAt(series, { 1: 1, 2: 0.85, 3: 1 })
  // At 2 % an hour it is full 25 hours after the beginning, or 17.5 where the system stops at 85 %.
  expect(late).toEqual([[expect.closeTo(17.25, 0), null]])
  expect(soon).toEqual([[expect.closeTo(9.75, 0), null]])
  expect(still).toEqual([])
  // Of a broker that is there no more, nothing.
  expect(others).toEqual({})
})

test('ends when room was made, and is not told of a time that has not come', () => {
  const emptied = (hour: number) => (hour < 6 ? 0.9 + hour * 0.015 : 0.2)
  const { 1: episodes = [] } = firedAt([used('1', emptied)], { 1: 1 })
  expect(episodes).toEqual([[expect.closeTo(0, 0), expect.any(Number)]])
  expect(episodes[0]?.[1]).toBeLessThanOrEqual(24)
  const { 1: last = [] } = firedAt([used('1', (hour) => (hour < 23.75 ? 0.2 : 1))], { 1: 1 })
  expect(last).toEqual([[24, null]])
})

test('shows how full it was, from the beginning of what was asked on', () => {
  const gap = (fromHour: number, toHour: number) => {
    return { fromMs: FROM_MS + fromHour * HOUR_MS, toMs: FROM_MS + toHour * HOUR_MS, reason: 'pollFailed' as const }
  }
  const one = { ...used('1', () => 0.7), gaps: [gap(-3, -1), gap(-1, 1)] }
  const history = { series: [one], fullRatios: new Map([['1', 1]]), fromMs: FROM_MS, toMs: TO_MS }
  const { stepMs, runs } = diskForecastRuns(RULE, WHEN, history)
  expect(stepMs).toBe(USED_STEP_MS)
  expect(runs[0]?.series.gaps).toEqual([gap(-1, 1)])
  expect(runs[0]?.series.points.map(({ t }) => t)).toEqual(
    Array.from({ length: DAY_MS / USED_STEP_MS }, (_, step) => FROM_MS + step * USED_STEP_MS),
  )
})

test('of many log dirs forecasts fewer moments', () => {
  const series = Array.from({ length: 120 }, (_, index) => used(String(index), (hour) => 0.5 + hour * 0.021))
  const fullRatios = new Map(series.map(({ labels }) => [labels.broker ?? '', 1]))
  const { stepMs, runs } = diskForecastRuns(RULE, WHEN, { series, fullRatios, fromMs: FROM_MS, toMs: TO_MS })
  expect(stepMs).toBe(3 * USED_STEP_MS)
  const fired = runs.flatMap(({ episodes }) => episodes.map(({ firedAtMs }) => firedAtMs))
  expect(fired).toHaveLength(120)
  expect(new Set(fired.map((atMs) => (atMs - USED_STEP_MS) % stepMs))).toEqual(new Set([0]))
})
