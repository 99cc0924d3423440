/** Fills dead-letter topics as a framework would, and reads what came out of a replay as any consumer would. */
import { randomUUID } from 'node:crypto'
import { springException, springOrigin } from '../../builders/dead-letters.ts'
import type { TestClients } from '../../servers/kafka-clients.ts'

export interface DeadLetterLoad {
  topic: string
  origin: string
  records: number
  /** Of both topics. */
  partitions: number
  valueBytes?: number
}

/** What a broker takes at once, also when all of it is for one partition. */
const BATCH_BYTES = 1_000_000
const HEADER_BYTES = 500

/** Record n lies in partition n % partitions, and tells so in its value. */
export async function produceDeadLetters({ producer }: TestClients, load: DeadLetterLoad): Promise<void> {
  const { topic, origin, records, partitions, valueBytes = 0 } = load
  const batchRecords = Math.max(1, Math.floor(BATCH_BYTES / (valueBytes + HEADER_BYTES)))
  const padding = 'x'.repeat(Math.max(0, valueBytes - 20))
  const trace = springException({ cause: 'com.acme.BrokenException', message: 'broken', stackTrace: 'com.acme.Broken' })
  for (let from = 0; from < records; from += batchRecords) {
    const messages = Array.from({ length: Math.min(batchRecords, records - from) }, (_, index) => {
      const number = from + index
      const partition = number % partitions
      const marks = [...trace, ...springOrigin({ topic: origin, partition, offset: BigInt(number), group: 'billing' })]
      const headers = Object.fromEntries(marks.map(([name, value]) => [name, Buffer.from(value ?? '')]))
      return {
        partition,
        key: `key-${number % 97}`,
        value: `${number} ${padding}`,
        headers: { ...headers, business: 'kept' },
      }
    })
    await producer.send({ topic, messages, acks: -1 })
  }
}

export interface ReadBack {
  count: number
  doubled: number[]
  /** Numbers that came after a greater one in their partition. */
  outOfOrder: number[]
  headerNames: string[]
}

const END = 'end'

/** What a read_committed consumer sees of a topic: up to a mark that is written to each partition first. */
export async function readCommitted(
  { kafka, producer }: TestClients,
  topic: string,
  partitions: number,
): Promise<ReadBack> {
  const marks = Array.from({ length: partitions }, (_, partition) => ({ partition, value: END }))
  await producer.send({ topic, messages: marks, acks: -1 })
  const consumer = kafka.consumer({
    groupId: `reader-${randomUUID()}`,
    readUncommitted: false,
    maxBytesPerPartition: 4e6,
  })
  const seen = new SeenRecords()
  const open = new Set(marks.map(({ partition }) => partition))
  const done = Promise.withResolvers<void>()
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    eachBatch: async ({ batch }) => {
      for (const { value, headers } of batch.messages) {
        if (String(value) === END) open.delete(batch.partition)
        else seen.add(batch.partition, Number.parseInt(String(value), 10), Object.keys(headers ?? {}))
      }
      if (open.size === 0) done.resolve()
    },
  })
  await done.promise
  await consumer.disconnect()
  return seen.result()
}

class SeenRecords {
  readonly #numbers = new Set<number>()
  readonly #last = new Map<number, number>()
  readonly #names = new Set<string>()
  readonly #result = { count: 0, doubled: [] as number[], outOfOrder: [] as number[] }

  add(partition: number, number: number, names: readonly string[]): void {
    this.#result.count += 1
    if (this.#numbers.has(number)) this.#result.doubled.push(number)
    this.#numbers.add(number)
    if (number < (this.#last.get(partition) ?? -1)) this.#result.outOfOrder.push(number)
    this.#last.set(partition, number)
    for (const name of names) this.#names.add(name)
  }

  result(): ReadBack {
    return { ...this.#result, headerNames: [...this.#names].sort() }
  }
}
