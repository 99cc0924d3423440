/** Reads messages without a trace: no group, no commit, no waiting, no heartbeat. */
import { type Fault, fault } from '../cluster/fault.ts'
import type {
  MessageBatch,
  MessageReader,
  PartitionLog,
  PartitionPlace,
  ReadRequest,
  StoredMessage,
  TopicLog,
} from '../cluster/messages.ts'
import type { Outcome } from '../cluster/outcome.ts'
import { accessError } from './access-error.ts'
import { type PulledMessages, SEARCH_OFFSET } from './message-requests.ts'
import { originalPlaces } from './original-places.ts'
import { pullMessages } from './pull-messages.ts'
import { readQueue } from './read-queue.ts'
import type { RocketmqCaller, RocketmqClient } from './rocketmq-client.ts'
import { type QueueOffsets, TOPIC_STATS } from './rocketmq-requests.ts'
import { askPlace, type TopicPlace, type TopicPlaces } from './topic-places.ts'

/** Enough to pass the messages of a few milliseconds. */
const TIME_SEARCH_BYTES = 64 * 1024

export class RocketmqReader implements MessageReader {
  readonly #client: RocketmqClient
  readonly #places: TopicPlaces

  constructor(client: RocketmqClient, places: TopicPlaces) {
    this.#client = client
    this.#places = places
  }

  async describe(topic: string, signal: AbortSignal): Promise<TopicLog> {
    const caller = this.#client.during(signal)
    const places = await this.#places.find(caller, topic)
    const partitions = await Promise.all(places.map((place) => describePlace(caller, topic, place)))
    // Not that every queue is unknown, but that nobody had the time to look.
    if (signal.aborted) throw accessError(fault('requestTimeout', { api: TOPIC_STATS.name }))
    return { topicId: null, partitions: partitions.flat() }
  }

  async offsetsAtTime(
    topic: string,
    atMs: number,
    signal: AbortSignal,
  ): Promise<(PartitionPlace & { offset: bigint })[]> {
    const caller = this.#client.during(signal)
    const places = await this.#places.find(caller, topic)
    const offsets = await Promise.all(places.map((place) => new PlaceReading(caller, topic, place).offsetsAtTime(atMs)))
    return offsets.flat()
  }

  async read(request: ReadRequest, signal: AbortSignal): Promise<MessageBatch> {
    const { topic, broker } = request
    const caller = this.#client.during(signal)
    const places = await this.#places.find(caller, topic)
    const place = places.find(({ brokerName }) => brokerName === broker)
    if (place === undefined) throw accessError(fault('leaderNotAvailable', { topic, broker: broker ?? '' }))
    const reading = new PlaceReading(caller, topic, place)
    return reading.read(request, await reading.offsetsOf(request.partition))
  }

  async originalPlaces(
    topic: string,
    letters: readonly StoredMessage[],
    signal: AbortSignal,
  ): Promise<(PartitionPlace | null)[]> {
    const caller = this.#client.during(signal)
    return originalPlaces(caller, topic, await this.#places.find(caller, topic), letters)
  }

  /** Connections are the access's own, and end by themselves when nobody uses them. */
  close(): Promise<void> {
    return Promise.resolve()
  }
}

async function describePlace(caller: RocketmqCaller, topic: string, place: TopicPlace): Promise<PartitionLog[]> {
  const stats = await askPlace(caller, place, TOPIC_STATS, topic)
  const count = Math.max(place.queues, stats.value?.length ?? 0)
  return Array.from({ length: count }, (_, partition): PartitionLog => {
    const offsets = stats.value?.[partition]
    const where = { partition, broker: place.brokerName }
    if (offsets) return { ...where, startOffset: offsets.min, endOffset: offsets.max, fault: null }
    const reason: Fault = stats.fault ?? fault('leaderNotAvailable', { topic, broker: place.brokerName })
    return { ...where, startOffset: null, endOffset: null, fault: reason }
  })
}

/** A topic's queues on one broker. Its methods throw `MessageAccessError`. */
class PlaceReading {
  readonly #caller: RocketmqCaller
  readonly #topic: string
  readonly #place: TopicPlace

  constructor(caller: RocketmqCaller, topic: string, place: TopicPlace) {
    this.#caller = caller
    this.#topic = topic
    this.#place = place
    // Said before it is asked: the broker's refusal has the code of a missing right.
    if (!place.isReadable) throw accessError(fault('notReadable', { topic, broker: place.brokerName }))
  }

  read({ partition, fromOffset, maxBytes }: ReadRequest | QueuePosition, offsets: QueueOffsets): Promise<MessageBatch> {
    const { brokerName: broker } = this.#place
    return readQueue({ broker, fromOffset, maxBytes, offsets }, (offset) => this.#pull(partition, offset))
  }

  async offsetsOf(partition: number): Promise<QueueOffsets> {
    const offsets = (await this.#allOffsets())[partition]
    if (offsets) return offsets
    throw accessError(fault('partitionNotFound', { topic: this.#topic, partition }))
  }

  async offsetsAtTime(atMs: number): Promise<(PartitionPlace & { offset: bigint })[]> {
    const all = await this.#allOffsets()
    return Promise.all(
      all.flatMap((offsets, partition) => {
        if (offsets === undefined) return []
        return [
          this.#offsetAtTime(partition, offsets, atMs).then((offset) => ({
            partition,
            broker: this.#place.brokerName,
            offset,
          })),
        ]
      }),
    )
  }

  /**
   * The broker is asked for the millisecond before, and from its answer on every message is looked at: so also the
   * first of several in one millisecond is found, and the neighbours that 4.9 answers do no harm.
   */
  async #offsetAtTime(partition: number, offsets: QueueOffsets, atMs: number): Promise<bigint> {
    if (offsets.min >= offsets.max) return offsets.max
    const near = await this.#ask(askPlace(this.#caller, this.#place, SEARCH_OFFSET, this.#topic, partition, atMs - 1))
    let from = near
    for (;;) {
      const batch = await this.read({ partition, fromOffset: from, maxBytes: TIME_SEARCH_BYTES }, offsets)
      const found = batch.messages.find(({ timestampMs }) => timestampMs !== null && timestampMs >= atMs)
      if (found) return found.offset
      if (batch.isAtEnd) return batch.nextOffset
      from = batch.nextOffset
    }
  }

  #allOffsets(): Promise<(QueueOffsets | undefined)[]> {
    return this.#ask(askPlace(this.#caller, this.#place, TOPIC_STATS, this.#topic))
  }

  #pull(partition: number, offset: bigint): Promise<PulledMessages> {
    return this.#ask(pullMessages(this.#caller, this.#place, this.#topic, partition, offset))
  }

  async #ask<Answer>(question: Promise<Outcome<Answer>>): Promise<Answer> {
    const outcome = await question
    if (outcome.fault) throw accessError(outcome.fault)
    return outcome.value
  }
}

interface QueuePosition {
  partition: number
  fromOffset: bigint
  maxBytes: number
}
