import { describe, expect, it } from 'vitest'
import type { Keeping } from '../../../../lib/durability/forecasts/keeping.ts'
import { exactly } from '../../../../lib/durability/forecasts/range.ts'
import { type Growth, type Place, retentionLoss } from '../../../../lib/durability/forecasts/retention-loss.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../../lib/units.ts'

const NOW_MS = 100 * DAY_MS

const byTime = (over: Partial<Keeping> = {}): Keeping => ({
  ...{ retentionMs: 7 * DAY_MS, retentionBytes: null, isForced: false },
  ...{ spanMs: DAY_MS, segmentBytes: null, checkMs: 5 * MINUTE_MS },
  ...over,
})
const bySize = (over: Partial<Keeping> = {}): Keeping =>
  byTime({ retentionMs: null, retentionBytes: 10_000_000, segmentBytes: 950_000, ...over })

const aPlace = (over: Partial<Place> = {}): Place => ({
  ...{ writtenAtMs: exactly(NOW_MS - 2 * DAY_MS), filledAtMs: null, fileMessages: null },
  ...{ messagesBehind: 4_000, bytesPerMessage: 1_000 },
  ...over,
})
// 10 MB of about 1 kB each are between 9,524 and 10,526 messages; 1,000 more fill a segment at most.
const AT_REST: Growth = { age: exactly(1), messages: exactly(1) }

const at = (earliestAtMs: number, latestAtMs: number | null, because = 'retention') => ({
  ...{ state: 'forecast', earliestAtMs, latestAtMs, because },
})
const unknown = (because: string) => ({ state: 'unknown', earliestAtMs: null, latestAtMs: null, because })
const none = (because: string) => ({ ...unknown(because), state: 'none' })

const DUE_MS = NOW_MS + 5 * DAY_MS
const CHECK_MS = 5 * MINUTE_MS

describe('by time', () => {
  it.each<[string, Partial<Place>, Partial<Keeping>, Growth, object]>([
    ['a span of the segment and a check after the retention', {}, {}, AT_REST, at(DUE_MS, DUE_MS + DAY_MS + CHECK_MS)],
    [
      'not later than its segment was full',
      { filledAtMs: NOW_MS - 2 * DAY_MS + HOUR_MS },
      ...[{}, AT_REST, at(DUE_MS, DUE_MS + HOUR_MS + CHECK_MS)],
    ] as [string, Partial<Place>, Partial<Keeping>, Growth, object],
    [
      'wider where the time of the record is',
      { writtenAtMs: { low: NOW_MS - 2 * DAY_MS, high: NOW_MS - 2 * DAY_MS + HOUR_MS } },
      ...[{}, AT_REST, at(DUE_MS, DUE_MS + HOUR_MS + DAY_MS + CHECK_MS)],
    ] as [string, Partial<Place>, Partial<Keeping>, Growth, object],
    ['without a latest moment: span unknown', {}, { spanMs: null }, AT_REST, at(DUE_MS, null)],
    ['without a latest moment: check interval unknown', {}, { checkMs: null }, AT_REST, at(DUE_MS, null)],
    [
      'with the next check where it is due',
      { writtenAtMs: exactly(NOW_MS - 7 * DAY_MS - HOUR_MS) },
      ...[{}, AT_REST, at(NOW_MS - HOUR_MS, NOW_MS + 23 * HOUR_MS + CHECK_MS)],
    ] as [string, Partial<Place>, Partial<Keeping>, Growth, object],
    [
      'any moment where it is overdue',
      { writtenAtMs: exactly(NOW_MS - 9 * DAY_MS) },
      ...[{}, AT_REST, at(NOW_MS - 2 * DAY_MS, null, 'overdue')],
    ] as [string, Partial<Place>, Partial<Keeping>, Growth, object],
    ['any moment while the disk is too full', {}, { isForced: true }, AT_REST, at(NOW_MS, null, 'forcedCleaning')],
    [
      'later for a reader that falls behind slowly',
      {},
      { spanMs: 0 },
      { age: { low: 0.5, high: 1 }, messages: null },
      at(DUE_MS, NOW_MS + 10 * DAY_MS + CHECK_MS),
    ],
    [
      'perhaps never for one that may keep up',
      {},
      {},
      { age: { low: -0.1, high: 0.5 }, messages: null },
      at(NOW_MS + 10 * DAY_MS, null),
    ],
    ['never for one that does not fall behind', {}, {}, { age: exactly(0), messages: null }, none('catchesUp')],
    ['unknown: the age', { writtenAtMs: null }, {}, AT_REST, unknown('ageUnknown')],
    ['unknown: how it moves', {}, {}, { age: null, messages: null }, unknown('rateUnknown')],
  ])('%s', (_, place, keeping, growth, expected) => {
    expect(retentionLoss(aPlace(place), byTime(keeping), growth, NOW_MS)).toEqual(expected)
  })
})

describe('by size', () => {
  it.each<[string, Partial<Place>, Partial<Keeping>, Growth, object]>([
    [
      'when so much is written, a segment and a check',
      {},
      {},
      AT_REST,
      at(NOW_MS + 5_524, NOW_MS + 7_526 + CHECK_MS, 'retentionBySize'),
    ],
    [
      'between what the rates say',
      {},
      {},
      { age: null, messages: { low: 0.5, high: 2 } },
      at(NOW_MS + 2_762, NOW_MS + 15_053 + CHECK_MS, 'retentionBySize'),
    ],
    [
      'with a segment that was written faster than now',
      { fileMessages: 3_000 },
      { segmentBytes: null },
      AT_REST,
      at(NOW_MS + 5_524, NOW_MS + 9_526 + CHECK_MS, 'retentionBySize'),
    ],
    [
      'without a latest moment: segments of unknown size',
      {},
      { segmentBytes: null, spanMs: null },
      AT_REST,
      at(NOW_MS + 5_524, null, 'retentionBySize'),
    ],
    ['never where next to nothing is written', {}, {}, { age: null, messages: exactly(1e-12) }, none('notGrowing')],
    ['never where nothing is written', {}, {}, { age: exactly(1), messages: exactly(0) }, none('notGrowing')],
    ['unknown: the size', { bytesPerMessage: null }, {}, AT_REST, unknown('sizeUnknown')],
    ['unknown: the rate', {}, {}, { age: exactly(1), messages: null }, unknown('rateUnknown')],
  ])('%s', (_, place, keeping, growth, expected) => {
    expect(retentionLoss(aPlace(place), bySize(keeping), growth, NOW_MS)).toEqual(expected)
  })
})

describe('by both', () => {
  const both = (over: Partial<Keeping>) => bySize({ retentionMs: 7 * DAY_MS, ...over })
  it('what comes first, with its reason', () => {
    const loss = retentionLoss(aPlace(), both({}), AT_REST, NOW_MS)
    expect(loss).toEqual(at(NOW_MS + 5_524, NOW_MS + 7_526 + CHECK_MS, 'retentionBySize'))
  })
  it('is unknown where the unknown one may come first', () => {
    expect(retentionLoss(aPlace({ bytesPerMessage: null }), both({}), AT_REST, NOW_MS)).toEqual(unknown('sizeUnknown'))
  })
})
