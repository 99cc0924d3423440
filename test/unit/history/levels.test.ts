import { expect, test } from 'vitest'
import { type Coverage, FIVE_MINUTES, HOURS, POLLS, segmentsOf } from '../../../lib/history/levels.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../lib/units.ts'

const day = (days: number): number => days * DAY_MS
/** Polls of two days, steps of five minutes of four weeks, hours of half a year; the hours end a week ago. */
const COVERAGE: (Coverage | null)[] = [
  { fromMs: day(198), untilMs: Number.POSITIVE_INFINITY },
  { fromMs: day(172), untilMs: day(199) },
  { fromMs: day(20), untilMs: day(193) },
]
const NOW_MS = day(200) - 1

function plan(fromMs: number, stepMs: number, coverage = COVERAGE): [string, number, number][] {
  const names = new Map([
    [POLLS, 'polls'],
    [FIVE_MINUTES, 'fiveMinutes'],
    [HOURS, 'hours'],
  ])
  return segmentsOf({ fromMs, toMs: NOW_MS, stepMs }, coverage).map(({ level, fromMs: from, untilMs }) => [
    names.get(level) ?? '',
    from / DAY_MS,
    untilMs / DAY_MS,
  ])
}

test('a fine step takes the polls, and coarser steps where those are deleted', () => {
  expect(plan(day(199), MINUTE_MS)).toEqual([['polls', 199, 200]])
  expect(plan(day(10), MINUTE_MS)).toEqual([
    ['hours', 20, 172],
    ['fiveMinutes', 172, 198],
    ['polls', 198, 200],
  ])
})

test('a coarse step takes the coarsest level, and finer ones where it is not rolled up yet', () => {
  expect(plan(day(100), HOUR_MS)).toEqual([
    ['hours', 100, 193],
    ['fiveMinutes', 193, 199],
    ['polls', 199, 200],
  ])
  expect(plan(day(197), 30 * MINUTE_MS)).toEqual([
    ['fiveMinutes', 197, 199],
    ['polls', 199, 200],
  ])
})

test('nothing is read where nothing is', () => {
  expect(plan(day(0), MINUTE_MS, [null, null, null])).toEqual([])
  expect(plan(day(0), HOUR_MS, [null, { fromMs: day(3), untilMs: day(4) }, null])).toEqual([['fiveMinutes', 3, 4]])
})
