import { describe, expect, it } from 'vitest'
import { FactBook } from '../../../lib/cluster/fact-book.ts'
import { fault } from '../../../lib/cluster/fault.ts'
import { VIEW_MESSAGE } from '../../../lib/rocketmq/message-requests.ts'
import { HalfMessageReader } from '../../../lib/rocketmq/read-half-messages.ts'
import type { BrokerTables } from '../../../lib/rocketmq/read-tables.ts'
import type { RocketmqCaller } from '../../../lib/rocketmq/rocketmq-client.ts'
import type { QueueOffsets } from '../../../lib/rocketmq/rocketmq-requests.ts'
import { SECOND_MS } from '../../../lib/units.ts'
import { encodeMessage } from '../../builders/rocketmq-messages.ts'

const HALF = 'RMQ_SYS_TRANS_HALF_TOPIC'
const PACE_MS = 30 * SECOND_MS

interface Half {
  checks?: number
  bornAtMs?: number
  sizeBytes?: number
  topic?: string
}

/** Half messages by place; places without one are refused. */
class OneBroker implements RocketmqCaller {
  readonly halves = new Map<bigint, Half>()
  readonly looked: bigint[] = []

  call: RocketmqCaller['call'] = (_address, request, ...args) => {
    const isView = request.code === VIEW_MESSAGE.code
    const place = (isView ? args[1] : args[2]) as bigint
    const half = this.halves.get(place)
    if (half === undefined) return Promise.resolve({ value: null, fault: fault('brokerError') })
    const index = {
      minOffset: 0n,
      maxOffset: 0n,
      entries: [{ physicalOffset: place, sizeBytes: half.sizeBytes ?? 200 }],
    }
    if (isView) this.looked.push(place)
    return Promise.resolve({ value: (isView ? stored(half) : index) as never, fault: null })
  }
}

function stored({ checks = 0, bornAtMs = 5_000, topic = HALF }: Half): Buffer {
  const asked: [string, string][] = checks === 0 ? [] : [['TRANSACTION_CHECK_TIMES', String(checks)]]
  return encodeMessage({ topic, bornAtMs, properties: [['REAL_TOPIC', 'orders'], ['PGROUP', 'shop'], ...asked] })
}

/** What the queue holds, and up to where the broker has passed it. */
function tablesOf(log: QueueOffsets | undefined | null, passed?: bigint, isMaster = true): BrokerTables {
  const none = new Map()
  const source = { id: 'a:0', brokerName: 'a', number: 0, clusterName: 't', address: 'a:1', isMaster }
  const committed = passed === undefined ? none : new Map([[HALF, [passed]]])
  return {
    ...{ brokerName: 'a', source, groups: none, offsetsBefore: none, topicFaults: none },
    topics: new Map(log === null ? [] : [[HALF, {} as never]]),
    offsets: new Map([['CID_RMQ_SYS_TRANS', committed]]) as never,
    queues: new Map([['a', []], ...(log === null ? [] : ([[HALF, [log]]] as const))]) as never,
  }
}

const log = (min: bigint, max: bigint): QueueOffsets => ({ min, max }) as QueueOffsets

function lab() {
  const broker = new OneBroker()
  const book = new FactBook({ firstUnread: PACE_MS })
  const reader = new HalfMessageReader(PACE_MS)
  const read = async (tables: BrokerTables, nowMs = 0) => {
    book.begin()
    await reader.read(broker, [tables], book, nowMs)
    return reader.of('a:0')
  }
  const faults = () => book.list().flatMap(({ faults }) => faults.map(({ subject }) => subject.name))
  return { broker, read, faults }
}

describe('what waits', () => {
  it('is told by the one that was asked about most often, of those that the broker has not passed', async () => {
    const { broker, read } = lab()
    broker.halves.set(6n, { checks: 9 }).set(7n, {}).set(8n, { checks: 3, bornAtMs: 2_000 }).set(9n, { checks: 3 })
    const oldest = { bornAtMs: 2_000, checks: 3, topic: 'orders', producerGroup: 'shop' }
    expect(await read(tablesOf(log(2n, 10n), 7n))).toEqual({ atMost: 3n, oldest })
    expect(broker.looked).toEqual([7n, 8n, 9n])
  })

  it('is looked at in sixteen places, spread over all', async () => {
    const { broker, read } = lab()
    for (let place = 100n; place < 1_700n; place += 1n) broker.halves.set(place, { checks: place >= 1_600n ? 4 : 0 })
    expect(await read(tablesOf(log(0n, 1_700n), 100n))).toMatchObject({ atMost: 1_600n, oldest: { checks: 4 } })
    expect(broker.looked).toEqual(Array.from({ length: 16 }, (_, index) => 100n + BigInt(index) * 100n))
  })

  it.each<[string, BrokerTables, bigint | null]>([
    ['nothing, where the broker has passed all', tablesOf(log(0n, 10n), 10n), 0n],
    ['nothing, without the topic', tablesOf(null), 0n],
    ['what is stored, where the broker has passed what expired', tablesOf(log(8n, 10n), 3n), 2n],
    ['all, where it has passed none', tablesOf(log(2n, 10n)), 8n],
    ['not known, where the queue was not read', tablesOf(undefined), null],
    ['not known, of a slave that stands in', tablesOf(log(0n, 10n), 1n, false), null],
    ['not known, where no queue was read', { ...tablesOf(null), queues: new Map() }, null],
  ])('is %s', async (_, tables, atMost) => {
    expect((await lab().read(tables))?.atMost ?? null).toBe(atMost)
  })

  it('is looked at once per pace', async () => {
    const { broker, read } = lab()
    broker.halves.set(0n, {})
    await read(tablesOf(log(0n, 1n)))
    broker.halves.set(0n, { checks: 1 })
    expect(await read(tablesOf(log(0n, 1n)), PACE_MS - 1)).toMatchObject({ oldest: { checks: 0 } })
    expect(await read(tablesOf(log(0n, 1n)), PACE_MS)).toMatchObject({ oldest: { checks: 1 } })
  })
})

describe('what cannot be told', () => {
  it('has its fault, where no place was answered', async () => {
    const { read, faults } = lab()
    expect(await read(tablesOf(log(0n, 2n)))).toEqual({ atMost: 2n, oldest: null })
    expect(faults()).toEqual([HALF])
  })

  it('is nothing, where some were', async () => {
    const { broker, read, faults } = lab()
    broker.halves.set(1n, { checks: 1 })
    expect(await read(tablesOf(log(0n, 2n)))).toMatchObject({ oldest: { checks: 1 } })
    expect(faults()).toEqual([])
  })

  it('is a message that is large, or another', async () => {
    const { broker, read } = lab()
    broker.halves.set(0n, { sizeBytes: 5_000_000 }).set(1n, { topic: 'orders' })
    expect(await read(tablesOf(log(0n, 2n)))).toEqual({ atMost: 2n, oldest: null })
    expect(broker.looked).toEqual([1n])
  })
})
