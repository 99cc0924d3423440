import type { ObservedPartition, ObservedTopic } from '../../durability/observation.ts'
import type { TopicRow } from '../../history/snapshot-store.ts'
import type { PartitionAnswer, TopicDetailAnswer, TopicRowAnswer } from '../schemas/topics.ts'
import { round, toFaultAnswer, toIsoOrNull, toNumberOrNull, type WordChoice } from '../serialize.ts'

/** With how many findings name it; null when those are not known. */
export type Counted<Topic> = Topic & { findings: number | null }

export function toTopicRowAnswer(topic: Counted<TopicRow>, words: WordChoice): TopicRowAnswer {
  const { name, kind, internal, replicationFactor, durability, findings, settings } = topic
  return {
    ...{ name, kind, internal, replicationFactor, durability, findings },
    partitions: topic.partitionCount,
    minIsr: settings.minIsr,
    isPartial: topic.isPartial || topic.messagesIsPartial || topic.sizeIsPartial,
    durabilityIsPartial: topic.isPartial,
    messagesIsPartial: topic.messagesIsPartial,
    sizeIsPartial: topic.sizeIsPartial,
    messages: toNumberOrNull(topic.messages),
    sizeBytes: toNumberOrNull(topic.sizeBytes),
    leaderSizeBytes: toNumberOrNull(topic.leaderSizeBytes),
    produceRatePerSecond: round(topic.produceRatePerSecond),
    retention: { timeMs: toNumberOrNull(settings.retentionMs), sizeBytes: toNumberOrNull(settings.retentionBytes) },
    fault: toFaultAnswer(topic.fault, words),
  }
}

export function toTopicDetailAnswer(
  topic: Counted<ObservedTopic>,
  group: string | null,
  asOfMs: number | null,
  words: WordChoice,
): TopicDetailAnswer {
  return {
    ...toTopicRowAnswer(topic, words),
    topicId: topic.topicId,
    cleanupPolicy: topic.settings.cleanupPolicy,
    uncleanLeaderElection: topic.settings.uncleanLeaderElection,
    partitionStates: topic.partitions.map(toPartitionAnswer),
    config: topic.config?.map((entry) => ({ ...entry, value: entry.sensitive ? null : entry.value })) ?? null,
    group,
    rocketmq: topic.rocketmq,
    asOf: toIsoOrNull(asOfMs),
  }
}

function toPartitionAnswer(state: ObservedPartition): PartitionAnswer {
  const { partition, broker, minIsr, leader, leaderEpoch, replicas, isr, eligibleLeaders, offlineReplicas } = state
  return {
    ...{ partition, broker, minIsr, leader, leaderEpoch, replicas, isr, eligibleLeaders, offlineReplicas },
    startOffset: toNumberOrNull(state.startOffset),
    endOffset: toNumberOrNull(state.endOffset),
    lastStableOffset: toNumberOrNull(state.lastStableOffset),
    sizeBytes: toNumberOrNull(state.sizeBytes),
    leaderSizeBytes: toNumberOrNull(state.leaderSizeBytes),
    produceRatePerSecond: round(state.produceRatePerSecond),
    reassignment: state.reassignment,
    durability: state.durability,
  }
}
