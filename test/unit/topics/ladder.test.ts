import { describe, expect, test } from 'vitest'
import { ladderBlocks } from '../../../components/topics/ladder-blocks.ts'
import { ladderByLeader } from '../../../lib/api/topics/ladder-operations.ts'
import type { LadderRow } from '../../../lib/history/snapshot-store.ts'

const ROWS: LadderRow[] = [
  { name: 'a', internal: false, partitions: [0, 1], leaders: ['10', '2'], places: ['healthy', 'underMinIsr'] },
  { name: 'b/c', internal: false, partitions: [0, 1], leaders: ['2', null], places: ['unknown', 'offline'] },
]

describe('the ladder of a cluster', () => {
  test('is by leading broker, those without a leader first', () => {
    expect(ladderByLeader(ROWS)).toEqual({
      topics: ['a', 'b/c'],
      blocks: [
        { broker: null, cells: [1, 1, 4] },
        { broker: '2', cells: [0, 1, 3, 1, 0, 5] },
        { broker: '10', cells: [0, 0, 0] },
      ],
    })
  })

  test('is the same again for the page', () => {
    const blocks = ladderBlocks({ asOf: null, ...ladderByLeader(ROWS) })
    expect(
      blocks.flatMap(({ broker, cells }) => cells.map((cell) => [broker, cell.topic, cell.partition, cell.durability])),
    ).toEqual([
      [null, 'b/c', 1, 'offline'],
      ['2', 'a', 1, 'underMinIsr'],
      ['2', 'b/c', 0, 'unknown'],
      ['10', 'a', 0, 'healthy'],
    ])
  })
})
