/** The observation with what it did not know taken over from before. The very object where it knows all, as nearly always. */
import type { ObservedGroup, ObservedGroupPartition, ObservedPartition, ObservedTopic } from '../observation.ts'
import {
  type KnownGroup,
  type KnownGroupPartition,
  type KnownPartition,
  type KnownTopic,
  placeIn,
} from './loss-memory.ts'

export function knownTopic(topic: ObservedTopic, before: KnownTopic | undefined): KnownTopic {
  // It is not told which life of the topic this is: what was known of the last one still stands.
  if (topic.topicId === null && before !== undefined && before.topicId !== null) return before
  if (before === undefined || before.topicId !== topic.topicId) return topic
  if (topic.partitions.length === 0 && topic.fault !== null) return before
  let isTaken = false
  const partitions = topic.partitions.map((partition, index) => {
    const known = knownPartition(partition, placeIn(before.partitions, partition, index))
    if (known !== partition) isTaken = true
    return known
  })
  return isTaken ? { name: topic.name, topicId: topic.topicId, partitions: partitions.map(compact) } : topic
}

function knownPartition(partition: ObservedPartition, before: KnownPartition | undefined): KnownPartition {
  if (before === undefined) return partition
  const { startOffset, endOffset, leader, leaderEpoch, isr, eligibleLeaders } = partition
  const isAdded =
    (endOffset === null && before.endOffset !== null) ||
    (startOffset === null && before.startOffset !== null) ||
    (leader === null && before.leader !== null) ||
    (leaderEpoch === null && before.leaderEpoch !== null) ||
    (isr === null && before.isr !== null)
  if (!isAdded) return partition
  return {
    ...partition,
    startOffset: startOffset ?? before.startOffset,
    endOffset: endOffset ?? before.endOffset,
    leader: leader ?? before.leader,
    leaderEpoch: leaderEpoch ?? before.leaderEpoch,
    isr: isr ?? before.isr,
    eligibleLeaders: eligibleLeaders ?? before.eligibleLeaders,
  }
}

/** What was carried is stored: no more of it than is needed. */
function compact(known: KnownPartition): KnownPartition {
  const { partition, broker, leader, leaderEpoch, isr, eligibleLeaders, startOffset, endOffset } = known
  return { partition, broker, leader, leaderEpoch, isr, eligibleLeaders, startOffset, endOffset }
}

export function knownGroup(group: ObservedGroup, before: KnownGroup | undefined): KnownGroup {
  const { id, evaluation, memberCount, partitions } = group
  if (partitions === null) return before ?? { id, evaluation, memberCount, partitions: [] }
  let isTaken = false
  const known = partitions.map((partition, index): KnownGroupPartition => {
    const earlier = isCommitHidden(partition) ? placeIn(before?.partitions ?? [], partition, index) : undefined
    if (earlier === undefined || earlier.committedOffset === null) return partition
    isTaken = true
    const { committedOffset, committedSinceMs } = earlier
    const { topic, partition: number, broker } = partition
    return { topic, partition: number, broker, committedOffset, committedSinceMs }
  })
  return isTaken ? { id, evaluation, memberCount, partitions: known } : (group as KnownGroup)
}

/** Not read, or taken back for as long as the consumer resets itself: what it had read by then, it has read. */
function isCommitHidden({ committedOffset, isCommitUnknown, commitLostSinceMs }: ObservedGroupPartition): boolean {
  return committedOffset === null && (isCommitUnknown || commitLostSinceMs !== null)
}
