import { describe, expect, test } from 'vitest'
import { type AxisScale, valueTicks } from '../../../components/charts/value-axis.ts'

const HOUR = 3_600
const MIB = 1_048_576

describe('the value axis', () => {
  test.each<[AxisScale, number, number[]]>([
    ['number', 93, [0, 25, 50, 75, 100]],
    ['number', 0.3, [0, 0.1, 0.2, 0.3]],
    ['wholeNumber', 3, [0, 1, 2, 3]],
    ['wholeNumber', 1, [0, 1]],
    ['number', 0, [0, 1]],
    ['duration', 3.3 * HOUR, [0, HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR]],
    ['duration', 50, [0, 15, 30, 45, 60]],
    ['bytes', 3.5 * MIB, [0, MIB, 2 * MIB, 3 * MIB, 4 * MIB]],
  ])('%s up to %d', (scale, max, ticks) => {
    expect(valueTicks(max, scale)).toEqual(ticks)
  })

  test.each<AxisScale>(['number', 'wholeNumber', 'bytes', 'duration'])(
    '%s always reaches the data in few steps',
    (scale) => {
      for (const max of [0.004, 1, 7, 99, 1_234, 86_401, 5e9, 3e12]) {
        const ticks = valueTicks(max, scale)
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(max)
        expect(ticks.length).toBeLessThanOrEqual(7)
      }
    },
  )
})
