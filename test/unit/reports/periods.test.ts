import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { duePeriods, type NewestReport, type Period, type PeriodSettings } from '../../../lib/reports/periods.ts'
import { DAY_MS, HOUR_MS } from '../../../lib/units.ts'

const DAILY: PeriodSettings = { schedule: 'daily', atHour: 8, timeZone: 'Asia/Shanghai' }
const at = (text: string): number => Date.parse(text)
const shown = (periods: readonly Period[]): string[] =>
  periods.map(({ fromMs, toMs }) => `${new Date(fromMs).toISOString()} ${new Date(toMs).toISOString()}`)
const madeUpTo = (toMs: number, schedule: NewestReport['schedule'] = 'daily'): NewestReport => ({ schedule, toMs })

describe('a daily report', () => {
  it('is due from its hour on, in the time zone of the configuration', () => {
    const newest = madeUpTo(at('2026-11-28T00:00Z'))
    expect(duePeriods(DAILY, newest, null, at('2026-11-28T23:59:59Z'))).toEqual([])
    const due = duePeriods(DAILY, newest, null, at('2026-11-29T00:00Z'))
    expect(due).toEqual([
      {
        ...{ key: 'daily 2026-11-29T00:00:00.000Z', schedule: 'daily' },
        ...{ fromMs: at('2026-11-28T00:00Z'), toMs: at('2026-11-29T00:00Z') },
      },
    ])
  })

  it('that was missed is due when the console is back, one for each day, the oldest first', () => {
    const due = duePeriods(DAILY, madeUpTo(at('2026-11-26T00:00Z')), null, at('2026-11-29T05:00Z'))
    expect(shown(due)).toEqual([
      '2026-11-26T00:00:00.000Z 2026-11-27T00:00:00.000Z',
      '2026-11-27T00:00:00.000Z 2026-11-28T00:00:00.000Z',
      '2026-11-28T00:00:00.000Z 2026-11-29T00:00:00.000Z',
    ])
    expect(duePeriods(DAILY, madeUpTo(at('2026-01-01T00:00Z')), null, at('2026-11-29T05:00Z'))).toHaveLength(14)
  })

  it('is the first one for the newest day alone, and for none that ended before anything was watched', () => {
    expect(duePeriods(DAILY, null, at('2026-11-01T00:00Z'), at('2026-11-29T05:00Z'))).toHaveLength(1)
    expect(duePeriods(DAILY, null, at('2026-11-29T01:00Z'), at('2026-11-29T05:00Z'))).toEqual([])
    expect(duePeriods(DAILY, null, null, at('2026-11-29T05:00Z'))).toEqual([])
  })

  it('begins where the one before ended, also when the hour was changed, and when the clock was set back none is due', () => {
    const later = { ...DAILY, atHour: 20 }
    const newest = madeUpTo(at('2026-11-29T00:00Z'))
    expect(shown(duePeriods(later, newest, null, at('2026-11-29T13:00Z')))).toEqual([
      '2026-11-29T00:00:00.000Z 2026-11-29T12:00:00.000Z',
    ])
    expect(duePeriods(DAILY, newest, null, at('2026-11-20T13:00Z'))).toEqual([])
  })

  it('is none when it is off', () => {
    expect(duePeriods({ ...DAILY, schedule: 'off' }, null, 0, at('2026-11-29T05:00Z'))).toEqual([])
  })
})

it('a weekly report ends on Monday, and covers the whole week also where days were reported before', () => {
  const weekly: PeriodSettings = { ...DAILY, schedule: 'weekly' }
  const due = duePeriods(weekly, madeUpTo(at('2026-11-29T00:00Z')), null, at('2026-12-03T05:00Z'))
  expect(shown(due)).toEqual(['2026-11-23T00:00:00.000Z 2026-11-30T00:00:00.000Z'])
})

describe('where clocks are set forward and back', () => {
  const berlin = (atHour: number): PeriodSettings => ({ ...DAILY, timeZone: 'Europe/Berlin', atHour })

  it.each([
    ['forward, a day has 23 hours', 8, '2026-03-29T06:00Z', '2026-03-28T07:00:00.000Z 2026-03-29T06:00:00.000Z'],
    ['back, a day has 25 hours', 8, '2026-10-25T07:00Z', '2026-10-24T06:00:00.000Z 2026-10-25T07:00:00.000Z'],
    ['over the hour itself', 2, '2026-03-29T06:00Z', '2026-03-28T01:00:00.000Z 2026-03-29T01:00:00.000Z'],
    ['back to the hour itself', 2, '2026-10-25T07:00Z', '2026-10-24T00:00:00.000Z 2026-10-25T00:00:00.000Z'],
  ])('%s', (_, atHour, now, period) => {
    expect(shown(duePeriods(berlin(atHour), null, 0, at(now)))).toEqual([period])
  })
})

it('whatever the zone, hour and moment, periods follow on each other and each is made once', () => {
  const zones = ['UTC', 'Asia/Shanghai', 'America/St_Johns', 'Pacific/Kiritimati', 'Pacific/Niue', 'Europe/Berlin']
  const moment = fc.integer({ min: at('2026-01-01T00:00Z'), max: at('2027-01-01T00:00Z') })
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: 0, max: 23 }),
      fc.constantFrom('daily', 'weekly'),
      moment,
      fc.array(fc.integer({ min: 1, max: 30 * HOUR_MS }), { minLength: 1, maxLength: 30 }),
      (timeZone, atHour, schedule, startMs, steps) => {
        const settings: PeriodSettings = { ...DAILY, timeZone, atHour, schedule }
        const made: Period[] = []
        let nowMs = startMs
        for (const step of steps) {
          nowMs += step
          const newest = made.at(-1)
          made.push(...duePeriods(settings, newest ?? null, 0, nowMs))
          expect(duePeriods(settings, made.at(-1) ?? null, 0, nowMs)).toEqual([])
          const { toMs } = made.at(-1) as Period
          const spanMs = (schedule === 'daily' ? DAY_MS : 7 * DAY_MS) + HOUR_MS
          expect(toMs <= nowMs && nowMs - toMs < spanMs).toBe(true)
        }
        made.slice(1).forEach((period, index) => {
          expect(period.fromMs).toBe(made[index]?.toMs)
        })
        expect(new Set(made.map(({ key }) => key)).size).toBe(made.length)
      },
    ),
    { numRuns: 100 },
  )
})
