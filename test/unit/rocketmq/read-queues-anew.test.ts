import { beforeEach, describe, expect, it } from 'vitest'
import { fault } from '../../../lib/cluster/fault.ts'
import { AnewQueueReader } from '../../../lib/rocketmq/read-queues-anew.ts'
import type { BrokerTables } from '../../../lib/rocketmq/read-tables.ts'
import type { RocketmqCaller } from '../../../lib/rocketmq/rocketmq-client.ts'
import type { QueueOffsets, TopicTable } from '../../../lib/rocketmq/rocketmq-requests.ts'

/** A broker: the store time of each topic's first message; topics without one are refused. */
class OneBroker implements RocketmqCaller {
  readonly storedAtMs = new Map<string, number | null>()
  readonly asked: unknown[][] = []

  call: RocketmqCaller['call'] = (address, _request, ...args) => {
    this.asked.push([address, ...args])
    const atMs = this.storedAtMs.get(args[0] as string)
    const refused = { value: null, fault: fault('brokerError') } as const
    return Promise.resolve(atMs === undefined ? refused : { value: atMs as never, fault: null })
  }
}

const queue = (min: bigint, max: bigint, lastStoredAtMs: number | null): QueueOffsets => ({ min, max, lastStoredAtMs })
const topicsOf = (...names: string[]): TopicTable => new Map(names.map((name) => [name, {} as never]))

interface Told {
  topics?: TopicTable
  queues?: Record<string, QueueOffsets[]>
  committed?: Record<string, bigint[]>
  master?: string
  isMaster?: boolean
}

/** What broker a tells; `orders` was read up to 1. */
function tablesOf({ topics, queues = {}, committed = { orders: [1n] }, master = 'a:0', isMaster = true }: Told) {
  const source = { id: master, brokerName: 'a', number: 0, clusterName: 't', address: 'a:1', isMaster }
  const none = new Map()
  const table: BrokerTables = {
    ...{ brokerName: 'a', source, groups: none, offsetsBefore: none, topicFaults: none },
    ...{ topics: topics ?? topicsOf(...Object.keys(queues)), queues: new Map(Object.entries(queues)) },
    offsets: new Map([['billing', new Map(Object.entries(committed))]]),
  }
  return [table]
}

let broker: OneBroker
let reader: AnewQueueReader

beforeEach(() => {
  broker = new OneBroker()
  reader = new AnewQueueReader()
})

const BEFORE = { orders: [queue(0n, 5n, 5_000)] }
const AFTER = { orders: [queue(0n, 9n, 9_000)] }

async function readBoth(before: Told, after: Told): Promise<number | null> {
  await reader.read(broker, tablesOf(before))
  await reader.read(broker, tablesOf(after))
  return reader.of('a', 'orders')
}

describe('a topic that was filled beyond its old end', () => {
  it('begins anew where its first message was stored after the last one that it held', async () => {
    broker.storedAtMs.set('orders', 8_000)
    expect(await readBoth({ queues: BEFORE }, { queues: AFTER })).toBe(8_000)
    expect(broker.asked).toEqual([['a:1', 'orders', 0]])
    // It is told from then on, whatever else changes in the table.
    await reader.read(broker, tablesOf({ queues: { orders: [queue(0n, 12n, 12_000)] }, topics: topicsOf('orders') }))
    expect([reader.of('a', 'orders'), reader.of('a', 'pay')]).toEqual([8_000, null])
  })

  it.each([5_000, 100, null])('is the one that it was where that was stored at %s', async (atMs) => {
    broker.storedAtMs.set('orders', atMs)
    expect(await readBoth({ queues: BEFORE }, { queues: AFTER })).toBeNull()
    expect(broker.asked).toHaveLength(1)
  })

  it('is asked again when the broker could not be asked', async () => {
    expect(await readBoth({ queues: BEFORE }, { queues: AFTER })).toBeNull()
    broker.storedAtMs.set('orders', 8_000)
    await reader.read(broker, tablesOf({ queues: AFTER }))
    expect(reader.of('a', 'orders')).toBe(8_000)
  })

  it('is found when it was away for some polls', async () => {
    broker.storedAtMs.set('orders', 8_000)
    await reader.read(broker, tablesOf({ queues: BEFORE }))
    await reader.read(broker, tablesOf({ queues: {}, committed: {} }))
    await reader.read(broker, tablesOf({ queues: {}, committed: {} }))
    await reader.read(broker, tablesOf({ queues: AFTER, committed: {} }))
    expect(reader.of('a', 'orders')).toBe(8_000)
  })

  it('of many is asked about in parts', async () => {
    const names = Array.from({ length: 150 }, (_, index) => `t-${index}`)
    for (const name of names) broker.storedAtMs.set(name, 8_000)
    const of = (queues: QueueOffsets[]) => Object.fromEntries(names.map((name) => [name, queues]))
    const committed = Object.fromEntries(names.map((name) => [name, [0n]]))
    await readBoth({ queues: of(BEFORE.orders), committed }, { queues: of(AFTER.orders), committed })
    expect(broker.asked).toHaveLength(100)
    await reader.read(broker, tablesOf({ queues: of(AFTER.orders), committed }))
    expect(names.filter((name) => reader.of('a', name) === null)).toEqual([])
    expect(broker.asked).toHaveLength(150)
  })
})

it.each<[string, Told, Told]>([
  ['the table of topics is the one of before', { queues: BEFORE }, { queues: AFTER }],
  ['its groups had read all', { queues: BEFORE, committed: { orders: [5n] } }, { queues: AFTER }],
  ['no group has read of it', { queues: BEFORE, committed: {} }, { queues: AFTER }],
  ['it was empty', { queues: { orders: [queue(3n, 3n, null)] } }, { queues: { orders: [queue(3n, 9n, 9_000)] } }],
  ['it ends sooner, which tells by itself', { queues: BEFORE }, { queues: { orders: [queue(0n, 4n, 9_000)] } }],
  ['retention took some', { queues: BEFORE }, { queues: { orders: [queue(2n, 9n, 9_000)] } }],
  ['it took no message', { queues: BEFORE }, { queues: BEFORE }],
  ['another master tells', { queues: BEFORE }, { queues: AFTER, master: 'a:2' }],
  ['a slave tells', { queues: BEFORE }, { queues: AFTER, isMaster: false }],
])('nobody is asked where %s', async (name, before, after) => {
  broker.storedAtMs.set('orders', 8_000)
  const shared = name.startsWith('the table') ? { topics: topicsOf('orders') } : {}
  expect(await readBoth({ ...before, ...shared }, { ...after, ...shared })).toBeNull()
  expect(broker.asked).toEqual([])
})
