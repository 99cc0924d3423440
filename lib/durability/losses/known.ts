/** The observation with what it did not know taken over from before. The very object where it knows all, as nearly always. */
import type { ObservedGroup, ObservedGroupPartition, ObservedPartition, ObservedTopic } from '../observation.ts'
import {
  type KnownGroup,
  type KnownGroupPartition,
  type KnownPartition,
  type KnownTopic,
  placeIn,
} from './loss-memory.ts'

/** @param beforeMs the time of the poll that `before` is of */
export function knownTopic(topic: ObservedTopic, before: KnownTopic | undefined, beforeMs: number | null): KnownTopic {
  // It is not told which life of the topic this is: what was known of the last one still stands.
  const isUntold = topic.topicId === null && before !== undefined && before.topicId !== null
  const isHidden = topic.partitions.length === 0 && topic.fault !== null && before?.topicId === topic.topicId
  if (before !== undefined && (isUntold || isHidden)) {
    return { ...idOf(before), partitions: before.partitions.map((known) => carried(known, beforeMs)) }
  }
  if (before === undefined || before.topicId !== topic.topicId) return topic
  let isTaken = false
  const partitions = topic.partitions.map((partition, index) => {
    const known = knownPartition(partition, placeIn(before.partitions, partition, index), beforeMs)
    if (known !== partition) isTaken = true
    return known
  })
  return isTaken ? { ...idOf(topic), partitions: partitions.map((known) => carried(known, null)) } : topic
}

function idOf({ name, topicId }: KnownTopic): Pick<KnownTopic, 'name' | 'topicId'> {
  return { name, topicId }
}

function knownPartition(
  partition: ObservedPartition,
  before: KnownPartition | undefined,
  beforeMs: number | null,
): KnownPartition {
  if (before === undefined) return partition
  const { startOffset, endOffset, leader, leaderEpoch, isr, eligibleLeaders } = partition
  // An end belongs to the epoch that it was seen under: both stay until it is told how far that reaches now. While there
  // is no leader, a slave of RocketMQ tells its own.
  const isEndKept =
    before.endOffset !== null && (endOffset === null || leader === null || isEpochOpen(partition, before))
  const isAdded =
    isEndKept ||
    (startOffset === null && before.startOffset !== null) ||
    (leader === null && before.leader !== null) ||
    (leaderEpoch === null && before.leaderEpoch !== null) ||
    (isr === null && before.isr !== null)
  if (!isAdded) return partition
  // With them stays who was in sync before another one was elected.
  const isElected = isEndKept && leader !== null && before.leader !== null && leader !== before.leader
  const newest = isElected ? NOTHING_NEW : { leader, isr, eligibleLeaders }
  return {
    ...partition,
    startOffset: startOffset ?? before.startOffset,
    endOffset: isEndKept ? before.endOffset : endOffset,
    leader: newest.leader ?? before.leader,
    leaderEpoch: isEndKept ? (before.leaderEpoch ?? leaderEpoch) : (leaderEpoch ?? before.leaderEpoch),
    isr: newest.isr ?? before.isr,
    eligibleLeaders: newest.eligibleLeaders ?? before.eligibleLeaders,
    seenAtMs: before.seenAtMs ?? beforeMs,
  }
}

const NOTHING_NEW = { leader: null, isr: null, eligibleLeaders: null }

function isEpochOpen({ leaderEpoch, earlierEpoch }: ObservedPartition, before: KnownPartition): boolean {
  if (leaderEpoch === null || before.leaderEpoch === null || leaderEpoch <= before.leaderEpoch) return false
  return earlierEpoch?.leaderEpoch !== before.leaderEpoch
}

/** As it is stored: no more of it than is needed. */
function carried(known: KnownPartition, seenAtMs: number | null): KnownPartition {
  const { partition, broker, leader, leaderEpoch, isr, eligibleLeaders, startOffset, endOffset, beganAnewAtMs } = known
  return {
    ...{ partition, broker, leader, leaderEpoch, isr, eligibleLeaders, startOffset, endOffset, beganAnewAtMs },
    seenAtMs: known.seenAtMs ?? seenAtMs,
  }
}

/** @param beforeMs the time of the poll that `before` is of */
export function knownGroup(group: ObservedGroup, before: KnownGroup | undefined, beforeMs: number | null): KnownGroup {
  const { id, evaluation, memberCount, partitions } = group
  if (partitions === null) {
    const known = before?.partitions.map((partition) => carriedCommit(partition, partition, beforeMs)) ?? []
    return { id, evaluation, memberCount, partitions: known }
  }
  let isTaken = false
  const known = partitions.map((partition, index): KnownGroupPartition => {
    const earlier = isHidden(partition) ? placeIn(before?.partitions ?? [], partition, index) : undefined
    if (earlier === undefined || earlier.committedOffset === null) return partition
    isTaken = true
    return carriedCommit(partition, earlier, beforeMs)
  })
  if (!isTaken) return group as KnownGroup
  return {
    id,
    evaluation,
    memberCount,
    partitions: known.map((partition) => carriedCommit(partition, partition, null)),
  }
}

/** Not read, or taken back for as long as the consumer resets itself: what it had read by then, it has read. */
function isHidden({
  committedOffset,
  isCommitUnknown,
  commitLostSinceMs,
  startOffset,
}: ObservedGroupPartition): boolean {
  if (committedOffset !== null) return startOffset === null
  return isCommitUnknown || commitLostSinceMs !== null
}

function carriedCommit(
  { topic, partition, broker, committedOffset, committedSinceMs, startOffset }: KnownGroupPartition,
  earlier: KnownGroupPartition,
  seenAtMs: number | null,
): KnownGroupPartition {
  const isKnown = committedOffset !== null
  return {
    ...{ topic, partition, broker },
    committedOffset: isKnown ? committedOffset : earlier.committedOffset,
    committedSinceMs: isKnown ? committedSinceMs : earlier.committedSinceMs,
    startOffset: startOffset ?? earlier.startOffset,
    seenAtMs: earlier.seenAtMs ?? seenAtMs,
  }
}
