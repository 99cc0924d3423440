import { describe, expect, test } from 'vitest'
import { round, toIsoOrNull, toNumber, toNumberOrNull } from '../../../lib/api/serialize.ts'

describe('numbers in answers', () => {
  test.each([
    [0n, 0],
    [-1n, -1],
    [2n ** 53n - 1n, 2 ** 53 - 1],
    [2n ** 63n - 1n, -1],
  ])('%s becomes %s', (value, expected) => {
    expect(toNumber(value)).toBe(expected)
  })

  test.each([2n ** 53n, -(2n ** 53n), 2n ** 63n - 2n, 2n ** 63n])('%s is refused rather than rounded', (value) => {
    expect(() => toNumber(value)).toThrow(expect.objectContaining({ code: 'internal' }))
  })

  test('unknown stays unknown', () => {
    expect(toNumberOrNull(null)).toBeNull()
    expect(toIsoOrNull(null)).toBeNull()
    expect(round(null)).toBeNull()
    expect(round(Number.NaN)).toBeNull()
    expect(round(Number.POSITIVE_INFINITY)).toBeNull()
    expect(round(1.23456)).toBe(1.235)
  })
})
