/** A topic's settings from what was stored: no broker is asked. */
import type { ObservedBroker, ObservedTopic } from '../../durability/observation.ts'
import { HoldfastError } from '../../errors.ts'
import type { TopicFacts } from '../../lint/lint-types.ts'
import { getSummaryOrThrow } from '../get-cluster-or-throw.ts'
import { toNumberOrNull } from '../serialize.ts'
import type { ApiServices } from '../services.ts'

/**
 * Null without a topic: the cluster alone says nothing of one.
 * @throws HoldfastError `cluster_not_found`, `topic_not_found`
 */
export async function topicFactsOf(
  services: ApiServices,
  clusterId: string,
  name: string | null,
): Promise<TopicFacts | null> {
  const summary = await getSummaryOrThrow(services, clusterId)
  if (name === null || name === '') return null
  const topic = await services.snapshots.topic(clusterId, name)
  if (topic === null) throw new HoldfastError('topic_not_found', { cluster: clusterId, topic: name })
  const brokers = topic.rocketmq === null ? [] : ((await services.snapshots.brokers(clusterId)) ?? [])
  return toTopicFacts(topic, summary?.kind ?? 'kafka', brokers)
}

function toTopicFacts(
  topic: ObservedTopic,
  system: TopicFacts['system'],
  brokers: readonly ObservedBroker[],
): TopicFacts {
  const { settings, rocketmq } = topic
  const permissions = rocketmq?.brokers.map(({ permission }) => permission) ?? []
  return {
    system,
    name: topic.name,
    minIsr: settings.minIsr,
    replicationFactor: fewestReplicas(topic),
    uncleanLeaderElection: settings.uncleanLeaderElection,
    retentionMs: toNumberOrNull(settings.retentionMs),
    retentionBytes: toNumberOrNull(settings.retentionBytes),
    cleanupPolicy: settings.cleanupPolicy,
    maxMessageBytes: maxMessageBytes(topic),
    flushesLater: flushesLater(topic, brokers),
    notWritableBrokers: permissions.filter((permission) => (permission & WRITE) === 0).length,
    notReadableBrokers: permissions.filter((permission) => (permission & READ) === 0).length,
  }
}

const READ = 4
const WRITE = 2

/** The partition with the fewest copies decides: the list's number is that of the one with the most. */
function fewestReplicas({ partitions }: ObservedTopic): number | null {
  const counts = partitions.map(({ replicas }) => replicas.length).filter((count) => count > 0)
  return counts.length === 0 ? null : Math.min(...counts)
}

function maxMessageBytes({ config }: ObservedTopic): number | null {
  const value = config?.find(({ name }) => name === 'max.message.bytes')?.value ?? null
  return value !== null && /^\d{1,15}$/.test(value) ? Number(value) : null
}

/** Of the masters that hold it: one that flushes later is enough. */
function flushesLater({ rocketmq }: ObservedTopic, brokers: readonly ObservedBroker[]): boolean | null {
  if (rocketmq === null) return null
  const holders = new Set(rocketmq.brokers.map(({ broker }) => broker))
  const masters = brokers.filter((one) => one.rocketmq?.brokerNumber === 0 && holders.has(one.rocketmq.brokerName))
  const types = masters.map((one) => one.rocketmq?.flushDiskType ?? null)
  if (types.includes('ASYNC_FLUSH')) return true
  return types.length === 0 || types.includes(null) ? null : false
}
