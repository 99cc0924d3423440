/** Which partitions of which groups have something unread, and where to read its first record. */
import type { GroupPartition } from '../cluster/snapshot.ts'
import type { MetadataAnswer } from './metadata-request.ts'
import type { ReadGroup } from './read-groups.ts'
import type { OffsetTable } from './read-offsets.ts'

/** The leader of a partition, under the epoch it was seen with. */
export interface UnreadPlace {
  leader: number
  leaderEpoch: number
}

export type PlaceOf = (topic: string, partition: number) => UnreadPlace | null

/** @param offset where its unread records begin: at the committed offset, or later when retention was faster */
export type VisitLagging = (
  group: string,
  partition: GroupPartition,
  committed: bigint,
  offset: bigint,
  place: UnreadPlace,
) => void

/** One poll's lagging partitions. They are walked through, since a list of them would be as long as all groups together. */
export interface LaggingPartitions {
  each(visit: VisitLagging): void
}

export function laggingPartitions(
  groups: ReadonlyMap<string, ReadGroup>,
  placeOf: PlaceOf,
  starts: OffsetTable,
  ends: OffsetTable,
): LaggingPartitions {
  return {
    each(visit) {
      for (const { id, partitions } of groups.values()) {
        for (const partition of partitions ?? []) {
          const { topic, partition: number, committedOffset: committed } = partition
          const offset = firstUnreadOffset(committed, starts.get(topic)?.[number], ends.get(topic)?.[number])
          const place = offset === null ? null : placeOf(topic, number)
          if (committed !== null && offset !== null && place) visit(id, partition, committed, offset, place)
        }
      }
    },
  }
}

/** Null when nothing is unread, or when one of the three is unknown. */
function firstUnreadOffset(
  committed: bigint | null,
  start: bigint | null | undefined,
  end: bigint | null | undefined,
): bigint | null {
  if (committed === null || typeof start !== 'bigint' || typeof end !== 'bigint') return null
  if (start >= end || committed >= end) return null
  return start > committed ? start : committed
}

/** Looks a topic's partitions through once, however many groups read it. */
export function placeFinder(topics: MetadataAnswer['topics']): PlaceOf {
  const byName = new Map(topics.map(({ name, partitions }) => [name, partitions]))
  const places = new Map<string, (UnreadPlace | undefined)[]>()
  return (topic, partition) => {
    let ofTopic = places.get(topic)
    if (!ofTopic) {
      ofTopic = []
      for (const { partitionIndex, leaderId, leaderEpoch } of byName.get(topic) ?? []) {
        if (leaderId >= 0) ofTopic[partitionIndex] = { leader: leaderId, leaderEpoch }
      }
      places.set(topic, ofTopic)
    }
    return ofTopic[partition] ?? null
  }
}
