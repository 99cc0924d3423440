import { describe, expect, it } from 'vitest'
import { produceRate } from '../../../../lib/durability/forecasts/produce-rate.ts'
import { OffsetClock } from '../../../../lib/durability/offset-clock.ts'
import { MINUTE_MS } from '../../../../lib/units.ts'

const KEY = { topic: 'orders', partition: 0, broker: null }

/** So many messages in each minute; one poll after each. */
function watched(perMinute: readonly number[]): OffsetClock {
  const clock = new OffsetClock()
  let end = 0
  clock.note(KEY, 0n, 0)
  perMinute.forEach((count, minute) => {
    end += count
    clock.note(KEY, BigInt(end), (minute + 1) * MINUTE_MS)
  })
  return clock
}

const perMinute = (clock: OffsetClock, messages: number, minutes: number) => {
  const rate = produceRate(clock, KEY, messages, minutes * MINUTE_MS)
  const [low, high] = [rate?.low, rate?.high].map((value) => Math.round((value ?? 0) * MINUTE_MS * 10) / 10)
  return rate && [low, high, ...(rate.mayBeSlower ? ['or slower'] : [])]
}

describe('the rate until so many messages are written', () => {
  const EVEN = Array.from({ length: 20 }, () => 100)
  const TURNS = Array.from({ length: 20 }, (_, minute) => (minute % 10 < 5 ? 50 : 150))
  it.each([
    ['is known to a fiftieth where it is even', EVEN, 1_000, [98, 102]],
    ['lies between the slowest and the fastest time of that length', TURNS, 500, [49, 153]],
    ['lies nearer to the mean where more time is ahead than a window is long', TURNS, 1_000, [78, 122.8]],
    [
      'may be less where traffic swings and more time is ahead than was watched',
      TURNS.slice(0, 10),
      4_000,
      [83.9, 116.7, 'or slower'],
    ],
    ['is known so long ahead where it is even', EVEN, 9_000, [98, 102]],
    ['is none where nothing is written', EVEN.map(() => 0), 1_000, [0, 0]],
  ])('%s', (_, counts, messages, expected) => {
    expect(perMinute(watched(counts), messages, counts.length)).toEqual(expected)
  })

  it('is that of the last day where less time is ahead', () => {
    const slow = Array.from({ length: 48 }, (_, hour) => (hour < 20 ? 6_000 : 600))
    const clock = new OffsetClock()
    let end = 0n
    clock.note(KEY, 0n, 0)
    slow.forEach((count, hour) => {
      end += BigInt(count)
      clock.note(KEY, end, (hour + 1) * 60 * MINUTE_MS)
    })
    expect(perMinute(clock, 600, 48 * 60)).toEqual([9.8, 10.2])
  })

  it('is not known before anything was watched', () => {
    expect(perMinute(new OffsetClock(), 1_000, 5)).toBeNull()
    expect(perMinute(watched([]), 1_000, 0)).toBeNull()
  })
})
