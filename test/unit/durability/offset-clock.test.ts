import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OffsetClock } from '../../../lib/durability/offset-clock.ts'
import { DAY_MS, MINUTE_MS } from '../../../lib/units.ts'

const a = { topic: 'orders', partition: 0, broker: null }
const b = { topic: 'orders', partition: 1, broker: null }

describe('OffsetClock', () => {
  it('interpolates between two points and knows nothing outside of them', () => {
    const clock = new OffsetClock()
    clock.note(a, 100n, 1_000)
    clock.note(a, 200n, 2_000)
    expect(clock.timeOf(a, 150n)).toBe(1_500)
    expect(clock.timeOf(a, 100n)).toBe(1_000)
    expect(clock.timeOf(a, 99n)).toBeNull()
    expect(clock.timeOf(a, 201n)).toBeNull()
    expect(clock.timeOf(b, 150n)).toBeNull()
  })

  it('keeps the first time an end offset was seen, while a topic rests', () => {
    const clock = new OffsetClock()
    clock.note(a, 100n, 1_000)
    clock.note(a, 100n, 9_000)
    clock.note(a, 110n, 10_000)
    expect(clock.timeOf(a, 100n)).toBe(1_000)
  })

  it('leaves out a time stamp that contradicts what polls saw', () => {
    const clock = new OffsetClock()
    clock.note(a, 100n, 5_000)
    clock.note(a, 50n, 6_000)
    expect(clock.timeOf(a, 50n)).toBeNull()
  })

  it('forgets what no group reads any more', () => {
    const clock = new OffsetClock()
    clock.note(a, 100n, 1_000)
    clock.note(b, 100n, 1_000)
    clock.need(a, 100n, false)
    clock.sweep(1_000)
    expect(clock.timeOf(a, 100n)).toBe(1_000)
    expect(clock.timeOf(b, 100n)).toBeNull()
  })

  it('remembers a little, and for a day, of what everybody has read where traffic counts', () => {
    const clock = new OffsetClock()
    const known: (number | null)[] = []
    for (let minute = 0; minute <= 2 * 24 * 60; minute += 1) {
      clock.note(a, BigInt(minute), minute * MINUTE_MS)
      clock.need(a, BigInt(minute), true)
      clock.sweep(minute * MINUTE_MS)
      known.push(clock.sinceMs(a))
    }
    expect(known[12 * 60], 'the very first').toBe(0)
    const agoMs = 2 * DAY_MS - (known.at(-1) ?? 0)
    expect(agoMs).toBeLessThanOrEqual(DAY_MS)
    expect(agoMs).toBeGreaterThan(DAY_MS / 2)
  })

  it('remembers nothing of what everybody has read where it does not', () => {
    const clock = new OffsetClock()
    for (const second of [1, 2, 3]) clock.note(a, BigInt(second), second * 1_000)
    clock.need(a, 3n, false)
    clock.sweep(3_000)
    expect(clock.sinceMs(a)).toBe(2_000)
  })

  it('tells what was reached after a moment', () => {
    const clock = new OffsetClock()
    clock.note(a, 100n, 1_000)
    clock.note(a, 200n, 2_000)
    expect([500, 1_000, 1_500, 2_500].map((atMs) => clock.reachedAfter(a, atMs))).toEqual([100n, 100n, 200n, null])
  })

  it('stays within the true interval and monotone however many points it was given', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 2, maxLength: 300 }), (steps) => {
        const clock = new OffsetClock()
        let offset = 0n
        steps.forEach((step, index) => {
          offset += BigInt(step)
          clock.note(a, offset, index * 1_000)
        })
        const first = clock.timeOf(a, BigInt(steps[0] as number))
        const last = clock.timeOf(a, offset)
        const middle = clock.timeOf(a, (offset + BigInt(steps[0] as number)) / 2n)
        expect(first).toBe(0)
        expect(last).toBe((steps.length - 1) * 1_000)
        expect(middle).toBeGreaterThanOrEqual(0)
        expect(middle).toBeLessThanOrEqual((steps.length - 1) * 1_000)
      }),
    )
  })
})

describe('between points', () => {
  const clock = new OffsetClock()
  const key = { topic: 'orders', partition: 0, broker: null }
  clock.note(key, 10n, 1_000)
  clock.note(key, 20n, 2_000)
  it.each([
    [9n, null],
    [10n, { low: 1_000, high: 2_000 }],
    [15n, { low: 1_000, high: 2_000 }],
    [20n, null],
  ])('the record at %s was written between %o', (offset, bounds) => {
    expect(clock.boundsOf(key, offset)).toEqual(bounds)
  })
  it.each([
    [999, null],
    [1_000, 10],
    [1_500, 15],
    [5_000, 20],
  ])('at %d the log ended at %s', (atMs, offset) => {
    expect(clock.offsetAt(key, atMs)).toBe(offset)
  })
  it('knows since when it watches', () => {
    expect(clock.sinceMs(key)).toBe(1_000)
    expect(clock.sinceMs({ ...key, topic: 'other' })).toBeNull()
  })
})
