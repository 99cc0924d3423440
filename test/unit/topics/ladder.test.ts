import { describe, expect, test } from 'vitest'
import { ladderBlocks } from '../../../components/topics/ladder-blocks.ts'
import { ladderByLeader } from '../../../lib/api/topics/ladder-operations.ts'
import type { LadderRow } from '../../../lib/history/snapshot-store.ts'

const KAFKA = { internal: false, partitions: [0, 1], brokers: [null, null] }
const ROWS: LadderRow[] = [
  { ...KAFKA, name: 'a', leaders: ['10', '2'], places: ['healthy', 'underMinIsr'] },
  { ...KAFKA, name: 'b/c', leaders: ['2', null], places: ['unknown', 'offline'] },
]

describe('the ladder of a cluster', () => {
  test('is by leading broker, those without a leader first', () => {
    expect(ladderByLeader(ROWS)).toEqual({
      topics: ['a', 'b/c'],
      blocks: [
        { leader: null, broker: null, cells: [1, 1, 4] },
        { leader: '2', broker: null, cells: [0, 1, 3, 1, 0, 5] },
        { leader: '10', broker: null, cells: [0, 0, 0] },
      ],
    })
  })

  test('is the same again for the page', () => {
    const blocks = ladderBlocks({ asOf: null, ...ladderByLeader(ROWS) })
    expect(
      blocks.flatMap(({ leader, cells }) => cells.map((cell) => [leader, cell.topic, cell.partition, cell.durability])),
    ).toEqual([
      [null, 'b/c', 1, 'offline'],
      ['2', 'a', 1, 'underMinIsr'],
      ['2', 'b/c', 0, 'unknown'],
      ['10', 'a', 0, 'healthy'],
    ])
  })

  test('tells queues of the same number apart, also without their masters', () => {
    const queues = { internal: false, partitions: [0, 0], brokers: ['a', 'b'] }
    const rows: LadderRow[] = [
      { ...queues, name: 'orders', leaders: [null, null], places: ['offline', 'offline'] },
      { ...queues, name: 'refunds', leaders: ['a:0', null], places: ['healthy', 'offline'] },
    ]
    const blocks = ladderBlocks({ asOf: null, ...ladderByLeader(rows) })
    expect(
      blocks.map(({ leader, broker, cells }) => [leader, broker, cells.map((cell) => [cell.topic, cell.broker])]),
    ).toEqual([
      [null, 'a', [['orders', 'a']]],
      [
        ...[null, 'b'],
        [
          ['orders', 'b'],
          ['refunds', 'b'],
        ],
      ],
      ['a:0', 'a', [['refunds', 'a']]],
    ])
  })
})
