import { expect, test } from 'vitest'
import { nextDelayMs } from '../../../lib/collector/pace.ts'

const INTERVAL = 15_000

test.each([
  ['keeps the beat: the time a poll took counts', { tookMs: 400, failuresInARow: 0, random: 0.5 }, 14_600],
  ['rests even when a poll took too long', { tookMs: 40_000, failuresInARow: 0, random: 0.5 }, 1_500],
  ['one failure is asked again at the usual time', { tookMs: 0, failuresInARow: 1, random: 0.5 }, 15_000],
  ['the second failure doubles', { tookMs: 0, failuresInARow: 2, random: 0.5 }, 30_000],
  ['the third doubles again', { tookMs: 0, failuresInARow: 3, random: 0.5 }, 60_000],
  ['and it ends at a minute', { tookMs: 0, failuresInARow: 1_000, random: 0.5 }, 60_000],
  ['earliest jitter', { tookMs: 0, failuresInARow: 0, random: 0 }, 14_250],
  ['latest jitter', { tookMs: 0, failuresInARow: 0, random: 1 }, 15_750],
])('%s', (_, input, expected) => {
  expect(nextDelayMs({ intervalMs: INTERVAL, ...input })).toBeCloseTo(expected, 6)
})

test('an interval longer than a minute is its own longest back-off', () => {
  expect(nextDelayMs({ intervalMs: 300_000, tookMs: 0, failuresInARow: 9, random: 0.5 })).toBe(300_000)
})
