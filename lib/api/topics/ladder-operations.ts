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

/** Partitions without a leader first, then by broker in natural order: `2` before `10`. */
export function ladderByLeader(rows: readonly LadderRow[]): Pick<LadderAnswer, 'topics' | 'blocks'> {
  const cellsOf = new Map<string | null, number[]>()
  rows.forEach(({ partitions, leaders, places }, topic) => {
    partitions.forEach((partition, index) => {
      const leader = leaders[index] ?? null
      const place = LADDER_PLACES.indexOf(places[index] ?? 'unknown')
      const cells = cellsOf.get(leader)
      if (cells === undefined) cellsOf.set(leader, [topic, partition, place])
      else cells.push(topic, partition, place)
    })
  })
  const blocks = [...cellsOf].map(([broker, cells]) => ({ broker, cells }))
  return { topics: rows.map((row) => row.name), blocks: blocks.sort((a, b) => compareBrokers(a.broker, b.broker)) }
}

const natural = new Intl.Collator('en', { numeric: true })

function compareBrokers(one: string | null, other: string | null): number {
  if (one === null || other === null) return Number(one !== null) - Number(other !== null)
  return natural.compare(one, other)
}
