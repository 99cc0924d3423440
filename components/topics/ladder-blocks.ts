import { LADDER_PLACES, type LadderAnswer } from '../../lib/api/schemas/ladder.ts'
import type { LadderBlock } from '../charts/ladder-layout.ts'

/** Unpacks the answer's triples. */
export function ladderBlocks(answer: LadderAnswer): LadderBlock[] {
  return answer.blocks.map(({ leader, broker, cells }) => ({
    leader,
    broker,
    cells: Array.from({ length: Math.floor(cells.length / 3) }, (_, index) => ({
      topic: answer.topics[cells[index * 3] ?? -1] ?? '',
      partition: cells[index * 3 + 1] ?? 0,
      broker,
      durability: LADDER_PLACES[cells[index * 3 + 2] ?? 5] ?? 'unknown',
    })),
  }))
}
