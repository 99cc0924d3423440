import { expect, test } from 'vitest'
import { WEEKDAYS, type WeekTimes, withinUntilMs } from '../../../lib/alerts/week-times.ts'
import { HOUR_MS } from '../../../lib/units.ts'

const at = (text: string): number => Date.parse(text)
const time = (from: number, to: number, over: Partial<WeekTimes> = {}): WeekTimes => ({
  ...{ days: WEEKDAYS, fromMinute: from * 60, toMinute: to * 60, timeZone: 'UTC', ...over },
})

// 2026-01-05 is a Monday.
test.each([
  ['before it begins', time(8, 9), '2026-01-05T07:59:59Z', null],
  ['as it begins', time(8, 9), '2026-01-05T08:00:00Z', '2026-01-05T09:00:00Z'],
  ['just before its end', time(8, 9), '2026-01-05T08:59:59Z', '2026-01-05T09:00:00Z'],
  ['as it ends', time(8, 9), '2026-01-05T09:00:00Z', null],
  ['on another day', time(8, 9, { days: ['tue'] }), '2026-01-05T08:30:00Z', null],
  ['before midnight, of one that goes over it', time(22, 6), '2026-01-05T23:30:00Z', '2026-01-06T00:30:00Z'],
  ['after midnight, on the day after', time(22, 6, { days: ['mon'] }), '2026-01-06T05:30:00Z', '2026-01-06T06:00:00Z'],
  ['after midnight, on the day itself', time(22, 6, { days: ['mon'] }), '2026-01-05T05:30:00Z', null],
  ['after the midnight of Sunday', time(22, 6, { days: ['sun'] }), '2026-01-05T05:30:00Z', '2026-01-05T06:00:00Z'],
  ['at the end of a whole day', time(0, 24, { days: ['mon'] }), '2026-01-05T23:59:30Z', '2026-01-06T00:00:00Z'],
  ['in its own zone', time(8, 9, { timeZone: 'Asia/Shanghai' }), '2026-01-05T00:30:00Z', '2026-01-05T01:00:00Z'],
  ['out of it elsewhere', time(8, 9, { timeZone: 'Asia/Shanghai' }), '2026-01-05T08:30:00Z', null],
])('%s', (_name, times, now, until) => {
  expect(withinUntilMs([times], at(now))).toBe(until === null ? null : at(until))
})

test('none is no time, and of several the longest counts', () => {
  const now = at('2026-01-05T08:50:00Z')
  expect(withinUntilMs([], now)).toBe(null)
  expect(withinUntilMs([time(8, 9), time(8, 20)], now)).toBe(now + HOUR_MS)
})

test('the hour that a change of clocks takes away is not waited for', () => {
  // At 02:00 it is 03:00 in Berlin: what lasts until 04:00 is over two hours after 01:00, and not three.
  const night = time(22, 4, { timeZone: 'Europe/Berlin' })
  let now = at('2026-03-29T00:00:00Z')
  for (let until: number | null = now; until !== null; until = withinUntilMs([night], now)) now = until
  expect(new Date(now).toISOString()).toBe('2026-03-29T02:00:00.000Z')
})
