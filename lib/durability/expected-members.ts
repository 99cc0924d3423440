/**
 * On RocketMQ a queue lives on one broker name, and its copies on that name's members. A member that died leaves the
 * route, so the snapshot cannot list it: those that are expected are added, until a person retires them.
 */
import type { ClusterSnapshot, GroupState, PartitionState, TopicState } from '../cluster/snapshot.ts'
import type { ExpectedBroker } from './observe-brokers.ts'

/**
 * Completes the replicas of partitions that name their broker, and leaves out partitions of brokers that are neither
 * there nor expected any more. Other partitions stay as they are.
 */
export function withExpectedMembers(
  snapshot: ClusterSnapshot,
  expected: readonly ExpectedBroker[],
): Pick<ClusterSnapshot, 'topics' | 'groups'> {
  if (!snapshot.brokers.some((broker) => broker.rocketmq !== null)) return snapshot
  const members = membersByName([...snapshot.brokers, ...expected].map(({ id }) => id))
  return {
    topics: snapshot.topics.flatMap((topic) => completeTopic(topic, members)),
    groups: snapshot.groups.map((group) => completeGroup(group, members)),
  }
}

type Members = ReadonlyMap<string, readonly string[]>

function membersByName(ids: readonly string[]): Members {
  const members = new Map<string, string[]>()
  for (const id of [...new Set(ids)].sort()) {
    const name = id.slice(0, id.lastIndexOf(':'))
    const known = members.get(name)
    if (known === undefined) members.set(name, [id])
    else known.push(id)
  }
  return members
}

function completeTopic(topic: TopicState, members: Members): TopicState[] {
  if (topic.partitions.every((partition) => isComplete(partition, members))) return [topic]
  const partitions = topic.partitions.flatMap((partition) => completePartition(partition, members))
  return partitions.length === 0 ? [] : [{ ...topic, partitions }]
}

function isComplete({ broker, replicas }: PartitionState, members: Members): boolean {
  return broker === null || members.get(broker)?.every((id) => replicas.includes(id)) === true
}

function completePartition(partition: PartitionState, members: Members): PartitionState[] {
  if (partition.broker === null) return [partition]
  const expected = members.get(partition.broker)
  if (expected === undefined) return []
  const missing = expected.filter((id) => !partition.replicas.includes(id))
  if (missing.length === 0) return [partition]
  const offlineReplicas = partition.offlineReplicas && [...partition.offlineReplicas, ...missing]
  return [{ ...partition, replicas: [...partition.replicas, ...missing], offlineReplicas }]
}

function completeGroup(group: GroupState, members: Members): GroupState {
  if (group.partitions === null) return group
  const partitions = group.partitions.filter(({ broker }) => broker === null || members.has(broker))
  return partitions.length === group.partitions.length ? group : { ...group, partitions }
}
