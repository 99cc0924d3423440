/** Which partitions of which groups have something unread, and where to read its first record. */
import type { GroupPartition } from '../cluster/snapshot.ts'
import type { MetadataAnswer } from './kafka-client.ts'
import type { ReadGroup } from './read-groups.ts'
import type { OffsetTable } from './read-offsets.ts'

/** The leader of a partition, under the epoch it was seen with. */
export interface UnreadPlace {
  leader: number
  leaderEpoch: number
}

export interface LaggingPartition {
  key: string
  partition: GroupPartition
  committed: bigint
  /** Where its unread records begin: at the committed offset, or later when retention was faster. */
  offset: bigint
  place: UnreadPlace
}

export function laggingPartitions(
  groups: Iterable<ReadGroup>,
  metadata: MetadataAnswer,
  starts: OffsetTable,
  ends: OffsetTable,
): LaggingPartition[] {
  const lagging: LaggingPartition[] = []
  const placeOf = placeFinder(metadata)
  for (const group of groups) {
    for (const partition of group.partitions ?? []) {
      const { topic, partition: number, committedOffset: committed } = partition
      const offset = firstUnreadOffset(committed, starts.get(topic)?.[number], ends.get(topic)?.[number])
      const place = offset === null ? null : placeOf(topic, number)
      if (committed === null || offset === null || !place) continue
      lagging.push({ key: `${group.id}\0${topic}\0${number}`, partition, committed, offset, place })
    }
  }
  return lagging
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
function placeFinder(metadata: MetadataAnswer): (topic: string, partition: number) => UnreadPlace | null {
  const topics = new Map(metadata.topics.map(({ name, partitions }) => [name, partitions]))
  const places = new Map<string, (UnreadPlace | undefined)[]>()
  return (topic, partition) => {
    let ofTopic = places.get(topic)
    if (!ofTopic) {
      ofTopic = []
      for (const { partitionIndex, leaderId, leaderEpoch } of topics.get(topic) ?? []) {
        if (leaderId >= 0) ofTopic[partitionIndex] = { leader: leaderId, leaderEpoch }
      }
      places.set(topic, ofTopic)
    }
    return ofTopic[partition] ?? null
  }
}
