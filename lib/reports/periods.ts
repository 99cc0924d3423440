/** Which periods the schedule has, and for which of them a report is still to be made. Pure. */
import type { ReportSettings } from '../config/reports.ts'
import { DAY_MS, HOUR_MS } from '../units.ts'

export type Schedule = 'daily' | 'weekly'

export interface Period {
  /** The same for whoever works it out again: there is one report of it. */
  key: string
  schedule: Schedule
  fromMs: number
  /** Not part of it. */
  toMs: number
}

/** The newest report that was made by schedule. */
export interface NewestReport {
  schedule: Schedule
  toMs: number
}

/** A console that was away for months need not tell of each day that it knows nothing of. */
const MOST_MISSED = 14
const DAYS: Record<Schedule, number> = { daily: 1, weekly: 7 }
const MONDAY = 1

export type PeriodSettings = Pick<ReportSettings, 'schedule' | 'atHour' | 'timeZone'>
type Clock = Omit<PeriodSettings, 'schedule'>

/**
 * The oldest first. Without a report before it only the newest period is due: nobody waits for those of the time before
 * reports were asked for.
 *
 * @param watchedSinceMs since when the console has watched anything, which matters before the first report; null: it never did
 */
export function duePeriods(
  settings: PeriodSettings,
  newest: NewestReport | null,
  watchedSinceMs: number | null,
  nowMs: number,
): Period[] {
  const { schedule } = settings
  const sinceMs = newest?.toMs ?? watchedSinceMs
  if (schedule === 'off' || sinceMs === null) return []
  const due: Period[] = []
  let day = newestEnd(settings, schedule, nowMs)
  while (due.length < (newest === null ? 1 : MOST_MISSED)) {
    const toMs = instantOf(day, settings)
    if (toMs <= sinceMs) break
    const before = addDays(day, -DAYS[schedule])
    due.unshift({
      key: `${schedule} ${new Date(toMs).toISOString()}`,
      schedule,
      fromMs: instantOf(before, settings),
      toMs,
    })
    day = before
  }
  return due.map((period, index) => (index === 0 ? followOn(period, newest) : period))
}

/** Where the hour or the time zone was changed, a report begins where the one before it ended: nothing is left out. */
function followOn(period: Period, newest: NewestReport | null): Period {
  if (newest?.schedule !== period.schedule) return period
  const isNear = newest.toMs > period.fromMs - DAYS[period.schedule] * DAY_MS
  return isNear ? { ...period, fromMs: newest.toMs } : period
}

/** A day of the calendar, as the beginning of the same day in UTC. */
type CalendarDay = number

function newestEnd(clock: Clock, schedule: Schedule, nowMs: number): CalendarDay {
  // A day ahead, since the zone may be.
  let day = Math.floor(nowMs / DAY_MS) * DAY_MS + DAY_MS
  while (instantOf(day, clock) > nowMs || (schedule === 'weekly' && new Date(day).getUTCDay() !== MONDAY)) {
    day = addDays(day, -1)
  }
  return day
}

function addDays(day: CalendarDay, days: number): CalendarDay {
  return day + days * DAY_MS
}

/** When it is that hour on that day. Where clocks are set forward over it, an hour later; where they are set back, the first time. */
function instantOf(day: CalendarDay, { atHour, timeZone }: Clock): number {
  const wallMs = day + atHour * HOUR_MS
  const offsets = [wallMs - DAY_MS, wallMs + DAY_MS].map((atMs) => offsetMs(timeZone, atMs))
  const candidates = offsets.map((offset) => wallMs - offset)
  const fitting = candidates.filter((atMs) => atMs + offsetMs(timeZone, atMs) === wallMs)
  return Math.min(...(fitting.length > 0 ? fitting : [Math.max(...candidates)]))
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** How far the zone's clocks are ahead of UTC. */
function offsetMs(timeZone: string, atMs: number): number {
  let format = formats.get(timeZone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
    formats.set(timeZone, format)
  }
  const name = format.formatToParts(atMs).find(({ type }) => type === 'timeZoneName')?.value ?? ''
  const [, sign = '+', hours = '0', minutes = '0', seconds = '0'] = /GMT([+-])(\d+):?(\d+)?:?(\d+)?/.exec(name) ?? []
  const size = (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * 1_000
  return sign === '-' ? -size : size
}
