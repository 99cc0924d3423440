/**
 * Finds dead-letter topics whose names tell nothing, by the headers of a few of their newest records. Bounded: a handful
 * of topics in one round, two small fetches for each, and the same topic again only after hours.
 */

import { MessageAccessError, type MessageReader, type StoredMessage } from '../cluster/messages.ts'
import type { DeclaredDlq } from '../cluster/snapshot.ts'
import type { Database } from '../db.ts'
import type { DlqProfile } from '../dlq/profile.ts'
import type { ObservedTopic } from '../durability/observation.ts'
import { HOUR_MS, SECOND_MS } from '../units.ts'
import { decodeMessage } from './decode-message.ts'

type SampledTopic = Pick<ObservedTopic, 'name' | 'topicId' | 'kind' | 'internal' | 'messages'>

export interface DiscoveryOptions {
  database: Database
  profiles: readonly DlqProfile[]
  /** Topics that a person said are none. */
  isExcluded(topic: string): boolean
  now(): number
}

const TOPICS_AT_ONCE = 5
const LOOK_AGAIN_MS = 6 * HOUR_MS
const SAMPLED_PARTITIONS = 2
const SAMPLED_RECORDS = 20n
const SAMPLE_BYTES = 64 * 1_024
const TOPIC_DEADLINE_MS = 10 * SECOND_MS
/** Fewer say nothing; of more, nearly all must be dead: an application may forward some of its own. */
const LEAST_RECORDS = 5
const DEAD_SHARE = 0.9

export class DlqDiscovery {
  readonly #options: DiscoveryOptions

  constructor(options: DiscoveryOptions) {
    this.#options = options
  }

  /** Looks at the topics that were not looked at for longest. @returns how many it looked at */
  async sampleOnce(
    { clusterId, reader }: { clusterId: string; reader: MessageReader },
    topics: readonly SampledTopic[],
    signal: AbortSignal,
  ): Promise<number> {
    const due = await this.#due(clusterId, topics)
    for (const topic of due) {
      signal.throwIfAborted()
      await this.#look(clusterId, reader, topic, signal)
    }
    return due.length
  }

  /** As if settings named them, so that patterns of the configuration still win. */
  async discovered(clusterId: string): Promise<DeclaredDlq[]> {
    const rows = await this.#options.database.client.dlqSample.findMany({ where: { clusterId, isDeadLetters: true } })
    return rows.map(({ topic }) => ({ topic, groups: [], sourceTopics: [] }))
  }

  async #due(clusterId: string, topics: readonly SampledTopic[]): Promise<SampledTopic[]> {
    const { database, isExcluded, now } = this.#options
    const rows = await database.client.dlqSample.findMany({ where: { clusterId } })
    const known = new Map(rows.map((row) => [row.topic, row]))
    const waitedMs = ({ name, topicId }: SampledTopic): number => {
      const row = known.get(name)
      return row === undefined || row.topicId !== (topicId ?? '') ? Infinity : now() - Number(row.sampledAtMs)
    }
    return topics
      .filter(({ name, kind, internal, messages }) => {
        // One that was found is looked at again: its topic may be used for something else by now.
        const isOpen = kind === 'normal' || known.get(name)?.isDeadLetters === true
        return isOpen && !internal && messages !== 0n && !isExcluded(name)
      })
      .filter((topic) => waitedMs(topic) >= LOOK_AGAIN_MS)
      .sort((one, other) => Number(waitedMs(other) > waitedMs(one)) - Number(waitedMs(other) < waitedMs(one)))
      .slice(0, TOPICS_AT_ONCE)
  }

  /** A topic that cannot be read is not asked again sooner than the others. */
  async #look(clusterId: string, reader: MessageReader, topic: SampledTopic, signal: AbortSignal): Promise<void> {
    const { database, now } = this.#options
    const key = { clusterId, topic: topic.name }
    const isDeadLetters = await this.#holdsDeadLetters(reader, topic.name, signal)
    const data = { topicId: topic.topicId ?? '', sampledAtMs: BigInt(now()), isDeadLetters }
    await database.client.dlqSample.upsert({
      where: { clusterId_topic: key },
      create: { ...key, ...data },
      update: data,
      select: { topic: true },
    })
  }

  async #holdsDeadLetters(reader: MessageReader, topic: string, stop: AbortSignal): Promise<boolean> {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(TOPIC_DEADLINE_MS)])
    try {
      const messages = await newestOf(reader, topic, signal)
      const dead = messages.filter((message) => this.#isDead(topic, message)).length
      return messages.length >= LEAST_RECORDS && dead >= messages.length * DEAD_SHARE
    } catch (error) {
      if (error instanceof MessageAccessError || (signal.aborted && !stop.aborted)) return false
      throw error
    }
  }

  /** Records of a chain of retry topics carry such headers too, and go on by themselves. */
  #isDead(topic: string, message: StoredMessage): boolean {
    const { format } = decodeMessage(topic, message, this.#options.profiles, {})
    return format !== null && format !== 'springRetryable' && format !== 'rocketmq'
  }
}

async function newestOf(reader: MessageReader, topic: string, signal: AbortSignal): Promise<StoredMessage[]> {
  const { partitions } = await reader.describe(topic, signal)
  const filled = partitions.filter(({ startOffset, endOffset }) => (endOffset ?? 0n) > (startOffset ?? 0n))
  const found: StoredMessage[] = []
  for (const { partition, broker, startOffset, endOffset } of filled.slice(0, SAMPLED_PARTITIONS)) {
    const [start, wanted] = [startOffset ?? 0n, (endOffset ?? 0n) - SAMPLED_RECORDS]
    const fromOffset = wanted > start ? wanted : start
    const { messages } = await reader.read({ topic, partition, broker, fromOffset, maxBytes: SAMPLE_BYTES }, signal)
    found.push(...messages)
  }
  return found
}
