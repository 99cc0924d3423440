import { describe, expect, test } from 'vitest'
import { nearestIndex, timeTicks, zoomedBounds } from '../../../components/charts/time-axis.ts'

const MIDNIGHT_MS = Date.UTC(2026, 10, 22)
const HOUR_MS = 3_600_000

function clock(ticks: number[], timeZone: string): string[] {
  const format = new Intl.DateTimeFormat('en', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  return ticks.map((tick) => format.format(tick))
}

describe('the time axis', () => {
  test('has round hours', () => {
    const ticks = timeTicks({ fromMs: MIDNIGHT_MS + 7 * 60_000, toMs: MIDNIGHT_MS + 6 * HOUR_MS }, 7, 'UTC')
    expect(clock(ticks, 'UTC')).toEqual(['01:00', '02:00', '03:00', '04:00', '05:00', '06:00'])
  })

  test('is round in the zone of the reader, also off the full hour', () => {
    const ticks = timeTicks({ fromMs: MIDNIGHT_MS, toMs: MIDNIGHT_MS + 24 * HOUR_MS }, 4, 'Asia/Kolkata')
    expect(clock(ticks, 'Asia/Kolkata')).toEqual(['06:00', '12:00', '18:00', '00:00'])
  })

  test('takes a drag in either direction and ignores a click', () => {
    expect(zoomedBounds(90_000, 30_000)).toEqual({ fromMs: 30_000, toMs: 90_000 })
    expect(zoomedBounds(90_000, 89_000)).toBeNull()
  })
})

describe('the moment that another chart points at', () => {
  const times = [0, 10, 20, 100]
  test.each([
    [12, 1],
    [16, 2],
    [70, 3],
    [100, 3],
    [-20, 0],
    [-50, -1],
    [200, -1],
    [Number.NaN, -1],
  ])('%d is nearest to place %d', (atMs, index) => {
    expect(nearestIndex(times, atMs)).toBe(index)
  })
  test('is none in a chart without samples', () => {
    expect(nearestIndex([], 5)).toBe(-1)
  })
})
