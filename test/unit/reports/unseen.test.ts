import { describe, expect, it } from 'vitest'
import type { SeriesResult } from '../../../lib/history/history.ts'
import { unseenOf } from '../../../lib/reports/unseen.ts'
import { MINUTE_MS } from '../../../lib/units.ts'

const RANGE = { fromMs: 0, toMs: 100 * MINUTE_MS, stepMs: 5 * MINUTE_MS, intervalMs: 15_000 }
const series = (firstMinute: number | null, ...gaps: [number, number][]): SeriesResult => ({
  labels: {},
  points: firstMinute === null ? [] : [{ t: firstMinute * MINUTE_MS, min: 1, max: 1, avg: 1, last: 1 }],
  gaps: gaps.map(([from, to]) => ({ fromMs: from * MINUTE_MS, toMs: to * MINUTE_MS, reason: 'consoleDown' })),
})

describe('a stretch that nobody saw', () => {
  it.each([
    ['is all of it without a single poll', null, ['0-100 notWatched']],
    ['is all of it where polls knew nothing', series(null), ['0-100 notWatched']],
    ['is none where polls came all the time', series(0), []],
    ['is each gap, with its reason', series(0, [10, 20], [30, 31]), ['10-20 consoleDown', '30-31 consoleDown']],
    ['is what was before the first poll', series(40, [50, 60]), ['0-40 notWatched', '50-60 consoleDown']],
    ['begins with the gap that the period begins in', series(20, [0, 20]), ['0-20 consoleDown']],
    ['is not what lies between two polls', series(4), []],
  ])('%s', (_, given, stretches) => {
    const found = unseenOf(given, RANGE).map(
      ({ fromMs, toMs, reason }) => `${fromMs / MINUTE_MS}-${toMs / MINUTE_MS} ${reason}`,
    )
    expect(found).toEqual(stretches)
  })

  it('is not what lies between polls that come seldom', () => {
    expect(unseenOf(series(50), { ...RANGE, intervalMs: 60 * MINUTE_MS })).toEqual([])
  })
})
