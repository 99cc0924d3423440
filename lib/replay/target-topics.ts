/** The topics that records may go to, from the newest poll, and from the cluster itself for those that are really used. */
import { MessageAccessError, type MessageReader } from '../cluster/messages.ts'
import type { ClusterKind, ConfigEntry } from '../cluster/snapshot.ts'
import { kindByName } from '../dlq/topic-kind.ts'
import type { SnapshotReader, TopicRow } from '../history/snapshot-store.ts'
import type { TargetTopic } from './replay-types.ts'

/** Headers may name any number of topics that no poll has seen: so many are asked for. */
const MOST_UNKNOWN = 200

export class TargetTopics {
  readonly byName: Map<string, TargetTopic>
  /** Those that the console may not see. */
  readonly forbidden = new Set<string>()
  /** The cluster's own: nobody but its brokers writes there. */
  readonly internal: ReadonlySet<string>
  readonly #rows: ReadonlyMap<string, TopicRow>
  readonly #options: TargetTopicsOptions
  readonly #loaded = new Set<string>()
  readonly #gone = new Set<string>()
  #brokerLimit: number | null = null

  private constructor(options: TargetTopicsOptions, rows: readonly TopicRow[]) {
    this.#options = options
    this.#rows = new Map(rows.map((row) => [row.name, row]))
    this.internal = new Set(rows.filter(({ internal }) => internal).map(({ name }) => name))
    const ordinary = rows.filter(({ internal, partitionCount }) => !internal && partitionCount !== null)
    this.byName = new Map(ordinary.map((row) => [row.name, this.#fromRow(row)]))
  }

  static async open(options: TargetTopicsOptions): Promise<TargetTopics> {
    const rows = (await options.snapshots.topics(options.clusterId)) ?? []
    const topics = new TargetTopics(options, rows)
    if (options.kind === 'rocketmq') await topics.#readBrokerLimit()
    return topics
  }

  /** As the cluster itself describes it now; null when there is none that can be seen. @throws MessageAccessError */
  async load(name: string, signal: AbortSignal): Promise<TargetTopic | null> {
    if (this.#gone.has(name)) return null
    const known = this.byName.get(name)
    if (known !== undefined && this.#loaded.has(name)) return known
    if (known === undefined && this.#gone.size >= MOST_UNKNOWN) return null
    try {
      const log = await this.#options.reader.describe(name, signal)
      const topic = { ...(known ?? this.#unknown(name)), topicId: log.topicId, ...(await this.#settings(name)) }
      if (this.#options.kind === 'kafka') topic.partitions = log.partitions.length
      this.byName.set(name, topic)
      this.#loaded.add(name)
      return topic
    } catch (error) {
      if (!(error instanceof MessageAccessError)) throw error
      if (error.fault.code === 'authorizationFailed') this.forbidden.add(name)
      else if (error.fault.code !== 'topicDeleted') throw error
      this.byName.delete(name)
      this.#gone.add(name)
      return null
    }
  }

  durabilityOf(name: string): string {
    return this.#rows.get(name)?.durability ?? 'unknown'
  }

  /** Which topics are retry or dead-letter topics although their names do not say so, and the reverse. */
  exceptions(): { queues: string[]; ordinary: string[] } {
    const rows = [...this.#rows.values()].filter(({ internal }) => !internal)
    const isQueue = (row: TopicRow): boolean => row.kind === 'dlq' || row.kind === 'retry'
    return {
      queues: rows.filter((row) => isQueue(row) && kindByName(row.name) === 'normal').map(({ name }) => name),
      ordinary: rows.filter((row) => !isQueue(row) && kindByName(row.name) !== 'normal').map(({ name }) => name),
    }
  }

  #fromRow({ name, topicId, partitionCount, settings }: TopicRow): TargetTopic {
    return {
      topic: name,
      topicId,
      partitions: this.#options.kind === 'kafka' ? partitionCount : null,
      maxMessageBytes: null,
      isCompacted: this.#isCompacted(settings.cleanupPolicy),
    }
  }

  #unknown(topic: string): TargetTopic {
    return { topic, topicId: null, partitions: null, maxMessageBytes: null, isCompacted: this.#isCompacted(null) }
  }

  /** Topics of RocketMQ are not written as states. */
  #isCompacted(policy: string | null): boolean | null {
    return this.#options.kind === 'rocketmq' ? false : (policy?.includes('compact') ?? null)
  }

  async #settings(name: string): Promise<{ maxMessageBytes: number | null }> {
    if (this.#options.kind === 'rocketmq') return { maxMessageBytes: this.#brokerLimit }
    const topic = await this.#options.snapshots.topic(this.#options.clusterId, name)
    return { maxMessageBytes: numberIn(topic?.config ?? null, 'max.message.bytes') }
  }

  /** The least of the brokers': a message may go to any of them. */
  async #readBrokerLimit(): Promise<void> {
    const brokers = (await this.#options.snapshots.brokers(this.#options.clusterId)) ?? []
    const limits = brokers.flatMap(({ config }) => numberIn(config, 'maxMessageSize') ?? [])
    this.#brokerLimit = limits.length === 0 ? null : Math.min(...limits)
  }
}

export interface TargetTopicsOptions {
  snapshots: SnapshotReader
  clusterId: string
  kind: ClusterKind
  reader: MessageReader
}

function numberIn(config: readonly ConfigEntry[] | null, name: string): number | null {
  const value = config?.find((entry) => entry.name === name)?.value ?? null
  return value !== null && /^\d{1,15}$/.test(value) ? Number(value) : null
}

/** By name, but for the exceptions. */
export function queueTest({ queues, ordinary }: { queues: readonly string[]; ordinary: readonly string[] }) {
  const [are, areNot] = [new Set(queues), new Set(ordinary)]
  return (topic: string): boolean => are.has(topic) || (!areNot.has(topic) && kindByName(topic) !== 'normal')
}
