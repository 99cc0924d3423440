/** Settings and placement of Kafka's topics. */
import { wantedReplicas } from '../ladder.ts'
import type { ObservedTopic, Severity } from '../observation.ts'
import { hit, type Layout, MISS, numberOf, type Outcome, settingOf, type TopicRule } from './rule.ts'

const WANTED_REPLICAS = 3
/** `max.message.bytes` counts the head of a batch, `replica.fetch.max.bytes` does not: their defaults differ by as much. */
const BATCH_HEAD_BYTES = 12
/** What clients made with librdkafka, sarama or franz-go take in one answer unless told otherwise, nearly. */
const CLIENTS_TAKE_BYTES = 100_000_000
/** So Kafka Streams names the topic that a state store is restored from. */
const CHANGELOG = /-changelog$/

export const KAFKA_TOPIC_RULES: readonly TopicRule[] = [
  rule('topic.replicationFactorOne', 'high', isNotInternal, (topic, layout) => {
    if (topic.replicationFactor === null) return 'unknown'
    const partitions = topic.partitions.filter((partition) => wantedReplicas(partition) === 1).length
    if (partitions === 0) return MISS
    return hit(layout.isSingle ? 'info' : 'high', { topic: topic.name, partitions, brokers: layout.dataBrokers })
  }),
  rule('topic.internalReplicationLow', 'high', mayBeInternal, (topic, { dataBrokers }) => {
    const replicas = replicasOf(topic)?.least ?? null
    if (replicas === null) return 'unknown'
    const wanted = Math.min(WANTED_REPLICAS, dataBrokers)
    if (replicas >= wanted) return MISS
    return hit(replicas === 1 ? 'high' : 'warning', { topic: topic.name, replicas, wanted })
  }),
  minIsrRule('topic.minIsrOne', 'warning', (minIsr, { most }, { name }) => {
    if (minIsr !== 1 || most === 1) return null
    // The offsets of groups are written with acks=all whatever it says; losing some repeats records and loses none.
    return { severity: name === '__consumer_offsets' ? 'info' : 'warning', replicas: most }
  }),
  minIsrRule('topic.minIsrEqualsReplicas', 'warning', (minIsr, { least }) =>
    minIsr === least && least > 1 ? { severity: 'warning', replicas: least } : null,
  ),
  minIsrRule('topic.minIsrAboveReplicas', 'high', (minIsr, { least }, _, { isSingle }) => {
    if (minIsr <= least) return null
    if (isSingle) return { severity: 'info', replicas: least }
    return { severity: least === 1 ? 'warning' : 'high', replicas: least }
  }),
  rule('topic.uncleanLeaderElection', 'high', isAny, ({ name, settings, replicationFactor }) => {
    if (settings.uncleanLeaderElection === null) return 'unknown'
    // With one replica there is nobody else to elect.
    if (!settings.uncleanLeaderElection || replicationFactor === 1) return MISS
    return hit('high', { topic: name })
  }),
  rule('topic.singleRack', 'warning', isAny, singleRack),
  rule('topic.compactedNullKeys', 'info', isNotMeantToBeCompacted, ({ name, settings }) => {
    if (settings.cleanupPolicy === null) return 'unknown'
    return settings.cleanupPolicy.includes('compact') ? hit('info', { topic: name }) : MISS
  }),
  rule('topic.changelogNotCompacted', 'warning', isChangelog, ({ name, settings }) => {
    const { cleanupPolicy, retentionMs, retentionBytes } = settings
    if (cleanupPolicy === null || retentionMs === null || retentionBytes === null) return 'unknown'
    const isKeptForEver = retentionMs < 0n && retentionBytes < 0n
    return cleanupPolicy === 'delete' && !isKeptForEver ? hit('warning', { topic: name }) : MISS
  }),
  rule('topic.flushSettings', 'info', isAny, (topic) => {
    // A broker's setting shows here too, and is told there.
    const isOwn = (setting: string): boolean => settingOf(topic.config, setting)?.source === 'DYNAMIC_TOPIC_CONFIG'
    const own = ['flush.messages', 'flush.ms'].filter(isOwn)
    if (own.length > 0) return hit('info', { topic: topic.name, settings: own.join(', ') })
    return topic.config === null ? 'unknown' : MISS
  }),
  rule('topic.messageSizeAboveFetch', 'info', isAny, (topic, { replicaFetchMaxBytes }) => {
    const largest = numberOf(topic.config, 'max.message.bytes')
    if (largest === null || replicaFetchMaxBytes === null) return 'unknown'
    return largest - BATCH_HEAD_BYTES > replicaFetchMaxBytes
      ? hit('info', { topic: topic.name, maxBytes: largest, fetchBytes: replicaFetchMaxBytes })
      : MISS
  }),
  rule('topic.messageSizeAboveClients', 'warning', isAny, (topic) => {
    const largest = numberOf(topic.config, 'max.message.bytes')
    if (largest === null) return 'unknown'
    return largest > CLIENTS_TAKE_BYTES
      ? hit('warning', { topic: topic.name, maxBytes: largest, clientBytes: CLIENTS_TAKE_BYTES })
      : MISS
  }),
]

