import { describe, expect, it } from 'vitest'
import { UnreadTrails } from '../../../../lib/durability/forecasts/unread-trails.ts'
import { MINUTE_MS } from '../../../../lib/units.ts'

const KEY = { group: 'billing', topic: 'orders', partition: 0, broker: null }

/** One sample a minute, of these lags and ages in minutes. */
function growthAfter(
  trails: UnreadTrails,
  lags: readonly number[],
  ages: readonly (number | null)[] = lags.map(() => 0),
) {
  let growth: ReturnType<UnreadTrails['note']> = null
  lags.forEach((lagMessages, minute) => {
    const age = ages[minute] ?? null
    const writtenAtMs = age === null ? null : (minute - age) * MINUTE_MS
    growth = trails.note(KEY, { atMs: minute * MINUTE_MS, writtenAtMs, lagMessages })
  })
  return growth as ReturnType<UnreadTrails['note']>
}

const perMinute = (growth: number) => growth / MINUTE_MS

describe('how a lag grows', () => {
  it('is not known of the first sample', () => {
    expect(growthAfter(new UnreadTrails(), [5])).toBeNull()
  })
  it('is the same in all windows where it is even', () => {
    const lags = Array.from({ length: 9 }, (_, minute) => 100 + 60 * minute)
    const growth = growthAfter(new UnreadTrails(), lags)?.lag
    expect(growth?.whole).toBeCloseTo(perMinute(60), 9)
    expect(growth?.bounds.high).toBeCloseTo(growth?.bounds.low ?? 0, 9)
  })
  it('lies between those of the windows where it is not', () => {
    // It stands for four minutes and grows for four more.
    const growth = growthAfter(new UnreadTrails(), [0, 0, 0, 0, 0, 10, 20, 30, 40])?.lag
    expect(growth).toEqual({ whole: perMinute(5), bounds: { low: perMinute(5), high: perMinute(10) } })
  })
  it('is told of the last quarter of an hour', () => {
    const lags = Array.from({ length: 60 }, (_, minute) => (minute < 30 ? 1_000 * minute : 30_000))
    expect(growthAfter(new UnreadTrails(), lags)?.lag.whole).toBe(0)
  })
})

describe('how an age grows', () => {
  it.each([
    ['like time where nobody reads', [10, 11, 12], 1],
    ['not where it is read as fast as it was written', [10, 10, 10], 0],
    ['backwards where it is read faster', [10, 9, 8], -1],
    ['never faster than time, whatever was measured', [10, 12, 15], 1],
  ])('%s', (_, ages, whole) => {
    expect(growthAfter(new UnreadTrails(), [5, 5, 5], ages)?.age).toEqual({
      whole,
      bounds: { low: whole, high: whole },
    })
  })
  it('is unknown where an age is', () => {
    expect(growthAfter(new UnreadTrails(), [5, 5, 5], [null, 11, 12])?.age).toBeNull()
    // Known over the whole, but not of its last half.
    expect(growthAfter(new UnreadTrails(), [5, 5, 5, 5, 5], [10, 11, null, 13, 14])?.age).toBeNull()
  })
})

describe('what is forgotten', () => {
  const noted = () => {
    const trails = new UnreadTrails()
    growthAfter(trails, [5, 6])
    return trails
  }
  const again = (trails: UnreadTrails) => trails.note(KEY, { atMs: 9 * MINUTE_MS, writtenAtMs: 0, lagMessages: 5 })
  it('is what was not noted for a whole poll', () => {
    const trails = noted()
    trails.sweep()
    expect(again(trails)).not.toBeNull()
    trails.sweep()
    trails.sweep()
    expect(again(trails)).toBeNull()
  })
  it('is what was told to be void', () => {
    const trails = noted()
    trails.forget(KEY)
    expect(again(trails)).toBeNull()
  })
})
