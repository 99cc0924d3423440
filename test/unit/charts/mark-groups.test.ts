import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { markGroups } from '../../../components/charts/mark-groups.ts'

const BOUNDS = { fromMs: 1_000, toMs: 2_000 }

function marksAt(...times: number[]) {
  return times.map((atMs, index) => ({ key: String(index), atMs, label: `at ${atMs}` }))
}

describe('marks along a chart', () => {
  test('stand at their time; those of one place are one, in the order of time', () => {
    const groups = markGroups(marksAt(1_500, 1_510, 1_000, 1_900), BOUNDS, 500, 24)
    expect(groups.map(({ xPx, marks }) => [xPx, marks.map(({ atMs }) => atMs)])).toEqual([
      [0, [1_000]],
      [250, [1_500, 1_510]],
      [450, [1_900]],
    ])
  })

  test('outside of the range, or of a chart without width, are not shown', () => {
    expect(markGroups(marksAt(999, 2_001), BOUNDS, 500, 24)).toEqual([])
    expect(markGroups(marksAt(1_500), BOUNDS, 0, 24)).toEqual([])
  })

  test('are never nearer to each other than asked, and none is lost', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1_000, max: 2_000 })),
        fc.integer({ min: 50, max: 2_000 }),
        (times, width) => {
          const groups = markGroups(marksAt(...times), BOUNDS, width, 24)
          expect(groups.flatMap(({ marks }) => marks)).toHaveLength(times.length)
          for (const [index, { xPx }] of groups.entries()) {
            if (index > 0) expect(xPx - (groups[index - 1]?.xPx ?? 0)).toBeGreaterThanOrEqual(24)
          }
        },
      ),
    )
  })
})
