/** The newest poll of a cluster as a whole, for a process that goes on where another one ended. */
import type { Database } from '../db.ts'
import type { CarriedRow, StoredPoll } from '../durability/losses/loss-memory.ts'
import type { ObservedBroker, ObservedDlq, ObservedGroup } from '../durability/observation.ts'
import { decodeSection } from './section-codec.ts'
import { sectionName } from './section-names.ts'
import type { StoredSummary, StoredTopic } from './stored-rows.ts'

/** Packed, a section takes some ten kilobytes. */
const SECTIONS_PER_READ = 32

/** Null before the first good poll. What another version wrote is left out. */
export async function readStoredPoll({ client }: Database, clusterId: string): Promise<StoredPoll | null> {
  const state = await client.clusterState.findUnique({
    where: { clusterId },
    select: { lastPollAtMs: true, summary: true, topicChunks: true, groupChunks: true },
  })
  if (state === null || state.lastPollAtMs === null) return null
  const [summary] = state.summary === null ? [] : ((decodeSection(state.summary)?.rows ?? []) as StoredSummary[])
  const rowsOf = async <T>(names: readonly string[]): Promise<T[]> => {
    const rows: unknown[] = []
    for (let from = 0; from < names.length; from += SECTIONS_PER_READ) {
      const name = { in: names.slice(from, from + SECTIONS_PER_READ) }
      const sections = await client.snapshotSection.findMany({ where: { clusterId, name }, select: { content: true } })
      for (const { content } of sections) rows.push(...(decodeSection(content)?.rows ?? []))
    }
    return rows as T[]
  }
  const chunksOf = (kind: 'topic' | 'group', chunks: number): string[] =>
    Array.from({ length: chunks }, (_, index) => sectionName(kind, chunks, index))
  return {
    atMs: Number(state.lastPollAtMs),
    systemClusterId: summary?.systemClusterId ?? null,
    topics: await rowsOf<StoredTopic>(chunksOf('topic', state.topicChunks)),
    groups: await rowsOf<ObservedGroup>(chunksOf('group', state.groupChunks)),
    brokers: await rowsOf<ObservedBroker>(['brokers']),
    dlqs: await rowsOf<ObservedDlq>(['dlqs']),
    carried: await rowsOf<CarriedRow>(['carried']),
  }
}
