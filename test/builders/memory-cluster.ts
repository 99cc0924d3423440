/**
 * A cluster in memory behind the interfaces for messages: with transactions that really are all or nothing, and with
 * moments at which the process that uses it dies, before something happened or right behind it.
 */
import { type Fault, fault } from '../../lib/cluster/fault.ts'
import {
  type ExactlyOnceChannel,
  type ExactlyOnceJob,
  type MessageAccess,
  MessageAccessError,
  type MessageReader,
  type MessageSender,
  type OutgoingMessage,
  type Progress,
  type SendOutcome,
  type SentMessage,
  type StoredMessage,
} from '../../lib/cluster/messages.ts'

/** The process is gone: nothing of it catches this. */
export class Died extends Error {}

export class MemoryCluster implements MessageAccess {
  readonly topics = new Map<string, { topicId: string; partitions: StoredMessage[][]; startOffsets: bigint[] }>()
  /** By job: what its transactions committed. */
  readonly progress = new Map<string, Map<number, Progress>>()
  #owners = new Map<string, symbol>()
  /** Operations until it dies; null: never. */
  diesIn: number | null = null
  /** Asked before each send or commit: why it is refused; null: it is not. */
  refuses: (message: OutgoingMessage) => Fault | null = () => null
  /** Topics that nobody may see here. */
  readonly hidden = new Set<string>()
  /** What nobody may do with the channels of jobs. */
  readonly forbidden = new Set<'open' | 'peek'>()
  /** Asked when a message was stored by a send: whether nobody hears of it. */
  losesAnswer: (message: OutgoingMessage) => boolean = () => false
  /** Asked when a message was stored by a send: whether its broker leaves open if disk and replicas have it. */
  leavesOpen: (message: OutgoingMessage) => boolean = () => false
  /** Whether a refused transaction may be tried again. */
  isRefusalPassing = false
  /** Operations until one fails for a while. */
  failsIn: number | null = null
  /** So many fetches are answered by a new leader, which does not know of a partition's last record yet. */
  unsureReads = 0
  operations = 0
  commits = 0

  createTopic(name: string, partitions: number): void {
    const topicId = `id of ${name} ${this.operations++}`
    const logs = Array.from({ length: partitions }, (): StoredMessage[] => [])
    this.topics.set(name, { topicId, partitions: logs, startOffsets: logs.map(() => 0n) })
  }

  append(topic: string, partition: number, message: Partial<StoredMessage>): bigint {
    const log = this.#log(topic).partitions[partition] as StoredMessage[]
    const offset = (log.at(-1)?.offset ?? -1n) + 1n
    const stored: StoredMessage = {
      ...{ partition, broker: null, offset, timestampMs: 1_700_000_000_000, key: null, value: null, headers: [] },
      ...{ sizeBytes: 100, rocketmq: null },
      ...message,
    }
    log.push(stored)
    return offset
  }

  /** Retention: what lies below is gone. */
  expire(topic: string, partition: number, before: bigint): void {
    const log = this.#log(topic)
    log.partitions[partition] = (log.partitions[partition] ?? []).filter(({ offset }) => offset >= before)
    log.startOffsets[partition] = before
  }

  records(topic: string, partition: number): StoredMessage[] {
    return this.#log(topic).partitions[partition] ?? []
  }

  reader(): MessageReader {
    return {
      describe: async (topic) => {
        await this.#step()
        const { topicId, partitions, startOffsets } = this.#log(topic)
        return {
          topicId,
          partitions: partitions.map((log, partition) => ({
            ...{ partition, broker: null, startOffset: startOffsets[partition] ?? 0n, fault: null },
            endOffset: this.#end(topic, partition, log),
          })),
        }
      },
      offsetsAtTime: async (topic) => {
        await this.#step()
        const { startOffsets } = this.#log(topic)
        return startOffsets.map((offset, partition) => ({ partition, broker: null, offset }))
      },
      read: async ({ topic, partition, fromOffset, maxBytes }) => {
        await this.#step()
        if (partition >= this.#log(topic).partitions.length) {
          throw new MessageAccessError(fault('partitionNotFound', { topic, partition }), false)
        }
        const whole = this.records(topic, partition)
        const log = this.unsureReads-- > 0 ? whole.slice(0, -1) : whole
        const most = Math.max(1, Math.floor(maxBytes / 10_000))
        const messages = log.filter(({ offset }) => offset >= fromOffset).slice(0, most)
        const startOffset = this.#log(topic).startOffsets[partition] ?? 0n
        const endOffset = this.#end(topic, partition, log)
        const first = fromOffset > startOffset ? fromOffset : startOffset
        const nextOffset =
          messages.length === 0 ? (endOffset > first ? endOffset : first) : (messages.at(-1)?.offset ?? 0n) + 1n
        return { messages, nextOffset, isAtEnd: nextOffset >= endOffset, startOffset, endOffset, unreadable: [] }
      },
      close: async () => undefined,
    }
  }

