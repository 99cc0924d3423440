import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  BYTE_UNITS,
  digitsFor,
  formatClock,
  formatDateTime,
  formatNumber,
  formatPercent,
  rateDigits,
  scaleBytes,
  splitDuration,
  zoneOffsetName,
} from '../../../lib/client/format.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../lib/units.ts'

function bytesText(bytes: number): string {
  const { value, unit } = scaleBytes(bytes)
  return `${formatNumber('en', value, digitsFor(value))} ${unit}`
}

describe('bytes', () => {
  it.each([
    [0, '0 B'],
    [1000, '1,000 B'],
    [1023, '1,023 B'],
    [1024, '1 KiB'],
    [1536, '1.5 KiB'],
    [1_000_000, '977 KiB'],
    [1_048_575, '1 MiB'],
    [8.1 * 1024 ** 2, '8.1 MiB'],
    [610 * 1024 ** 3, '610 GiB'],
    [-2048, '-2 KiB'],
    [5000 * 1024 ** 5, '5,000 PiB'],
  ])('%d is %s', (bytes, text) => {
    expect(bytesText(bytes)).toBe(text)
  })

  it('keep their size in any unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (bytes) => {
        const { value, unit } = scaleBytes(bytes)
        expect(value * 1024 ** BYTE_UNITS.indexOf(unit)).toBeCloseTo(bytes, -3)
      }),
    )
  })
})

describe('durations', () => {
  const text = (ms: number): string =>
    splitDuration(ms)
      .map((part) => `${part.value} ${part.unit}`)
      .join(' ')

  it.each([
    [0, '0 second'],
    [0.4, '1 millisecond'],
    [212, '212 millisecond'],
    [8 * SECOND_MS, '8 second'],
    [59_999, '59 second'],
    [3 * MINUTE_MS + 20 * SECOND_MS, '3 minute 20 second'],
    [12 * MINUTE_MS + 20 * SECOND_MS, '12 minute'],
    [3 * HOUR_MS + 12 * MINUTE_MS, '3 hour 12 minute'],
    [2 * DAY_MS + 4 * HOUR_MS, '2 day 4 hour'],
    [12 * DAY_MS + 4 * HOUR_MS, '12 day'],
  ])('%d ms is %s', (ms, expected) => {
    expect(text(ms)).toBe(expected)
  })
})

describe('ratios and rates', () => {
  it.each([
    [0, '0 %'],
    [0.864, '86 %'],
    [0.996, '99 %'],
    [1, '100 %'],
  ])('%d is %s: only what is full is 100 %%', (ratio, text) => {
    expect(formatPercent('en', ratio)).toBe(text)
  })

  it('a trickle is not shown as zero', () => {
    expect(formatNumber('en', 0.04, rateDigits(0.04))).toBe('0.04')
    expect(formatNumber('en', 1234.5, rateDigits(1234.5))).toBe('1,235')
  })
})

describe('times', () => {
  const at = Date.parse('2026-11-21T18:10:05Z')

  it('are those of the zone, and the zone is named', () => {
    expect(formatDateTime('Asia/Shanghai', at)).toBe('2026-11-22 02:10:05')
    expect(zoneOffsetName('Asia/Shanghai', at)).toBe('UTC+8')
    expect(zoneOffsetName('Asia/Kolkata', at)).toBe('UTC+5:30')
    expect(zoneOffsetName('UTC', at)).toBe('UTC')
    expect(zoneOffsetName('Europe/London', at)).toBe('UTC')
  })

  it('carry the date unless it is today in that zone', () => {
    expect(formatClock('Asia/Shanghai', at, at + HOUR_MS)).toBe('02:10')
    expect(formatClock('UTC', at, at + 6 * HOUR_MS)).toBe('11-21 18:10')
    expect(formatClock('UTC', at, at + HOUR_MS)).toBe('18:10')
  })
})
