import { describe, expect, test } from 'vitest'
import type { SeriesAnswer } from '../../../lib/api/schemas/series.ts'
import { finerBounds, firstRecordMs, recordedBounds, roundStepSeconds } from '../../../lib/client/recorded-range.ts'
import { HOUR_MS, MINUTE_MS } from '../../../lib/units.ts'

const NOW_MS = Date.UTC(2026, 10, 22, 12)

function answer(pointMs: number[], gapFromMs: number[] = []): SeriesAnswer {
  return {
    metric: 'offline',
    unit: 'count',
    stepSeconds: 90,
    series: [
      {
        labels: { cluster: 'orders' },
        points: pointMs.map((t) => ({ t, min: 0, max: 0, avg: 0, last: 0 })),
        gaps: gapFromMs.map((fromMs) => ({
          from: new Date(fromMs).toISOString(),
          to: new Date(fromMs + MINUTE_MS).toISOString(),
          reason: 'pollFailed',
        })),
      },
    ],
  }
}

describe('the recorded part of a range', () => {
  test('begins with the first sample or gap of any series', () => {
    expect(firstRecordMs([undefined, answer([NOW_MS]), answer([NOW_MS - 5], [NOW_MS - 9])])).toBe(NOW_MS - 9)
    expect(firstRecordMs([answer([])])).toBeNull()
  })

  test('is shown from its beginning, and says so', () => {
    const firstMs = NOW_MS - 20 * MINUTE_MS
    expect(recordedBounds('6h', NOW_MS, firstMs)).toEqual({ fromMs: firstMs, toMs: NOW_MS, recordedSinceMs: firstMs })
  })

  test('is never drawn over less than five minutes', () => {
    const { fromMs } = recordedBounds('6h', NOW_MS, NOW_MS - MINUTE_MS)
    expect(fromMs).toBe(NOW_MS - 5 * MINUTE_MS)
  })

  test.each([
    ['nothing is recorded', '6h', null],
    ['nearly all of it is recorded', '6h', NOW_MS - 5.9 * HOUR_MS],
    ['a person chose the stretch', `${NOW_MS - HOUR_MS}-${NOW_MS}`, NOW_MS - MINUTE_MS],
  ] as const)('is the whole range when %s', (_why, range, firstMs) => {
    const { fromMs, recordedSinceMs } = recordedBounds(range, NOW_MS, firstMs)
    expect(NOW_MS - fromMs).toBe(range === '6h' ? 6 * HOUR_MS : HOUR_MS)
    expect(recordedSinceMs).toBeNull()
  })

  test('is asked for in finer steps only when it is short', () => {
    const firstMs = NOW_MS - 20 * MINUTE_MS
    expect(finerBounds('6h', NOW_MS, answer([firstMs]))).toEqual({ fromMs: firstMs, toMs: NOW_MS })
    expect(finerBounds('6h', NOW_MS, answer([NOW_MS - 4 * HOUR_MS]))).toBeNull()
    expect(finerBounds('6h', NOW_MS, answer([]))).toBeNull()
  })

  test('has steps that questions of slightly different moments share', () => {
    expect([1, 3, 6, 61, 5_000_000].map(roundStepSeconds)).toEqual([1, 5, 10, 120, 5_000_000])
  })
})