  sender(): MessageSender {
    return {
      send: async (messages) => {
        const outcomes: SendOutcome[] = []
        const stuck = new Set<string>()
        for (const message of messages) {
          const place = { topic: message.topic, partition: this.#partitionOf(message), broker: null }
          const key = `${place.topic}/${place.partition}`
          const reason = this.refuses(message)
          if (stuck.has(key)) outcomes.push({ sent: null, fault: fault('precedingMessageFailed'), isUncertain: false })
          else if (reason !== null) {
            stuck.add(key)
            outcomes.push({ sent: null, fault: reason, isUncertain: false })
          } else {
            await this.#step()
            const offset = this.#store(message, place.partition)
            if (this.losesAnswer(message)) {
              stuck.add(key)
              outcomes.push({ sent: null, fault: fault('requestTimeout'), isUncertain: true })
            } else {
              const durability = this.leavesOpen(message) ? 'unconfirmed' : 'confirmed'
              outcomes.push({ sent: { ...place, offset }, fault: null, durability })
            }
          }
        }
        await this.#step()
        return outcomes
      },
      close: async () => undefined,
    }
  }

  exactlyOnce({ jobId, sourceTopic }: ExactlyOnceJob): ExactlyOnceChannel {
    const me = Symbol(jobId)
    // As Kafka does: of a topic that may not be seen, nothing is told.
    const told = () => (this.hidden.has(sourceTopic) ? [] : [...(this.progress.get(jobId)?.values() ?? [])])
    return {
      open: async () => {
        await this.#step()
        this.#refuseForbidden('open')
        this.#owners.set(jobId, me)
        return told()
      },
      peek: async () => {
        await this.#step()
        this.#refuseForbidden('peek')
        return told()
      },
      commit: async (messages, progressOf) => {
        await this.#step()
        if (this.#owners.get(jobId) !== me) throw new MessageAccessError(fault('producerFenced'), false)
        for (const message of messages) {
          const reason = this.refuses(message)
          if (reason !== null) throw new MessageAccessError(reason, this.isRefusalPassing)
        }
        const places = this.#plan(messages)
        const progress = progressOf(places)
        await this.#step()
        for (const [index, message] of messages.entries()) this.#store(message, places[index]?.partition ?? 0)
        const known = this.progress.get(jobId) ?? new Map<number, Progress>()
        for (const one of progress) known.set(one.partition, one)
        this.progress.set(jobId, known)
        this.commits += 1
        await this.#step()
        return places
      },
      forget: async () => {
        await this.#step()
        this.progress.delete(jobId)
      },
      close: async () => undefined,
    }
  }

  async deleteBefore(): Promise<void> {
    throw new MessageAccessError(fault('unsupportedByBroker'), false)
  }

  async close(): Promise<void> {
    // Nothing is open.
  }

  #refuseForbidden(act: 'open' | 'peek'): void {
    if (this.forbidden.has(act)) throw new MessageAccessError(fault('authorizationFailed'), false)
  }

  #plan(messages: readonly OutgoingMessage[]): SentMessage[] {
    const ends = new Map<string, bigint>()
    return messages.map((message) => {
      const partition = this.#partitionOf(message)
      const key = `${message.topic}/${partition}`
      const offset = ends.get(key) ?? (this.records(message.topic, partition).at(-1)?.offset ?? -1n) + 1n
      ends.set(key, offset + 1n)
      return { topic: message.topic, partition, broker: null, offset }
    })
  }

  #partitionOf({ partition, key, topic }: OutgoingMessage): number {
    return partition ?? (key?.[key.length - 1] ?? 0) % this.#log(topic).partitions.length
  }

  #store({ topic, key, value, headers }: OutgoingMessage, partition: number): bigint {
    return this.append(topic, partition, { key, value, headers: [...headers] })
  }

  #end(topic: string, partition: number, log: readonly StoredMessage[]): bigint {
    const start = this.#log(topic).startOffsets[partition] ?? 0n
    const end = (log.at(-1)?.offset ?? -1n) + 1n
    return end > start ? end : start
  }

  #log(topic: string) {
    if (this.hidden.has(topic)) throw new MessageAccessError(fault('authorizationFailed', { topic }), false)
    const log = this.topics.get(topic)
    if (log === undefined) throw new MessageAccessError(fault('topicDeleted', { topic }), false)
    return log
  }

  /** Lets others run, and is where the process may die or the cluster may fail. */
  async #step(): Promise<void> {
    await Promise.resolve()
    this.operations += 1
    if (this.diesIn !== null && this.diesIn-- <= 0) throw new Died()
    if (this.failsIn !== null && this.failsIn-- === 0) {
      this.failsIn = null
      throw new MessageAccessError(fault('leaderNotAvailable'), true)
    }
  }
}
