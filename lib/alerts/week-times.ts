/** Times of the week, such as nights and weekends, in a time zone. Pure. */
import { HOUR_MS, MINUTE_MS } from '../units.ts'

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Weekday = (typeof WEEKDAYS)[number]

export interface WeekTimes {
  /** On which it begins. */
  days: readonly Weekday[]
  /** Of the day. What ends no later than it begins does so on the day after. */
  fromMinute: number
  toMinute: number
  timeZone: string
}

/** @returns when to look again, an hour ahead at most, since clocks may be changed; null: it is none of these times */
export function withinUntilMs(times: readonly WeekTimes[], nowMs: number): number | null {
  const ends = times.flatMap((time) => {
    const minutesLeft = minutesLeftIn(time, nowMs)
    return minutesLeft === null ? [] : [Math.floor(nowMs / MINUTE_MS) * MINUTE_MS + minutesLeft * MINUTE_MS]
  })
  return ends.length === 0 ? null : Math.min(Math.max(...ends), nowMs + HOUR_MS)
}

const DAY_MINUTES = 24 * 60

function minutesLeftIn({ days, fromMinute, toMinute, timeZone }: WeekTimes, nowMs: number): number | null {
  const { day, minute } = localTime(timeZone, nowMs)
  const isOverMidnight = toMinute <= fromMinute
  const begins = (weekday: number): boolean => days.includes(WEEKDAYS[(weekday + 7) % 7] ?? 'mon')
  if (isOverMidnight && minute < toMinute && begins(day - 1)) return toMinute - minute
  if (minute < fromMinute || !begins(day)) return null
  if (isOverMidnight) return DAY_MINUTES - minute + toMinute
  return minute < toMinute ? toMinute - minute : null
}

const formats = new Map<string, Intl.DateTimeFormat>()

function localTime(timeZone: string, atMs: number): { day: number; minute: number } {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-US', {
      ...{ timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
    })
  formats.set(timeZone, format)
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, value]))
  const day = (WEEKDAYS as readonly string[]).indexOf(parts.get('weekday')?.toLowerCase() ?? '')
  return { day, minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')) }
}
