/** The shop's programs that cannot handle every record, and bury what they cannot. */
import { randomUUID } from 'node:crypto'
import type { EachBatchPayload, IHeaders, KafkaMessage, Producer } from 'kafkajs'
import { OWN_HEADERS } from '../../lib/dlq/own-headers.ts'
import { causeOf, stockTimeout } from './causes.ts'
import { type Cause, connectHeaders, recovererHeaders, retryHeaders, type Source } from './dead-letter.ts'

/** One of so many records dies; about one in five seconds each. */
const DEATHS = { orders: 200, payments: 120, shipments: 50, warehouse: 250 } as const
type Program = keyof typeof DEATHS

const RETRY_TOPICS = ['shipments-retry-1000', 'shipments-retry-2000', 'shipments-dlt']
const CONNECTORS = [
  { name: 'warehouse', stage: 'VALUE_CONVERTER', executing: 'org.apache.kafka.connect.json.JsonConverter' },
  { name: 'warehouse', stage: 'TASK_PUT', executing: 'org.apache.kafka.connect.sink.SinkTask' },
]
const ATTEMPTS = 3

interface Grave {
  topic: string
  partition: number
  /** Null when the broker did not say. */
  offset: string | null
}

export class Burials {
  readonly #producer: Producer
  readonly #handled: Record<Program, number> = { orders: 0, payments: 0, shipments: 0, warehouse: 0 }
  /** Keys of orders that die whenever they come. */
  readonly #cursed = new Set<string>()
  #failing = 0

  constructor(producer: Producer) {
    this.#producer = producer
  }

  /** Lets so many orders that come next die of one cause. */
  failOrders(count: number): void {
    this.#failing += count
  }

  /** Buried as by Spring's recoverer. */
  async orders({ batch }: EachBatchPayload): Promise<void> {
    for (const message of batch.messages) {
      const isCursed = this.#cursed.has(String(message.key))
      const number = this.#dies('orders')
      const isOneOfMany = this.#failing > 0
      if (!isCursed && number === null && !isOneOfMany) continue
      if (isOneOfMany) this.#failing -= 1
      const cause = isOneOfMany ? stockTimeout(this.#handled.orders % 977) : causeOf('orders', number ?? 1)
      const source = sourceOf(batch, message, 'order-fulfilment')
      const grave = { topic: 'orders-dlt', partition: batch.partition % 3 }
      const buried = await this.#bury(grave, message, recovererHeaders(source, cause, ATTEMPTS))
      if (this.#cursed.size < 2 && !isCursed) await this.#sendBack(buried, batch.partition, message, cause)
    }
  }

  /** Some by Spring's recoverer with the names of old, some by a Connect worker that reads the same. */
  async payments({ batch }: EachBatchPayload): Promise<void> {
    for (const message of batch.messages) {
      const number = this.#dies('payments')
      if (number !== null) {
        const headers = recovererHeaders(
          sourceOf(batch, message, 'payment-ledger'),
          causeOf('payments', number),
          ATTEMPTS,
        )
        await this.#bury({ topic: 'payments.DLT', partition: batch.partition }, message, headers)
      }
      const row = this.#dies('warehouse')
      if (row === null) continue
      const connector = CONNECTORS[row % CONNECTORS.length] ?? CONNECTORS[0]
      if (connector === undefined) continue
      const source = sourceOf(batch, message, 'connect-warehouse')
      const headers = connectHeaders(source, connector, causeOf('warehouse', row))
      await this.#bury({ topic: 'warehouse-dlq', partition: 0 }, message, headers)
    }
  }

  /** Through Spring's retry topics. */
  async shipments({ batch }: EachBatchPayload): Promise<void> {
    for (const message of batch.messages) {
      const number = this.#dies('shipments')
      if (number === null) continue
      const source = sourceOf(batch, message, 'parcel-shipping')
      const cause = causeOf('shipments', number)
      for (const [index, topic] of RETRY_TOPICS.entries()) {
        await this.#bury({ topic, partition: batch.partition }, message, retryHeaders(source, cause, index + 1))
      }
    }
  }

  /** Counts a record; the number of its death, or null when it lives. */
  #dies(program: Program): number | null {
    const handled = ++this.#handled[program]
    return handled % DEATHS[program] === 0 ? handled / DEATHS[program] : null
  }

  async #bury(
    { topic, partition }: Omit<Grave, 'offset'>,
    { key, value }: KafkaMessage,
    headers: IHeaders,
  ): Promise<Grave> {
    const [stored] = await this.#producer.send({ topic, messages: [{ key, value, partition, headers }] })
    return { topic, partition, offset: stored?.baseOffset ?? null }
  }

  /** One order comes back from a replay by the console, another from a copy by hand: both die again. */
  async #sendBack(grave: Grave, partition: number, message: KafkaMessage, cause: Cause): Promise<void> {
    const isReplay = this.#cursed.size === 0
    this.#cursed.add(String(message.key))
    const replay = {
      [OWN_HEADERS.replayId]: randomUUID(),
      [OWN_HEADERS.attempt]: '1',
      [OWN_HEADERS.source]: `${grave.topic}-${grave.partition}@${grave.offset ?? 0}`,
      [OWN_HEADERS.at]: new Date().toISOString(),
    }
    const copied = recovererHeaders(
      sourceOf({ topic: 'orders', partition }, message, 'order-fulfilment'),
      cause,
      ATTEMPTS,
    )
    const headers = { ...message.headers, ...(isReplay ? replay : copied) }
    await this.#producer.send({
      topic: 'orders',
      messages: [{ key: message.key, value: message.value, partition, headers }],
    })
  }
}

function sourceOf(place: { topic: string; partition: number }, message: KafkaMessage, group: string): Source {
  const { offset, timestamp, headers } = message
  return { topic: place.topic, partition: place.partition, group, offset, timestamp, headers }
}
