import { describe, expect, test } from 'vitest'
import {
  cellAt,
  cellPosition,
  countByDurability,
  type LadderBlock,
  ladderPath,
  layOutLadder,
  moveCell,
} from '../../../components/charts/ladder-layout.ts'
import type { Durability } from '../../../lib/durability/observation.ts'

function blockOf(leader: string | null, count: number, durability: Durability = 'healthy'): LadderBlock {
  return {
    ...{ leader, broker: null },
    cells: Array.from({ length: count }, (_, partition) => ({
      ...{ topic: `t-${leader}`, partition, broker: null, durability },
    })),
  }
}

/** 10 columns of 14 pixels beside a label of 60. */
const layout = layOutLadder([blockOf('1', 25), blockOf('2', 4, 'offline')], 200, 60)

describe('the ladder matrix', () => {
  test('finds every square again under its own position', () => {
    const wrong = layout.cells.filter((_, index) => {
      const { x, y } = cellPosition(layout, index)
      return cellAt(layout, x + 1, y + 1) !== index
    })
    expect(layout.columns).toBe(10)
    expect(wrong).toEqual([])
  })

  test('finds nothing past the last square of a row, on a label, or below', () => {
    expect(cellAt(layout, 60 + 6 * 14, 2 * 14 + 1)).toBeNull()
    expect(cellAt(layout, 10, 1)).toBeNull()
    expect(cellAt(layout, 61, layout.height + 50)).toBeNull()
  })

  test.each([
    ['ArrowRight', 3, 4],
    ['ArrowLeft', 0, 0],
    ['ArrowDown', 3, 13],
    ['ArrowUp', 13, 3],
    ['ArrowDown', 22, 27],
    ['ArrowUp', 27, 22],
    ['End', 3, 28],
    ['Home', 20, 0],
  ] as const)('moves with %s from %i to %i', (key, from, to) => {
    expect(moveCell(layout, from, key)).toBe(to)
  })

  test('starts at the first square', () => {
    expect(moveCell(layout, null, 'ArrowRight')).toBe(0)
    expect(moveCell(layOutLadder([], 200, 60), null, 'ArrowRight')).toBeNull()
  })

  test('draws each state with its own path', () => {
    expect(ladderPath(layout, 'healthy').match(/M/g)).toHaveLength(25)
    expect(ladderPath(layout, 'offline').match(/M/g)).toHaveLength(4)
    expect(ladderPath(layout, 'unknown')).toBe('')
  })

  test('keeps ten thousand squares within a screen', () => {
    const many = layOutLadder([blockOf('1', 3334), blockOf('2', 3333), blockOf('3', 3333)], 1_140, 76)
    expect(many.cells).toHaveLength(10_000)
    expect(many.height).toBeLessThan(400)
  })

  test('counts states', () => {
    expect(countByDurability(layout.cells)).toMatchObject({ healthy: 25, offline: 4, unknown: 0 })
  })
})
