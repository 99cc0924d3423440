import type { LadderRow } from '../../history/snapshot-store.ts'
import { getSummaryOrThrow } from '../get-cluster-or-throw.ts'
import { LADDER_PLACES, type LadderAnswer } from '../schemas/ladder.ts'
import { toIsoOrNull } from '../serialize.ts'
import type { ApiServices } from '../services.ts'

export async function readLadder(services: ApiServices, clusterId: string, internal: boolean): Promise<LadderAnswer> {
  const summary = await getSummaryOrThrow(services, clusterId)
  const rows = (await services.snapshots.ladder(clusterId)) ?? []
  const shown = internal ? rows : rows.filter((row) => !row.internal)
  return { asOf: toIsoOrNull(summary?.lastPollAtMs ?? null), ...ladderByLeader(shown) }
}

type Block = LadderAnswer['blocks'][number]

/** Partitions without a leader first, then by leader and broker in natural order: `2` before `10`. */
export function ladderByLeader(rows: readonly LadderRow[]): Pick<LadderAnswer, 'topics' | 'blocks'> {
  const blocks = new Map<string, Block>()
  rows.forEach(({ partitions, brokers, leaders, places }, topic) => {
    partitions.forEach((partition, index) => {
      const block = blockOf(blocks, leaders[index] ?? null, brokers[index] ?? null)
      block.cells.push(topic, partition, LADDER_PLACES.indexOf(places[index] ?? 'unknown'))
    })
  })
  return { topics: rows.map((row) => row.name), blocks: [...blocks.values()].sort(compareBlocks) }
}

function blockOf(blocks: Map<string, Block>, leader: string | null, broker: string | null): Block {
  const key = nameOf({ leader, broker })
  const known = blocks.get(key)
  if (known !== undefined) return known
  const block: Block = { leader, broker, cells: [] }
  blocks.set(key, block)
  return block
}

const natural = new Intl.Collator('en', { numeric: true })

function compareBlocks(one: Block, other: Block): number {
  const leaderless = Number(one.leader !== null) - Number(other.leader !== null)
  return leaderless || natural.compare(nameOf(one), nameOf(other))
}

function nameOf({ leader, broker }: Pick<Block, 'leader' | 'broker'>): string {
  return `${leader ?? ''}\n${broker ?? ''}`
}
