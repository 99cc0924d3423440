import { describe, expect, it } from 'vitest'
import { between, firstOf, none, unknown } from '../../../../lib/durability/forecasts/forecast.ts'

const NOW_MS = 1_000
const at = (earliestAtMs: number, latestAtMs: number | null) =>
  between({ earliestAtMs, latestAtMs }, NOW_MS, 'retention')

describe('the first of several forecasts', () => {
  it.each([
    ['the earliest one', [at(5_000, 6_000), at(2_000, 3_000)], at(2_000, 3_000)],
    ['comes no later than any of them must', [at(2_000, null), at(3_000, 4_000)], at(2_000, 4_000)],
    ['has no latest moment where none has', [at(2_000, null), at(3_000, null)], at(2_000, null)],
    ['a forecast before what is unknown', [unknown('lagUnknown'), at(2_000, 3_000)], at(2_000, 3_000)],
    ['unknown before none', [none('caughtUp'), unknown('lagUnknown')], unknown('lagUnknown')],
    ['none that says most', [none('caughtUp'), none('noRetention')], none('noRetention')],
    ['nothing to lose', [], none('caughtUp')],
  ])('is %s', (_, forecasts, expected) => {
    expect(firstOf(forecasts)).toEqual(expected)
  })

  it('is the very object where one says it all', () => {
    const first = at(2_000, 3_000)
    expect(firstOf([at(5_000, 6_000), first])).toBe(first)
  })
})

it('what does not change is one object', () => {
  expect(none('caughtUp')).toBe(none('caughtUp'))
  expect(unknown('lagUnknown')).not.toBe(none('caughtUp'))
})

it('the latest moment is never before the earliest', () => {
  const forecast = between({ earliestAtMs: 20, latestAtMs: 10 }, 0, 'retention')
  expect(forecast).toMatchObject({ earliestAtMs: 20, latestAtMs: 20 })
})
