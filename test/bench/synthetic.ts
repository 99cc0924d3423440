/** Made-up snapshots of any size, for measuring what follows a poll without brokers. */
import type { ClusterSnapshot, TopicState } from '../../lib/cluster/snapshot.ts'
import { aBroker, aGroup, aPartition, aSnapshot, aTopic, NOW_MS } from '../builders/snapshots.ts'

export interface SyntheticSize {
  topics: number
  partitionsPerTopic: number
  groups: number
  topicsPerGroup: number
}

export const LARGE: SyntheticSize = { topics: 10_000, partitionsPerTopic: 4, groups: 2_000, topicsPerGroup: 5 }

/** The snapshot of poll number `tick`: a third of the topics rests, the others grow. */
export function syntheticSnapshot(size: SyntheticSize, tick: number, intervalMs = 15_000): ClusterSnapshot {
  const endOf = (topic: number): bigint => 1_000_000n + BigInt(topic % 3 === 0 ? 0 : tick * (topic % 50) * 15)
  const topics = Array.from({ length: size.topics }, (_, topic) => syntheticTopic(topic, size, endOf(topic)))
  const groups = Array.from({ length: size.groups }, (_, group) => syntheticGroup(group, size, endOf))
  const finishedAtMs = NOW_MS + tick * intervalMs
  return aSnapshot({
    startedAtMs: finishedAtMs - 500,
    finishedAtMs,
    brokers: ['1', '2', '3'].map((id) => aBroker(id)),
    topics,
    groups,
  })
}

function syntheticTopic(topic: number, size: SyntheticSize, endOffset: bigint): TopicState {
  const leader = String((topic % 3) + 1)
  const replicas = [leader]
  return aTopic({
    name: syntheticTopicName(topic),
    topicId: `id-${topic}`,
    partitions: Array.from({ length: size.partitionsPerTopic }, (_, partition) =>
      aPartition({
        partition,
        leader,
        replicas,
        isr: replicas,
        endOffset,
        lastStableOffset: endOffset,
        replicaSizes: [
          { broker: leader, logDir: '/data', sizeBytes: endOffset * 100n, offsetLag: 0n, isFuture: false },
        ],
      }),
    ),
  })
}

export function syntheticTopicName(topic: number): string {
  return `fleet.topic-${String(topic).padStart(5, '0')}`
}

function syntheticGroup(
  group: number,
  size: SyntheticSize,
  endOf: (topic: number) => bigint,
): ReturnType<typeof aGroup> {
  const partitions = Array.from(
    { length: size.topicsPerGroup },
    (_, offset) => (group * size.topicsPerGroup + offset) % size.topics,
  ).flatMap((topic) =>
    Array.from({ length: size.partitionsPerTopic }, (_, partition) => ({
      topic: syntheticTopicName(topic),
      partition,
      broker: null,
      committedOffset: endOf(topic) - BigInt(group % 7),
      isCommitUnknown: false,
      unreadFrom: null,
      firstUnread: null,
    })),
  )
  return aGroup({ id: `fleet.group-${String(group).padStart(5, '0')}`, members: [], state: 'Empty', partitions })
}
