import { describe, expect, it } from 'vitest'
import { growthOf } from '../../../../lib/durability/forecasts/growth.ts'

const points = (...most: number[]) => most.map((max, index) => ({ atMs: index * 1_000, max }))

describe('growth', () => {
  it.each<[string, number[], number | null]>([
    ['is what came on top', [10, 12, 14, 16, 18, 20, 22, 24, 26], 14],
    [
      'is none where retention frees what is written',
      [30, 10, 20, 30, 10, 20, 30, 10, 20, 30, 10, 20, 30, 10, 20, 30],
      0,
    ],
    ['shrinks with what is deleted', [50, 50, 50, 50, 20, 20, 20, 20], -30],
    ['is not known of a few points', [1, 2, 3], null],
    ['is not known of nothing', [], null],
  ])('%s', (_, most, expected) => {
    expect(growthOf(points(...most))).toBe(expected)
  })
})
