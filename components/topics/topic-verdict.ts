/** What a topic's place on the ladder means for its messages: a code and facts for the words. No React. */
import type { PartitionAnswer, TopicDetailAnswer } from '../../lib/api/schemas/topics.ts'
import type { Durability } from '../../lib/durability/observation.ts'

export const TOPIC_VERDICTS = [
  'healthy',
  'healthyLeaderOnly',
  'healthySingleCopy',
  'underReplicated',
  'atMinIsr',
  'lastCopy',
  'underMinIsr',
  'offline',
  'unknown',
] as const
export type TopicVerdictCode = (typeof TOPIC_VERDICTS)[number]

export interface TopicVerdict {
  code: TopicVerdictCode
  durability: Durability
  /** Partitions in the worst state, and all. */
  count: number
  total: number
  unknownCount: number
  /** Copies that every partition of the worst state still has at least. */
  copies: number | null
  minIsr: number | null
  replicationFactor: number | null
  /** Brokers that ought to hold a replica of the worst partitions in sync and do not, most partitions first. */
  missingBrokers: string[]
}

export function topicVerdict(topic: TopicDetailAnswer): TopicVerdict {
  const worst = topic.partitionStates.filter((partition) => partition.durability === topic.durability)
  const copies = leastCopies(worst)
  return {
    code: codeOf(topic, copies),
    durability: topic.durability,
    count: worst.length,
    total: topic.partitionStates.length,
    unknownCount: topic.partitionStates.filter((partition) => partition.durability === 'unknown').length,
    copies,
    minIsr: topic.minIsr,
    replicationFactor: topic.replicationFactor,
    missingBrokers: missingBrokers(worst),
  }
}

function codeOf(topic: TopicDetailAnswer, copies: number | null): TopicVerdictCode {
  if (topic.durability === 'healthy') {
    if (topic.replicationFactor === 1) return 'healthySingleCopy'
    return topic.minIsr === 1 ? 'healthyLeaderOnly' : 'healthy'
  }
  // At a min ISR of 1 the ladder says "at min ISR" when a single copy is left.
  if (topic.durability === 'atMinIsr' && copies === 1) return 'lastCopy'
  return topic.durability
}

function leastCopies(partitions: readonly PartitionAnswer[]): number | null {
  return partitions.reduce<number | null>((least, { isr }) => {
    if (isr === null) return least
    return least === null ? isr.length : Math.min(least, isr.length)
  }, null)
}

/** Replicas that are not in sync; those that a reassignment only adds are not missed yet. */
export function missingReplicas(partition: PartitionAnswer): string[] {
  const { isr, reassignment } = partition
  if (isr === null) return []
  return partition.replicas.filter((broker) => !isr.includes(broker) && !reassignment?.adding.includes(broker))
}

/** Without a leader it is those that are down, where that is known: the others wait for one. */
function brokersToBring(partition: PartitionAnswer): string[] {
  const missing = missingReplicas(partition)
  const down = missing.filter((broker) => partition.offlineReplicas?.includes(broker))
  return partition.leader === null && down.length > 0 ? down : missing
}

function missingBrokers(partitions: readonly PartitionAnswer[]): string[] {
  const counts = new Map<string, number>()
  for (const partition of partitions) {
    for (const broker of brokersToBring(partition)) counts.set(broker, (counts.get(broker) ?? 0) + 1)
  }
  return [...counts.entries()].sort(([, a], [, b]) => b - a).map(([broker]) => broker)
}
