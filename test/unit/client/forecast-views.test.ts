import { describe, expect, it } from 'vitest'
import { forecastLevel, forecastText } from '../../../lib/client/forecast-views.ts'
import { HOUR_MS } from '../../../lib/units.ts'

const NOW_MS = Date.UTC(2026, 0, 5, 3)
const at = (hours: number | null) => (hours === null ? null : new Date(NOW_MS + hours * HOUR_MS).toISOString())
const between = (earliest: number | null, latest: number | null) =>
  ({ state: 'forecast', earliest: at(earliest), latest: at(latest), because: 'retention' }) as const
const bare = (state: 'none' | 'unknown') => ({ state, earliest: null, latest: null, because: 'caughtUp' }) as const

describe('a forecast is told', () => {
  it.each([
    ['between two moments', between(1, 2), { kind: 'between', fromMs: HOUR_MS, toMs: 2 * HOUR_MS }],
    ['from a moment on', between(1, null), { kind: 'from', fromMs: HOUR_MS }],
    ['within a time, where the first moment has come', between(-1, 2), { kind: 'within', toMs: 2 * HOUR_MS }],
    ['as at any moment, where there is no last one', between(-1, null), { kind: 'anyMoment' }],
    ['as at any moment, where that has passed too', between(-2, -1), { kind: 'anyMoment' }],
    ['as none', bare('none'), { kind: 'none' }],
    ['as unknown', bare('unknown'), { kind: 'unknown' }],
  ])('%s', (_, forecast, expected) => {
    expect(forecastText(forecast, NOW_MS)).toEqual(expected)
  })
})

describe('a forecast is', () => {
  it.each([
    ['urgent within hours', between(3, 90), 'atRisk'],
    ['near within a day', between(23, null), 'watch'],
    ['far beyond', between(25, null), null],
    ['nothing where nothing comes', bare('none'), null],
    ['nothing where nobody knows', bare('unknown'), null],
  ])('%s', (_, forecast, level) => {
    expect(forecastLevel(forecast, NOW_MS)).toBe(level)
  })
})
