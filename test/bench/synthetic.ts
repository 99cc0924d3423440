/** Made-up snapshots of any size, for measuring what follows a poll without brokers. */
import type { ClusterSnapshot, FirstUnread, GroupState, TopicState } from '../../lib/cluster/snapshot.ts'
import { HOUR_MS } from '../../lib/units.ts'
import { aBroker, aGroup, aGroupPartition, aPartition, aSnapshot, aTopic, NOW_MS } from '../builders/snapshots.ts'

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
  const partitions = topicsOf(group, size).flatMap((topic) =>
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
  return aGroup({ id: syntheticGroupName(group), members: [], state: 'Empty', partitions })
}

function syntheticGroupName(group: number): string {
  return `fleet.group-${String(group).padStart(5, '0')}`
}

function topicsOf(group: number, { topics, topicsPerGroup }: SyntheticSize): number[] {
  return Array.from({ length: topicsPerGroup }, (_, offset) => (group * topicsPerGroup + offset) % topics)
}

/** Which groups are behind: one of twenty, which has stopped, or all, which move. */
export type Behind = 'few' | 'all'

const BROKERS = ['1', '2', '3']
/** Where every log ends at first. */
const START = 1_000_000n
const LAG = 1_000n

/**
 * Polls of a cluster that mostly rests: one topic of twenty is written, and of the others each poll hands out the very
 * objects of the poll before, as drivers do. Three copies; one topic of a hundred lacks one.
 */
export class SyntheticCluster {
  static readonly CHANGES_ONE_OF = 20
  readonly #size: SyntheticSize
  readonly #behind: Behind
  readonly #topics: TopicState[] = []
  #tick = 0

  constructor(size: SyntheticSize, behind: Behind) {
    this.#size = size
    this.#behind = behind
  }

  next(intervalMs = 15_000): ClusterSnapshot {
    const tick = this.#tick++
    const finishedAtMs = NOW_MS + tick * intervalMs
    const endOf = (topic: number): bigint => START + BigInt(isWritten(topic) ? tick * 900 : 0)
    for (let topic = 0; topic < this.#size.topics; topic += 1) {
      if (tick === 0 || isWritten(topic)) this.#topics[topic] = copiedTopic(topic, this.#size, endOf(topic))
    }
    return aSnapshot({
      ...{ startedAtMs: finishedAtMs - 500, finishedAtMs, brokers: BROKERS.map((id) => aBroker(id)) },
      topics: [...this.#topics],
      groups: Array.from({ length: this.#size.groups }, (_, group) => this.#group(group, endOf, finishedAtMs)),
    })
  }

  #group(group: number, endOf: (topic: number) => bigint, nowMs: number): GroupState {
    const hasStopped = this.#behind === 'few' && group % SyntheticCluster.CHANGES_ONE_OF === 1
    const isBehind = this.#behind === 'all' || hasStopped
    const committedOf = (topic: number): bigint => (hasStopped ? START : endOf(topic)) - (isBehind ? LAG : 0n)
    const firstUnreadOf = (topic: number): FirstUnread => ({
      offset: committedOf(topic),
      timestampMs: (isWritten(topic) && !hasStopped ? nowMs : NOW_MS) - HOUR_MS,
      precision: 'record',
    })
    const partitions = topicsOf(group, this.#size).flatMap((topic) => {
      const [committedOffset, firstUnread] = [committedOf(topic), isBehind ? firstUnreadOf(topic) : null]
      return Array.from({ length: this.#size.partitionsPerTopic }, (_, partition) =>
        aGroupPartition({ topic: syntheticTopicName(topic), partition, committedOffset, firstUnread }),
      )
    })
    const members = [{ memberId: `m-${group}`, clientId: 'c', host: '/127.0.0.1', assignments: [] }]
    const life = hasStopped ? { members: [], state: 'Empty' } : { members, state: 'Stable' }
    return aGroup({ id: syntheticGroupName(group), partitions, ...life })
  }
}

function isWritten(topic: number): boolean {
  return topic % SyntheticCluster.CHANGES_ONE_OF === 0
}

function copiedTopic(topic: number, { partitionsPerTopic }: SyntheticSize, endOffset: bigint): TopicState {
  const replicas = BROKERS.map((_, place) => BROKERS[(topic + place) % BROKERS.length] ?? '')
  const isr = topic % 100 === 7 ? replicas.slice(0, 2) : replicas
  const copy = { logDir: '/data', sizeBytes: endOffset * 100n, offsetLag: 0n, isFuture: false }
  return aTopic({
    name: syntheticTopicName(topic),
    topicId: `id-${topic}`,
    partitions: Array.from({ length: partitionsPerTopic }, (_, partition) =>
      aPartition({
        ...{ partition, leader: replicas[0] ?? null, replicas, isr, endOffset, lastStableOffset: endOffset },
        replicaSizes: replicas.map((broker) => ({ ...copy, broker })),
      }),
    ),
  })
}
