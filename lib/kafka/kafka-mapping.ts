/** From what was read to the snapshot's rows. Pure; equal replica lists are held once. */
import type { Fault } from '../cluster/fault.ts'
import type { Outcome } from '../cluster/outcome.ts'
import type { ConfigEntry, PartitionState, ReplicaSize, TopicState } from '../cluster/snapshot.ts'
import { topicSettings } from './config-mapping.ts'
import { faultOfErrorCode } from './kafka-fault.ts'
import type { MetadataAnswer } from './metadata-request.ts'
import type { EpochEnds } from './read-epoch-ends.ts'
import type { OffsetTable } from './read-offsets.ts'

type RawTopic = MetadataAnswer['topics'][number]
type RawPartition = RawTopic['partitions'][number]

/**
 * Tells brokers where the segments of tiered storage are. They make it as any client makes a topic, and do not say that it is
 * internal.
 */
const REMOTE_LOG_TOPIC = '__remote_log_metadata'
const LEADER_NOT_AVAILABLE = 5
const REPLICA_NOT_AVAILABLE = 9
const LISTENER_NOT_FOUND = 72
/** With these the rest of the partition's row is true all the same. */
const HARMLESS_CODES = [0, LEADER_NOT_AVAILABLE, REPLICA_NOT_AVAILABLE, LISTENER_NOT_FOUND]

/** By partition number. */
export type PartitionReassignments = ReadonlyMap<number, NonNullable<PartitionState['reassignment']>>

/** Everything the rows of topics are made from. */
export interface TopicSources {
  startOffsets: OffsetTable
  endOffsets: OffsetTable
  stableOffsets: OffsetTable
  epochEnds: EpochEnds
  eligibleLeaders(topic: string): readonly (string[] | undefined)[] | null
  /** Another object whenever a size may be another one. */
  sizesVersion: object
  sizes(topic: string, partition: number, replicas: readonly string[]): ReplicaSize[] | null
  config(topicKey: string): Outcome<ConfigEntry[]> | undefined
  /** Of a topic with partitions that move. */
  reassignments: ReadonlyMap<string, PartitionReassignments>
  fault(topic: string): Fault | null
}

/** A topic as it was last told, and what of. */
interface MadeTopic {
  key: string
  topic: TopicState
  start: unknown
  end: unknown
  stable: unknown
  epochs: unknown
  eligible: unknown
  sizes: object
  moves: unknown
  config: Outcome<ConfigEntry[]> | undefined
  fault: Fault | null
}

export class TopicMapper {
  readonly #lists = new Map<string, string[]>()
  readonly #made = new WeakMap<RawTopic, MadeTopic>()

  /** A topic of which nothing changed is the same object as in the poll before. */
  map(raw: RawTopic, sources: TopicSources): TopicState {
    const name = raw.name ?? ''
    const before = this.#made.get(raw)
    const key = before?.key ?? topicKey(raw)
    const start = sources.startOffsets.get(name)
    const end = sources.endOffsets.get(name)
    const stable = sources.stableOffsets.get(name)
    const epochs = sources.epochEnds.get(name)
    const eligible = sources.eligibleLeaders(name)
    const moves = sources.reassignments.get(name)
    const config = sources.config(key)
    const reason = sources.fault(name)
    const isSame =
      before !== undefined &&
      before.start === start &&
      before.end === end &&
      before.stable === stable &&
      before.epochs === epochs &&
      before.eligible === eligible &&
      before.sizes === sources.sizesVersion &&
      before.moves === moves &&
      before.config === config &&
      before.fault === reason
    if (isSame) return before.topic
    const topic = this.#topic(raw, sources, config, reason)
    this.#made.set(raw, {
      key,
      start,
      end,
      stable,
      epochs,
      eligible,
      sizes: sources.sizesVersion,
      moves,
      config,
      fault: reason,
      topic,
    })
    return topic
  }

  #topic(
    topic: RawTopic,
    sources: TopicSources,
    config: Outcome<ConfigEntry[]> | undefined,
    reason: Fault | null,
  ): TopicState {
    const name = topic.name ?? ''
    const own = faultOfErrorCode(topic.errorCode, { api: 'Metadata' })
    return {
      name,
      topicId: toTopicId(topic.topicId),
      internal: topic.isInternal || name === REMOTE_LOG_TOPIC,
      internalKind: null,
      partitions: own
        ? []
        : topic.partitions.map((partition) => this.#partition(name, partition, sources)).sort(byNumber),
      config: config?.value ?? null,
      settings: topicSettings(config?.value ?? null),
      fault: own ?? reason ?? config?.fault ?? null,
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
      eligibleLeaders:
        isr && isr.length < replicas.length ? (sources.eligibleLeaders(topic)?.[partition] ?? null) : null,
      offlineReplicas: isKnown ? this.#ids(raw.offlineReplicas) : null,
      startOffset: sources.startOffsets.get(topic)?.[partition] ?? null,
      endOffset,
      lastStableOffset: atMost(sources.stableOffsets.get(topic)?.[partition] ?? null, endOffset),
      earlierEpoch: sources.epochEnds.get(topic)?.get(partition) ?? null,
      oldestAtMs: null,
      beganAnewAtMs: null,
      replicaSizes: sources.sizes(topic, partition, replicas),
      reassignment: sources.reassignments.get(topic)?.get(partition) ?? null,
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
}

/** As Kafka's own tools write it, in URL-safe base64; null for the id of none, which old topics have. */
export function toTopicId(hyphenated: string): string | null {
  const hex = hyphenated.replaceAll('-', '')
  return /^0*$/.test(hex) ? null : Buffer.from(hex, 'hex').toString('base64url')
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
