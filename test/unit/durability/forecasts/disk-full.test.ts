import { describe, expect, it } from 'vitest'
import { diskFull, USED_STEP_MS } from '../../../../lib/durability/forecasts/disk-full.ts'
import { DAY_MS, HOUR_MS } from '../../../../lib/units.ts'

const NOW_MS = 100 * DAY_MS
const STEPS = DAY_MS / USED_STEP_MS

/** A day of steps up to now; `ratioAt` is told the hours since the beginning. */
const used = (ratioAt: (hour: number) => number, steps = STEPS) =>
  Array.from({ length: steps + 1 }, (_, step) => ({
    atMs: NOW_MS - (steps - step) * USED_STEP_MS,
    ratio: ratioAt((step * USED_STEP_MS) / HOUR_MS),
  }))
const hours = (atMs: number | null) => (atMs === null ? null : Math.round((atMs - NOW_MS) / HOUR_MS))

describe('a volume is full', () => {
  it.each([
    ['when even growth reaches its end', used((hour) => 0.5 + hour * 0.01), 1, [26, 26]],
    ['sooner where the system stops writing before', used((hour) => 0.5 + hour * 0.01), 0.9, [16, 16]],
    [
      'between what quiet and busy hours say',
      used((hour) => 0.5 + (hour < 12 ? hour * 0.005 : 0.06 + (hour - 12) * 0.015)),
      ...[1, [17, 36]],
    ] as [string, ReturnType<typeof used>, number, number[]],
    ['now, where it is', used(() => 0.95), 0.9, [0, null]],
    [
      'perhaps never, where it did not grow all the time',
      used((hour) => 0.5 + Math.max(0, hour - 16) * 0.01),
      ...[1, [42, null]],
    ] as [string, ReturnType<typeof used>, number, (number | null)[]],
  ])('%s', (_, points, fullRatio, expected) => {
    const { state, earliestAtMs, latestAtMs } = diskFull(points, fullRatio, NOW_MS)
    expect([state, hours(earliestAtMs), hours(latestAtMs)]).toEqual(['forecast', ...expected])
  })

  it('as if retention took nothing, where its teeth are small', () => {
    const teeth = used((hour) => 0.5 + hour * 0.01 - 0.02 * (hour % 1))
    const { earliestAtMs, latestAtMs } = diskFull(teeth, 1, NOW_MS)
    expect(hours(earliestAtMs)).toBeGreaterThan(22)
    expect(hours(latestAtMs)).toBeLessThan(31)
  })
})

describe('it is not', () => {
  it.each([
    ['where retention takes as much as is written', used((hour) => 0.54 + 0.02 * (hour % 3)), 'none'],
    ['where nothing grows', used(() => 0.6), 'none'],
    ['where it empties', used((hour) => 0.6 - hour * 0.01), 'none'],
    ['where it grows too slowly to see the end', used((hour) => 0.6 + hour * 1e-6), 'none'],
    ['known, after too short a time', used((hour) => 0.5 + hour * 0.1, 3), 'unknown'],
    ['known, where nothing was recorded', [], 'unknown'],
  ])('%s', (_, points, state) => {
    const forecast = diskFull(points, 1, NOW_MS)
    expect(forecast.state).toBe(state)
    if (state === 'forecast') expect(forecast.latestAtMs).toBeNull()
  })
})
