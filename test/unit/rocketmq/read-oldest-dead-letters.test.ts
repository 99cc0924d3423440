import { beforeEach, describe, expect, it } from 'vitest'
import { FactBook } from '../../../lib/cluster/fact-book.ts'
import { fault } from '../../../lib/cluster/fault.ts'
import { deadLetterQueues, OldestDeadLetterReader } from '../../../lib/rocketmq/read-oldest-dead-letters.ts'
import type { BrokerTables } from '../../../lib/rocketmq/read-tables.ts'
import type { RocketmqCaller } from '../../../lib/rocketmq/rocketmq-client.ts'
import { MINUTE_MS, SECOND_MS } from '../../../lib/units.ts'
import { aQueue, aRocketmqTopic } from '../../builders/rocketmq.ts'

/** A broker: the store time of each queue's oldest message; queues without one are refused. */
class OneBroker implements RocketmqCaller {
  readonly storedAtMs = new Map<number, number | null>()
  readonly asked: unknown[][] = []

  call: RocketmqCaller['call'] = (address, _request, ...args) => {
    this.asked.push([address, ...args])
    const atMs = this.storedAtMs.get(args[1] as number)
    const refused = { value: null, fault: fault('brokerError') } as const
    return Promise.resolve(atMs === undefined ? refused : { value: atMs as never, fault: null })
  }
}

function tablesOf(brokerName: string, isSilent = false): BrokerTables {
  const source = { id: `${brokerName}:0`, brokerName, number: 0, clusterName: 't', address: `${brokerName}:1` }
  const none = new Map()
  return {
    ...{ brokerName, topics: none, groups: none, offsets: none, offsetsBefore: none, queues: none, topicFaults: none },
    source: isSilent ? null : { ...source, isMaster: true },
  }
}

const TABLES = [tablesOf('a'), tablesOf('silent', true)]

function queuesOf(...startOffsets: bigint[]) {
  const partitions = startOffsets.map((startOffset, queue) => aQueue('a', queue, { startOffset, endOffset: 100_000n }))
  return deadLetterQueues([aRocketmqTopic('%DLQ%g', { partitions })], TABLES)
}

let broker: OneBroker
let book: FactBook
let reader: OldestDeadLetterReader

beforeEach(() => {
  broker = new OneBroker()
  book = new FactBook({ deadLetters: MINUTE_MS })
  reader = new OldestDeadLetterReader(MINUTE_MS)
})

async function read(queues: ReturnType<typeof queuesOf>, nowMs: number): Promise<(number | null)[]> {
  book.begin()
  await reader.read(broker, queues, book, nowMs)
  return queues.map(({ partition }) => partition.oldestAtMs)
}

it('only dead letters that are there, of brokers that answer, are asked about', () => {
  const partitions = [aQueue('a', 0), aQueue('a', 1, { endOffset: 0n }), aQueue('silent', 0), aQueue('gone', 0)]
  const unread = aQueue('a', 2, { startOffset: null, endOffset: null })
  const topics = ['%DLQ%g', 'orders', '%RETRY%g'].map((name) =>
    aRocketmqTopic(name, { partitions: [...partitions, unread] }),
  )
  const queues = deadLetterQueues(topics, TABLES)
  expect(queues.map(({ topic, address, partition }) => [topic, address, partition.partition])).toEqual([
    ['%DLQ%g', 'a:1', 0],
  ])
})

describe('the oldest dead letter', () => {
  it('is read once per pace', async () => {
    broker.storedAtMs.set(0, 7_000)
    expect(await read(queuesOf(3n), 0)).toEqual([7_000])
    broker.storedAtMs.set(0, 8_000)
    expect(await read(queuesOf(3n), 59 * SECOND_MS)).toEqual([7_000])
    expect(await read(queuesOf(3n), MINUTE_MS)).toEqual([8_000])
    expect(broker.asked).toEqual([
      ['a:1', '%DLQ%g', 0],
      ['a:1', '%DLQ%g', 0],
    ])
    expect(book.list()).toMatchObject([{ lastReadAtMs: MINUTE_MS, faultCount: 0 }])
  })

  it('is another one as soon as the queue starts later', async () => {
    broker.storedAtMs.set(0, 7_000)
    await read(queuesOf(3n), 0)
    broker.storedAtMs.set(0, 9_000)
    expect(await read(queuesOf(4n), SECOND_MS)).toEqual([9_000])
  })

  it('is unknown where the broker refuses or does not know, and the refusal stays named', async () => {
    broker.storedAtMs.set(0, null)
    expect(await read(queuesOf(3n, 3n), 0)).toEqual([null, null])
    expect(await read(queuesOf(3n, 3n), SECOND_MS)).toEqual([null, null])
    expect(broker.asked).toHaveLength(2)
    expect(book.list()).toMatchObject([{ faults: [{ subject: { type: 'topic', name: '%DLQ%g' } }], faultCount: 1 }])
  })

  it('of many queues is read a part at a time', async () => {
    const many = Array.from({ length: 150 }, () => 3n)
    for (const queue of many.keys()) broker.storedAtMs.set(queue, 7_000)
    const first = await read(queuesOf(...many), 0)
    expect(first.filter((atMs) => atMs === null)).toHaveLength(50)
    expect(await read(queuesOf(...many), SECOND_MS)).not.toContain(null)
    expect(broker.asked).toHaveLength(150)
  })
})
