/** What goes on in the demo's cluster: producers, consumers of every kind, dead letters. It outlives broker restarts. */
import { type Consumer, type EachBatchPayload, Kafka, logLevel, type Producer } from 'kafkajs'
import { SECOND_MS } from '../../lib/units.ts'
import { createTopics } from '../servers/create-topics.ts'
import { Burials } from './burials.ts'
import { startNewProtocolGroup, startShareGroup } from './other-groups.ts'
import { STREAMS, type Stream, TOPICS } from './topics.ts'

const TICK_MS = SECOND_MS / 4
const SWING_MS = 240 * SECOND_MS
const STOP_MS = 2 * SECOND_MS
/** The slow reader of clicks handles this many a second, a third of what is written. */
const SLOW_PER_SECOND = 50
const FAULTY_PER_SECOND = 4
const BACKLOG = 20_000
const RETRY = { initialRetryTime: 300, maxRetryTime: 5 * SECOND_MS, retries: 1_000_000 }

export interface Workload {
  /** Makes the group that handles orders slow, or fast again. */
  setSlow(slow: boolean): void
  /** Lets so many orders that come next die of one cause. */
  failOrders(count: number): void
  stop(): Promise<void>
}

export async function startWorkload(bootstrapServers: string[]): Promise<Workload> {
  const kafka = new Kafka({ clientId: 'shop', brokers: bootstrapServers, logLevel: logLevel.NOTHING, retry: RETRY })
  await prepareTopics(kafka)
  const producer = kafka.producer({ allowAutoTopicCreation: false })
  await producer.connect()
  await addBacklog(producer)
  const shop = new Shop(kafka, producer)
  await shop.start(bootstrapServers)
  return shop
}

async function prepareTopics(kafka: Kafka): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  await createTopics(admin, TOPICS)
  // A group that once read and is gone.
  await admin.setOffsets({
    groupId: 'monthly-report',
    topic: 'payments',
    partitions: Array.from({ length: 6 }, (_, partition) => ({ partition, offset: '0' })),
  })
  await admin.disconnect()
}

/** So that the first page has something to show. */
async function addBacklog(producer: Producer): Promise<void> {
  for (const stream of STREAMS) {
    const share = stream.perSecond / STREAMS.reduce((sum, { perSecond }) => sum + perSecond, 0)
    for (let left = Math.round(BACKLOG * share); left > 0; left -= 1_000) {
      await producer.send({ topic: stream.topic, messages: messagesOf(stream, Math.min(left, 1_000)) })
    }
  }
}

let sequence = 0

function messagesOf(stream: Stream, count: number): { key: string; value: string }[] {
  return Array.from({ length: count }, () => {
    const id = `${stream.topic}-${++sequence}`
    const body = { id, customer: `c-${sequence % 5_000}`, amountCents: (sequence * 7_919) % 90_000, currency: 'EUR' }
    return { key: id, value: JSON.stringify({ ...body, note: 'x'.repeat(Math.max(0, stream.bytes - 107)) }) }
  })
}

class Shop implements Workload {
  readonly #kafka: Kafka
  readonly #producer: Producer
  readonly #consumers: Consumer[] = []
  readonly #timers: NodeJS.Timeout[] = []
  readonly #stops: (() => Promise<void>)[] = []
  readonly #burials: Burials
  #slow = false
  #stopping = false

  constructor(kafka: Kafka, producer: Producer) {
    this.#kafka = kafka
    this.#producer = producer
    this.#burials = new Burials(producer)
  }

  async start(bootstrapServers: string[]): Promise<void> {
    for (const stream of STREAMS) this.#produce(stream)
    const groups = [
      this.#consume('order-fulfilment', 'orders', (batch) => this.#fulfil(batch)),
      this.#consume('payment-ledger', 'payments', (batch) => this.#burials.payments(batch)),
      this.#consume('parcel-shipping', 'shipments', (batch) => this.#burials.shipments(batch)),
      this.#consume('click-analytics', 'clicks', ({ batch }) => this.#pause(batch.messages.length / SLOW_PER_SECOND)),
    ]
    const others = await Promise.all([startNewProtocolGroup(bootstrapServers), startShareGroup(bootstrapServers)])
    this.#stops.push(...others)
    await Promise.all(groups)
  }

  setSlow(slow: boolean): void {
    this.#slow = slow
  }

  failOrders(count: number): void {
    this.#burials.failOrders(count)
  }

  async stop(): Promise<void> {
    this.#stopping = true
    for (const timer of this.#timers) clearInterval(timer)
    const all = [
      ...this.#stops.map((stop) => stop()),
      ...this.#consumers.map((consumer) => consumer.disconnect()),
      this.#producer.disconnect(),
    ]
    // Brokers may be down: then goodbyes are not heard, and the processes end anyway.
    let timer: NodeJS.Timeout | undefined
    const patience = new Promise<void>((done) => {
      timer = setTimeout(done, STOP_MS)
    })
    await Promise.race([Promise.allSettled(all), patience])
    clearTimeout(timer)
  }

  #produce(stream: Stream): void {
    let owed = 0
    let busy = false
    const timer = setInterval(async () => {
      const swing = 1 + 0.5 * Math.sin((2 * Math.PI * Date.now()) / SWING_MS)
      owed = Math.min(owed + (stream.perSecond * swing * TICK_MS) / SECOND_MS, stream.perSecond * 5)
      const count = Math.floor(owed)
      if (busy || count === 0) return
      busy = true
      owed -= count
      try {
        await this.#producer.send({ topic: stream.topic, messages: messagesOf(stream, count) })
      } catch {
        // A shop whose orders are refused goes on taking orders; the console is there to say why.
      } finally {
        busy = false
      }
    }, TICK_MS)
    this.#timers.push(timer)
  }

  async #consume(groupId: string, topic: string, handle: (batch: EachBatchPayload) => Promise<void>): Promise<void> {
    const retry = { ...RETRY, restartOnFailure: async () => !this.#stopping }
    const consumer = this.#kafka.consumer({ groupId, maxBytesPerPartition: 32 * 1024, maxBytes: 256 * 1024, retry })
    this.#consumers.push(consumer)
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    await consumer.run({
      eachBatch: async (payload) => {
        await handle(payload)
        await payload.heartbeat()
      },
    })
  }

  async #fulfil(payload: EachBatchPayload): Promise<void> {
    const { batch, heartbeat } = payload
    if (this.#slow) await this.#pause(batch.messages.length / FAULTY_PER_SECOND, heartbeat)
    await this.#burials.orders(payload)
  }

  /** Works slowly without losing the place in the group. */
  async #pause(seconds: number, heartbeat?: () => Promise<void>): Promise<void> {
    const until = Date.now() + Math.min(seconds, 20) * SECOND_MS
    while (!this.#stopping && Date.now() < until) {
      await new Promise((done) => setTimeout(done, Math.min(SECOND_MS, until - Date.now())))
      await heartbeat?.()
    }
  }
}
