import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SeriesBuilder } from '../../../lib/history/series-builder.ts'
import type { SeriesState } from '../../../lib/history/series-state.ts'

const S = 1_000
const INTERVAL = 15 * S

/** `[seconds, state or value]` each; steps of a minute over the ten minutes from 600 s on. */
function build(
  events: [number, SeriesState | number | bigint][],
  nowSeconds = 1_200,
): ReturnType<SeriesBuilder['finish']> {
  const builder = new SeriesBuilder({ fromMs: 600 * S, toMs: 1_200 * S, stepMs: 60 * S })
  for (const [seconds, what] of events) {
    if (typeof what === 'string') builder.add(seconds * S, INTERVAL, what)
    else builder.add(seconds * S, INTERVAL, 'value', what)
  }
  return builder.finish({}, nowSeconds * S)
}

const every15s = (from: number, to: number, what: SeriesState | number): [number, SeriesState | number][] =>
  Array.from({ length: Math.floor((to - from) / 15) + 1 }, (_, i) => [from + 15 * i, what])

test('a step holds the least, the greatest, the mean and the last of its samples', () => {
  expect(
    build(
      [
        [600, 4n],
        [615, 2n],
        [630, 9n],
        [645, 5n],
        [660, 1n],
      ],
      670,
    )?.points,
  ).toEqual([
    { t: 600_000, min: 2, max: 9, avg: 5, last: 5 },
    { t: 660_000, min: 1, max: 1, avg: 1, last: 1 },
  ])
})

test('extremes near 2^63 are compared as integers', () => {
  const [low, high] = [2n ** 63n - 2n, 2n ** 63n - 1n]
  expect(
    build(
      [
        [600, high],
        [615, low],
      ],
      620,
    )?.points[0],
  ).toMatchObject({ max: Number(high), min: Number(low) })
})

const cases: [string, [number, SeriesState | number][], unknown, number?][] = [
  ['no gap while polls come', every15s(600, 1_200, 1), []],
  ['no gap for one late poll', [...every15s(600, 800, 1), ...every15s(830, 1_200, 1)], []],
  [
    'silence is the console',
    [...every15s(600, 690, 1), ...every15s(900, 1_200, 1)],
    [{ fromMs: 690_000, toMs: 900_000, reason: 'consoleDown' }],
  ],
  ['silence to the end', every15s(600, 690, 1), [{ fromMs: 690_000, toMs: 1_200_000, reason: 'consoleDown' }]],
  ['the future is no gap', every15s(600, 690, 1), [], 700],
  [
    'failed polls, although they come more seldom',
    [...every15s(600, 690, 1), [705, 'pollFailed'], [765, 'pollFailed'], [840, 1], ...every15s(855, 1_200, 1)],
    [{ fromMs: 705_000, toMs: 840_000, reason: 'pollFailed' }],
  ],
  [
    'unknown until it is known again',
    [...every15s(600, 690, 1), ...every15s(705, 735, 'unknown'), ...every15s(750, 1_200, 1)],
    [{ fromMs: 705_000, toMs: 750_000, reason: 'unknown' }],
  ],
  ['a series that is not there has no gap', [...every15s(600, 690, 1), ...every15s(705, 1_200, 'absent')], []],
  [
    'reasons follow each other',
    [[600, 1], [615, 'unknown'], [630, 'pollFailed'], ...every15s(900, 1_200, 1)],
    [
      { fromMs: 615_000, toMs: 630_000, reason: 'unknown' },
      { fromMs: 630_000, toMs: 900_000, reason: 'consoleDown' },
    ],
  ],
  [
    'a gap that began before the range begins with it',
    [[570, 'unknown'], [585, 'unknown'], ...every15s(600, 1_200, 1)],
    [],
  ],
  ['silence across the whole range', [[300, 1]], [{ fromMs: 600_000, toMs: 1_200_000, reason: 'consoleDown' }]],
]

test.each(cases)('%s', (_, events, gaps, nowSeconds) => {
  expect(build(events, nowSeconds)?.gaps).toEqual(gaps)
})

test('a series that was not there at all is left out', () => {
  expect(build(every15s(600, 1_200, 'absent'))).toBeNull()
  expect(
    build([
      [300, 1],
      [315, 'absent'],
      [615, 'absent'],
    ]),
  ).toBeNull()
  expect(build(every15s(600, 1_200, 'unknown'))?.points).toEqual([])
})

/** Polls with silences, late ones, and values of every size. */
const polls = fc.array(
  fc.record({
    afterMs: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(15 * S, 14_999, 15_020) },
      fc.integer({ min: 1, max: 200 * S }),
    ),
    value: fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ noNaN: true, noDefaultInfinity: true })),
  }),
  { maxLength: 120 },
)

test('values that are added together are the same as one by one', () => {
  fc.assert(
    fc.property(polls, fc.constantFrom(10 * S, 60 * S, 300 * S), fc.nat(20), (list, stepMs, cut) => {
      const range = { fromMs: 600 * S, toMs: 1_200 * S, stepMs }
      const counts: [number[], number[]] = [[], []]
      const [apart, together] = [new SeriesBuilder(range, counts[0]), new SeriesBuilder(range, counts[1])]
      let at = 560 * S
      const atMs = Float64Array.from(list, ({ afterMs }) => (at += afterMs))
      const values = Float64Array.from(list, ({ value }) => value)
      const intervalMs = new Float64Array(list.length).fill(15 * S)
      for (const [i, time] of atMs.entries()) apart.add(time, 15 * S, 'value', values[i])
      const middle = Math.min(cut, list.length)
      together.addValues({ atMs, intervalMs, values }, 0, middle)
      together.addValues({ atMs, intervalMs, values }, middle, list.length)
      expect(together.finish({}, 1_300 * S)).toEqual(apart.finish({}, 1_300 * S))
      expect(counts[1]).toEqual(counts[0])
    }),
    { numRuns: 500 },
  )
})
