import { describe, expect, it } from 'vitest'
import { saysTheSame, unchanged } from '../../lib/plain-data.ts'

describe('plain data', () => {
  it.each([
    [1n, 1n],
    [null, null],
    [Number.NaN, Number.NaN],
    [
      [1, [2n, 'x']],
      [1, [2n, 'x']],
    ],
    [
      { a: 1, b: { c: [null] } },
      { b: { c: [null] }, a: 1 },
    ],
  ])('%o says the same as %o', (one, other) => expect(saysTheSame(one, other)).toBe(true))

  it.each([
    ['1', 1],
    [1n, 1],
    [0, null],
    [null, {}],
    [[], {}],
    [[1], [1, 2]],
    [{ a: undefined }, { b: undefined }],
    [{ a: 1 }, { a: 1, b: null }],
    [{ a: 1, b: null }, { a: 1 }],
    [{ a: { b: [1n] } }, { a: { b: [2n] } }],
  ])('%o does not say the same as %o', (one, other) => expect(saysTheSame(one, other)).toBe(false))

  it('that is unchanged stays the object that it was', () => {
    const before = { a: [1n] }
    expect(unchanged(before, { a: [1n] })).toBe(before)
    const next = { a: [2n] }
    expect(unchanged(before, next)).toBe(next)
    expect(unchanged(undefined, next)).toBe(next)
  })
})
