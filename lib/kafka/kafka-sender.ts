/** Sends messages with acks=all and an idempotent producer, and says of each what became of it. */
import { type Fault, fault } from '../cluster/fault.ts'
import { MessageAccessError, type MessageSender, type OutgoingMessage, type SendOutcome } from '../cluster/messages.ts'
import { BatchProducer } from './batch-producer.ts'
import { choosePartition } from './choose-partition.ts'
import type { ProducerState } from './encode-batch.ts'
import type { KafkaClient } from './kafka-client.ts'
import { faultOfErrorCode } from './kafka-fault.ts'
import { INIT_PRODUCER_ID } from './kafka-requests.ts'
import { DEFAULT_PATIENCE_MS, KafkaRouter } from './kafka-router.ts'
import { type PartitionResult, producePartition, sequenceBehind } from './partition-producer.ts'

/** Without a transactional id no transaction ever times out. */
const NO_TIMEOUT_MS = 0

interface Place {
  topic: string
  partition: number
}

export class KafkaSender implements MessageSender {
  readonly #client: KafkaClient
  readonly #router: KafkaRouter
  readonly #patienceMs: number
  /** Null: none yet, or one of its sequences is in doubt. */
  #producer: ProducerState | null = null
  readonly #sequences = new Map<string, number>()
  #last: Promise<unknown> = Promise.resolve()
  heldBackMs = 0

  constructor(client: KafkaClient, patienceMs: number = DEFAULT_PATIENCE_MS) {
    this.#client = client
    this.#patienceMs = patienceMs
    this.#router = new KafkaRouter(client, patienceMs)
  }

  /** One call after the other: the messages of a partition carry numbers without a gap. */
  send(messages: readonly OutgoingMessage[], signal: AbortSignal): Promise<SendOutcome[]> {
    const sending = this.#last.then(() => this.#send(messages, signal))
    this.#last = sending.catch(() => undefined)
    return sending
  }

  async close(): Promise<void> {
    await this.#client.close()
  }

  async #send(messages: readonly OutgoingMessage[], signal: AbortSignal): Promise<SendOutcome[]> {
    const outcomes: SendOutcome[] = []
    const byPlace = new Map<string, { place: Place; indexes: number[] }>()
    for (const [index, message] of messages.entries()) {
      const place = await this.#place(message, signal)
      if ('code' in place) outcomes[index] = notSent(place)
      else {
        const key = `${place.topic}/${place.partition}`
        const group = byPlace.get(key) ?? { place, indexes: [] }
        byPlace.set(key, group)
        group.indexes.push(index)
      }
    }
    const producer = await faultInstead(() => this.#openProducer(signal))
    if ('code' in producer) {
      for (const { indexes } of byPlace.values()) for (const index of indexes) outcomes[index] = notSent(producer)
      return outcomes
    }
    const batches = new BatchProducer(this.#router, { transactionalId: null, patienceMs: this.#patienceMs }, signal)
    await Promise.all(
      [...byPlace].map(async ([key, { place, indexes }]) => {
        const some = indexes.map((index) => messages[index]).filter((message) => message !== undefined)
        const result = await this.#produce(batches, producer, key, place, some)
        indexes.forEach((index, position) => {
          outcomes[index] = outcomeOf(place, result, position)
        })
      }),
    )
    this.heldBackMs = batches.heldBackMs ?? this.heldBackMs
    return outcomes
  }

  async #produce(
    batches: BatchProducer,
    producer: ProducerState,
    key: string,
    place: Place,
    messages: readonly OutgoingMessage[],
  ): Promise<PartitionResult> {
    const sequence = this.#sequences.get(key) ?? 0
    const result = await producePartition(batches, { ...place, messages, producer, sequence, nowMs: Date.now() })
    this.#sequences.set(key, sequenceBehind(sequence, result.offsets.length))
    // Only a refusal of these very messages leaves the numbering of the partition known.
    const isKnown = !result.failure || (!result.failure.mayBeStored && result.failure.fault.code !== 'brokerError')
    if (!isKnown || result.failure?.fault.code === 'producerFenced') this.#producer = null
    return result
  }

  async #openProducer(signal: AbortSignal): Promise<ProducerState> {
    if (this.#producer) return this.#producer
    const answer = await this.#router.retry(signal, async () => {
      const [broker = -1] = await this.#router.listBrokers(signal)
      const asked = await this.#client.callWithin(signal, broker, INIT_PRODUCER_ID, null, NO_TIMEOUT_MS, -1n, -1)
      const reason = asked.fault ?? faultOfErrorCode(asked.value.errorCode, { api: INIT_PRODUCER_ID.name, broker })
      return reason ? { value: null, fault: reason } : asked
    })
    this.#sequences.clear()
    this.#producer = { producerId: answer.producerId, producerEpoch: answer.producerEpoch, isTransactional: false }
    return this.#producer
  }

  /** Where the message goes, or why it cannot go anywhere. */
  #place({ topic, partition, key }: OutgoingMessage, signal: AbortSignal): Promise<Place | Fault> {
    return faultInstead(async () => {
      const { partitions } = await this.#router.topic(topic, signal)
      const chosen = partition ?? choosePartition(key, partitions.length, Math.floor(Math.random() * partitions.length))
      await this.#router.partition(topic, chosen, signal)
      return { topic, partition: chosen }
    })
  }
}

async function faultInstead<T>(work: () => Promise<T>): Promise<T | Fault> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof MessageAccessError) return error.fault
    throw error
  }
}

function notSent(reason: Fault): SendOutcome {
  return { sent: null, fault: reason, isUncertain: false }
}

function outcomeOf({ topic, partition }: Place, { offsets, failure }: PartitionResult, position: number): SendOutcome {
  const offset = offsets[position]
  if (offset !== undefined) return { sent: { topic, partition, broker: null, offset }, fault: null }
  if (!failure || position >= offsets.length + failure.inDoubt) {
    return notSent(fault('precedingMessageFailed', { topic, partition }))
  }
  return { sent: null, fault: failure.fault, isUncertain: failure.mayBeStored }
}
