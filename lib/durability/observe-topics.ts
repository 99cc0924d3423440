import type { PartitionState, TopicState } from '../cluster/snapshot.ts'
import { unchanged } from '../plain-data.ts'
import { durabilityOf, wantedReplicas, worstDurability } from './ladder.ts'
import type { ObservedPartition, ObservedTopic, TopicKindOf } from './observation.ts'
import { ratePerSecond, sumKnown, sumRates } from './sums.ts'
import { unchangedPartition } from './unchanged.ts'

export interface TopicContext {
  /** The metadata is frozen: see `QuorumState.isMoving`. */
  isFrozen: boolean
  /** Seconds since the previous observation; null when there is none. */
  elapsedSeconds: number | null
  kindOf: TopicKindOf
  /** Names of topics that settings name as dead-letter queues. */
  declaredDlqs: ReadonlySet<string>
}

/** A topic with its ladder, sums and rates. The previous object itself where nothing changed. */
export function observeTopic(
  topic: TopicState,
  previous: ObservedTopic | undefined,
  context: TopicContext,
): ObservedTopic {
  const comparable = previous !== undefined && previous.topicId === topic.topicId ? previous : undefined
  const partitions = topic.partitions.map((partition, index) => {
    const before = comparable && findPartition(comparable, partition, index)
    return unchangedPartition(before, observePartition(topic, partition, before, context))
  })
  const { durability, isPartial } = worstDurability(partitions.map((partition) => partition.durability))
  const isMinIsrUnknown =
    topic.settings.minIsr === null &&
    partitions.some(({ minIsr, durability: place }) => minIsr === null && place !== 'healthy' && place !== 'offline')
  const isHidden = isHiddenTopic(topic)
  const sumOf = (read: (partition: ObservedPartition) => bigint | null): ReturnType<typeof sumKnown> =>
    isHidden ? { sum: null, isPartial: true } : sumKnown(partitions, read)
  const messages = sumOf(storedMessages)
  const size = sumOf((partition) => partition.sizeBytes)
  const leaderSize = sumOf((partition) => partition.leaderSizeBytes)
  return unchanged(comparable, {
    name: topic.name,
    topicId: topic.topicId,
    kind: context.kindOf(topic.name, topic.internal, topic.internalKind, context.declaredDlqs.has(topic.name)),
    internal: topic.internal,
    partitionCount: isHidden ? null : partitions.length,
    replicationFactor: replicationFactorOf(partitions),
    durability,
    isPartial: isPartial || isMinIsrUnknown || isHidden,
    messages: messages.sum,
    messagesIsPartial: messages.isPartial,
    sizeBytes: size.sum,
    leaderSizeBytes: leaderSize.sum,
    sizeIsPartial: size.isPartial || partitions.some(hasUnknownReplicaSize),
    produceRatePerSecond: sumRates(partitions, (partition) => partition.produceRatePerSecond),
    settings: settingsOf(topic),
    rocketmq: topic.rocketmq,
    fault: topic.fault,
    partitions,
    config: topic.config,
  })
}

/** Where brokers decide about min ISR, the topic has that of its weakest queue. */
function settingsOf({ settings, partitions }: TopicState): TopicState['settings'] {
  if (settings.minIsr !== null) return settings
  let minIsr: number | null = null
  for (const partition of partitions) {
    if (partition.minIsr !== null && partition.minIsr < (minIsr ?? Infinity)) minIsr = partition.minIsr
  }
  return minIsr === null ? settings : { ...settings, minIsr }
}

/** Only its name is known, as when the console's user may not describe it: it has partitions, but who knows how many. */
function isHiddenTopic(topic: TopicState): boolean {
  return topic.fault !== null && topic.partitions.length === 0
}

/** The same partition in an earlier observation; nearly always at the same place of the list. */
export function findPartition<T extends { partition: number; broker: string | null }>(
  holder: { partitions: readonly T[] },
  wanted: { partition: number; broker: string | null },
  index: number,
): T | undefined {
  const guess = holder.partitions[index]
  if (guess !== undefined && isSame(guess, wanted)) return guess
  return holder.partitions.find((partition) => isSame(partition, wanted))
}

function isSame(
  one: { partition: number; broker: string | null },
  other: { partition: number; broker: string | null },
): boolean {
  return one.partition === other.partition && one.broker === other.broker
}

function observePartition(
  topic: TopicState,
  partition: PartitionState,
  previous: ObservedPartition | undefined,
  context: TopicContext,
): ObservedPartition {
  const sizes = partition.replicaSizes?.filter((replica) => !replica.isFuture) ?? null
  const leaderSize = sizes?.find((replica) => replica.broker === partition.leader)
  return {
    ...partition,
    durability: durabilityOf(partition, partition.minIsr ?? topic.settings.minIsr, context.isFrozen),
    sizeBytes:
      sizes === null || sizes.length === 0 ? null : sizes.reduce((sum, replica) => sum + replica.sizeBytes, 0n),
    leaderSizeBytes: leaderSize?.sizeBytes ?? null,
    produceRatePerSecond: ratePerSecond(previous?.endOffset ?? null, partition.endOffset, context.elapsedSeconds),
  }
}

function hasUnknownReplicaSize(partition: ObservedPartition): boolean {
  const known = partition.replicaSizes?.filter((replica) => !replica.isFuture).length ?? 0
  return known < wantedReplicas(partition)
}

/** End less start: an upper bound. */
export function storedMessages(partition: PartitionState): bigint | null {
  if (partition.startOffset === null || partition.endOffset === null) return null
  return partition.endOffset - partition.startOffset
}

function replicationFactorOf(partitions: readonly ObservedPartition[]): number | null {
  let largest: number | null = null
  for (const partition of partitions) largest = Math.max(largest ?? 0, wantedReplicas(partition))
  return largest
}
