/**
 * Acknowledged records that a log does not hold any more: it ended below where its end was seen. Where Kafka's leader epoch
 * is another one since, the leader tells how far the old one reaches, whatever new records filled up again.
 */
import type { Observation, ObservedPartition, ObservedTopic } from '../observation.ts'
import { larger, smaller } from '../sums.ts'
import type { Loss, LossKind } from './loss.ts'
import { type KnownPartition, type LossMemory, placeIn } from './loss-memory.ts'
import type { IsAnew } from './queues-anew.ts'

/** @param isAnew of these queues the topic was deleted, and no log was cut off */
export function truncationLosses(
  { topics, clusterKind, atMs }: Observation,
  memory: LossMemory,
  isAnew: IsAnew,
): Loss[] {
  const losses: Loss[] = []
  for (const topic of topics) {
    const before = memory.topics.get(topic.name)
    if (before === undefined || before.seen === topic || before.known.topicId !== topic.topicId) continue
    for (const [index, partition] of topic.partitions.entries()) {
      const known = placeIn(before.known.partitions, partition, index)
      const end = known === undefined ? null : endOfWhatWasSeen(partition, known)
      if (known === undefined || known.endOffset === null || end === null || end >= known.endOffset) continue
      if (isAnew(known, partition)) continue
      const kind = kindOf(clusterKind, known, partition)
      const window = { fromMs: known.seenAtMs ?? memory.atMs, toMs: atMs }
      const loss = toLoss(kind, topic, partition, end, known, window)
      // Nothing lay in it: a log that begins anew has lost no message then.
      if (loss.count !== 0n) losses.push(loss)
    }
  }
  return losses
}

/** The end of the old epoch decides where it is told, and else the end of the log; null while nobody leads it. */
function endOfWhatWasSeen(
  { endOffset, earlierEpoch, leader }: ObservedPartition,
  { leaderEpoch }: KnownPartition,
): bigint | null {
  // A slave whose master is away may lack what is there again when the master is.
  if (leader === null) return null
  return (earlierEpoch?.leaderEpoch === leaderEpoch ? earlierEpoch?.endOffset : null) ?? endOffset
}

function kindOf(system: Observation['clusterKind'], before: KnownPartition, now: ObservedPartition): LossKind {
  const isOther = now.leader !== null && before.leader !== null && now.leader !== before.leader
  if (system === 'rocketmq') return isOther ? 'replicaBehindAtFailover' : 'logTruncated'
  return isUnclean(before, now) ? 'uncleanElection' : 'logTruncated'
}

/** A new leader that was neither in sync nor kept as eligible when the console looked last. */
function isUnclean(before: KnownPartition, { leader, leaderEpoch }: ObservedPartition): boolean {
  if (leader === null || before.isr === null) return false
  if (leaderEpoch !== null && before.leaderEpoch !== null && leaderEpoch <= before.leaderEpoch) return false
  return !before.isr.includes(leader) && before.eligibleLeaders?.includes(leader) !== true
}

function toLoss(
  kind: LossKind,
  topic: ObservedTopic,
  now: ObservedPartition,
  end: bigint,
  before: KnownPartition,
  window: { fromMs: number | null; toMs: number },
): Loss {
  const toOffset = before.endOffset ?? 0n
  // A log that begins anew, as on an empty disk, has not lost what had expired before.
  const fromOffset = smaller(larger(end, before.startOffset ?? 0n), toOffset)
  return {
    kind,
    ...{ topic: topic.name, partition: now.partition, broker: now.broker, group: null },
    // By what was so before: the end that is seen now rises with the next record.
    episode: `${topic.topicId ?? ''}/${before.leaderEpoch ?? ''}/${toOffset}`,
    // Nobody saw what was written after the last poll.
    ...{ fromOffset, toOffset, count: toOffset - fromOffset, countBound: 'lower' },
    ...{ windowFromMs: window.fromMs, windowToMs: window.toMs, isAbandoned: false },
    evidence: {
      endBefore: Number(toOffset),
      endNow: Number(end),
      ...(now.endOffset !== null && now.endOffset > end ? { filledUpTo: Number(now.endOffset) } : {}),
      leaderBefore: before.leader ?? 'unknown',
      leaderNow: now.leader ?? 'unknown',
      epochBefore: before.leaderEpoch ?? 'unknown',
      epochNow: now.leaderEpoch ?? 'unknown',
      inSyncBefore: before.isr?.join(', ') || 'unknown',
    },
  }
}