function rule(
  code: TopicRule['code'],
  severity: Severity,
  appliesTo: NonNullable<TopicRule['appliesTo']>,
  judge: (topic: ObservedTopic, layout: Layout) => Outcome,
): TopicRule {
  return { code, system: 'kafka', severity, scope: 'topic', appliesTo, judge }
}

type Named = Pick<ObservedTopic, 'name' | 'internal' | 'replicationFactor'>

function isAny(): boolean {
  return true
}

function isNotInternal({ internal }: Named): boolean {
  return !internal
}

/** Of a topic that only its name is known of, nobody says whether it is internal. */
function mayBeInternal({ internal, replicationFactor }: Named): boolean {
  return internal || replicationFactor === null
}

function isChangelog({ name }: Named): boolean {
  return CHANGELOG.test(name)
}

function isNotMeantToBeCompacted(topic: Named): boolean {
  return !topic.internal && !isChangelog(topic)
}

interface Replicas {
  least: number
  most: number
}

/** Partitions of a topic may have different numbers of replicas. */
function replicasOf({ partitions, replicationFactor }: ObservedTopic): Replicas | null {
  if (replicationFactor === null) return null
  return { least: Math.min(...partitions.map(wantedReplicas)), most: replicationFactor }
}

/** On the topic's own min ISR against the replicas it really has. */
function minIsrRule(
  code: TopicRule['code'],
  severity: Severity,
  judge: (
    minIsr: number,
    replicas: Replicas,
    topic: ObservedTopic,
    layout: Layout,
  ) => { severity: Severity; replicas: number } | null,
): TopicRule {
  return rule(code, severity, isAny, (topic, layout) => {
    const { minIsr } = topic.settings
    const replicas = replicasOf(topic)
    if (minIsr === null || replicas === null) return 'unknown'
    const found = judge(minIsr, replicas, topic, layout)
    return found === null ? MISS : hit(found.severity, { topic: topic.name, minIsr, replicas: found.replicas })
  })
}

function singleRack({ name, partitions, partitionCount }: ObservedTopic, { racks, rackCount }: Layout): Outcome {
  if (rackCount < 2) return MISS
  const placed = partitions.map(({ replicas }) => replicas.map((id) => racks.get(id) ?? null))
  const known = placed.filter((ofPartition) => ofPartition.length > 1 && ofPartition.every((rack) => rack !== null))
  const inOne = known.filter((ofPartition) => new Set(ofPartition).size === 1)
  if (inOne.length > 0) return hit('warning', { topic: name, partitions: inOne.length, rack: inOne[0]?.[0] ?? '' })
  const isUnsure = partitionCount === null || placed.some((ofPartition) => ofPartition.some((rack) => rack === null))
  return isUnsure ? 'unknown' : MISS
}
