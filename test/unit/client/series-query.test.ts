import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type SeriesView, seriesQuery } from '../../../lib/client/queries/series.ts'
import { DAY_MS } from '../../../lib/units.ts'

const NOW_MS = Date.parse('2026-11-22T12:00:07.000Z')

function asked(view: Omit<SeriesView, 'metric'>): Record<string, string> {
  const path = seriesQuery({ metric: 'pollMs', ...view }).meta?.path(null) ?? ''
  return Object.fromEntries(new URL(path, 'http://localhost').searchParams)
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOW_MS })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a question for series', () => {
  test('leaves the step to the server when it does not say how many points it wants', () => {
    const [from, to] = ['2026-11-22T11:00:07.000Z', '2026-11-22T12:00:07.000Z']
    expect(asked({ range: '1h' })).toEqual({ metric: 'pollMs', from, to })
  })

  test('begins with a whole step of its own', () => {
    const [from, to] = ['2026-11-22T11:00:00.000Z', '2026-11-22T12:00:07.000Z']
    expect(asked({ range: '1h', points: 60 })).toEqual({ metric: 'pollMs', from, to, stepSeconds: '60' })
  })

  test.each(['1h', `${NOW_MS - 3_600_000}-${NOW_MS}`] as const)(
    'of %s is asked for as much earlier as told',
    (range) => {
      const [from, to] = ['2026-11-21T11:00:07.000Z', '2026-11-21T12:00:07.000Z']
      expect(asked({ range, shiftMs: DAY_MS })).toEqual({ metric: 'pollMs', from, to })
    },
  )

  test('of another time is another entry of the cache, and no place holder for this one', () => {
    const key = (view: Partial<SeriesView>) => seriesQuery({ metric: 'pollMs', range: '1h', ...view }).queryKey
    expect(key({ shiftMs: DAY_MS }).slice(0, 3)).not.toEqual(key({}).slice(0, 3))
    expect(key({ shiftMs: 0 })).toEqual(key({}))
  })
})
