/** From what was read to the snapshot's rows. Pure; equal replica lists are held once. */
import type { Fault } from '../cluster/fault.ts'
import type { Outcome } from '../cluster/outcome.ts'
import type { ConfigEntry, PartitionState, ReplicaSize, TopicState } from '../cluster/snapshot.ts'
import { topicSettings } from './config-mapping.ts'
import type { MetadataAnswer } from './kafka-client.ts'
import { faultOfErrorCode } from './kafka-fault.ts'
import type { OffsetTable } from './read-offsets.ts'

type RawTopic = MetadataAnswer['topics'][number]
type RawPartition = RawTopic['partitions'][number]

const LEADER_NOT_AVAILABLE = 5
const REPLICA_NOT_AVAILABLE = 9
const LISTENER_NOT_FOUND = 72
/** With these the rest of the partition's row is true all the same. */
const HARMLESS_CODES = [0, LEADER_NOT_AVAILABLE, REPLICA_NOT_AVAILABLE, LISTENER_NOT_FOUND]

/** Everything the rows of topics are made from. */
export interface TopicSources {
  startOffsets: OffsetTable
  endOffsets: OffsetTable
  stableOffsets: OffsetTable
  eligibleLeaders(topic: string, partition: number): string[] | null
  sizes(topic: string, partition: number, replicas: readonly string[]): ReplicaSize[] | null
  config(topicKey: string): Outcome<ConfigEntry[]> | undefined
  reassignment(topic: string, partition: number): PartitionState['reassignment']
  fault(topic: string): Fault | null
}

export class TopicMapper {
  readonly #lists = new Map<string, string[]>()
  readonly #topicIds = new Map<string, string>()

  map(topic: RawTopic, sources: TopicSources): TopicState {
    const name = topic.name ?? ''
    const topicId = this.#topicId(topic.topicId)
    const own = faultOfErrorCode(topic.errorCode, { api: 'Metadata' })
    const config = sources.config(topicKey(topic))
    return {
      name,
      topicId,
      internal: topic.isInternal,
      internalKind: null,
      partitions: own
        ? []
        : topic.partitions.map((partition) => this.#partition(name, partition, sources)).sort(byNumber),
      config: config?.value ?? null,
      settings: topicSettings(config?.value ?? null),
      fault: own ?? sources.fault(name) ?? config?.fault ?? null,
      rocketmq: null,
    }
  }

  #partition(topic: string, raw: RawPartition, sources: TopicSources): PartitionState {
    const { partitionIndex: partition, leaderId, leaderEpoch } = raw
    const replicas = this.#ids(raw.replicaNodes)
    const isKnown = HARMLESS_CODES.includes(raw.errorCode)
    const hasLeader = isKnown && leaderId >= 0
    const endOffset = sources.endOffsets.get(topic)?.[partition] ?? null
    const isr = isKnown ? this.#ids(raw.isrNodes) : null
    return {
      partition,
      broker: null,
      minIsr: null,
      leader: hasLeader ? this.#id(leaderId) : null,
      leaderEpoch: leaderEpoch < 0 ? null : leaderEpoch,
      replicas,
      isr,
      eligibleLeaders: isr && isr.length < replicas.length ? sources.eligibleLeaders(topic, partition) : null,
      offlineReplicas: isKnown ? this.#ids(raw.offlineReplicas) : null,
      startOffset: sources.startOffsets.get(topic)?.[partition] ?? null,
      endOffset,
      lastStableOffset: atMost(sources.stableOffsets.get(topic)?.[partition] ?? null, endOffset),
      oldestAtMs: null,
      replicaSizes: sources.sizes(topic, partition, replicas),
      reassignment: sources.reassignment(topic, partition),
    }
  }

  #id(node: number): string {
    return this.#ids([node])[0] ?? String(node)
  }

  #ids(nodes: readonly number[]): string[] {
    const key = nodes.join()
    const known = this.#lists.get(key)
    if (known) return known
    const list = nodes.map(String)
    this.#lists.set(key, list)
    return list
  }

  /** Kafka's own tools write ids in URL-safe base64. */
  #topicId(hyphenated: string): string | null {
    const known = this.#topicIds.get(hyphenated)
    if (known !== undefined) return known
    const hex = hyphenated.replaceAll('-', '')
    if (/^0*$/.test(hex)) return null
    const id = Buffer.from(hex, 'hex').toString('base64url')
    this.#topicIds.set(hyphenated, id)
    return id
  }

  /** Forgets ids of topics that are gone. */
  retain(topics: readonly RawTopic[]): void {
    if (this.#topicIds.size <= topics.length * 2) return
    const current = new Set(topics.map(({ topicId }) => topicId))
    for (const id of this.#topicIds.keys()) if (!current.has(id)) this.#topicIds.delete(id)
  }
}

/** A topic that was deleted and created again is another topic. */
export function topicKey({ name, topicId }: RawTopic): string {
  return `${name}\0${topicId}`
}

/** A topic that exists and of which we may know no more than that. */
export function deniedTopic(name: string, reason: Fault): TopicState {
  const settings = topicSettings(null)
  return {
    ...{ name, topicId: null, internal: false, internalKind: null, partitions: [], config: null },
    ...{ settings, fault: reason, rocketmq: null },
  }
}

/** The last stable offset is read a moment after the end offset and may have passed it meanwhile. */
function atMost(offset: bigint | null, end: bigint | null): bigint | null {
  return offset !== null && end !== null && offset > end ? end : offset
}

function byNumber(a: PartitionState, b: PartitionState): number {
  return a.partition - b.partition
}

/** One fault per topic for its row: what is the topic's own matter goes before what is a broker's. */
export class TopicFaults {
  readonly #own = new Map<string, Fault>()
  readonly #brokers = new Map<string, Fault>()

  add(topic: string, reason: Fault, isOwn: boolean): void {
    const faults = isOwn ? this.#own : this.#brokers
    if (!faults.has(topic)) faults.set(topic, reason)
  }

  of(topic: string): Fault | null {
    return this.#own.get(topic) ?? this.#brokers.get(topic) ?? null
  }
}
