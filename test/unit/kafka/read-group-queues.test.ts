import { describe, expect, it } from 'vitest'
import { FactBook } from '../../../lib/cluster/fact-book.ts'
import { type Fault, fault } from '../../../lib/cluster/fault.ts'
import type { Outcome } from '../../../lib/cluster/outcome.ts'
import type { KafkaCaller } from '../../../lib/kafka/kafka-client.ts'
import type { KafkaRequest } from '../../../lib/kafka/kafka-requests.ts'
import { GroupQueueReader } from '../../../lib/kafka/read-group-queues.ts'

const PACE_MS = 1_000
const DENIED = 30
const QUEUE = 'errors.deadletterqueue.topic.name'

interface GroupAnswer {
  errorCode?: number
  /** Left out by brokers that do not know the setting. */
  queue?: string
}

/** A broker that has these settings, or does not answer; `asked` takes the groups of each request. */
function broker(groups: Record<string, GroupAnswer> | Fault, asked: string[][] = []): KafkaCaller {
  return {
    async call<Args extends unknown[], Answer>(
      _broker: number,
      _request: KafkaRequest<Args, Answer>,
      ...[resources]: Args
    ): Promise<Outcome<Answer>> {
      if ('code' in groups) return { value: null, fault: groups as Fault }
      const names = (resources as { resourceName: string }[]).map(({ resourceName }) => resourceName)
      asked.push(names)
      const results = names.map((resourceName) => {
        const { errorCode = 0, queue } = groups[resourceName] ?? {}
        const configs = queue === undefined ? [] : [{ name: QUEUE, value: queue }]
        return { resourceName, errorCode, configs }
      })
      return { value: { results } as Answer, fault: null }
    },
  }
}

class Reads {
  readonly reader = new GroupQueueReader(PACE_MS)
  readonly book = new FactBook({ configs: PACE_MS })

  async at(nowMs: number, caller: KafkaCaller, ...groups: string[]): Promise<Record<string, string[]>> {
    this.book.begin()
    await this.reader.read(caller, 1, new Set(groups), this.book, nowMs)
    return Object.fromEntries(this.reader.queues())
  }

  faults(): unknown {
    return this.book.list()[0]?.faults.map(({ subject, fault: { code } }) => [subject.type, subject.name, code])
  }
}

describe('the queues of share groups', () => {
  const both = broker({ a: { queue: 'dlq.x' }, b: { queue: 'dlq.x' }, c: { queue: '' }, d: {} })

  it('are told by those that have one, and are no fault of the others', async () => {
    const reads = new Reads()
    expect(await reads.at(0, both, 'a', 'b', 'c', 'd')).toEqual({ 'dlq.x': ['a', 'b'] })
    expect(reads.faults()).toEqual([])
  })

  it('are asked for again when their time has come, and at once for a new group', async () => {
    const asked: string[][] = []
    const caller = broker({ a: { queue: 'dlq.x' }, b: { queue: 'dlq.y' } }, asked)
    const reads = new Reads()
    await reads.at(0, caller, 'a')
    await reads.at(10, caller, 'a', 'b')
    await reads.at(PACE_MS, caller, 'a', 'b')
    expect(asked).toEqual([['a'], ['b'], ['a']])
  })

  it('stay what they were while they cannot be read, and the reason is named', async () => {
    const reads = new Reads()
    await reads.at(0, both, 'a', 'b')
    const down = fault('connectionClosed', { address: 'k:9092' })
    expect(await reads.at(PACE_MS, broker(down), 'a', 'b')).toEqual({ 'dlq.x': ['a', 'b'] })
    const denied = broker({ a: { errorCode: DENIED }, b: { queue: '' } })
    expect(await reads.at(2 * PACE_MS, denied, 'a', 'b')).toEqual({ 'dlq.x': ['a'] })
    expect(reads.faults()).toEqual([['group', 'a', 'authorizationFailed']])
  })

  it('go with their groups', async () => {
    const reads = new Reads()
    await reads.at(0, both, 'a', 'b')
    expect(await reads.at(10, both, 'b')).toEqual({ 'dlq.x': ['b'] })
    expect(await reads.at(20, both)).toEqual({})
  })
})
