/** Offsets from one poll to the next: what rests is the same list, what is not told any more is not known. */
import { beforeEach, expect, it } from 'vitest'
import { type Fault, fault } from '../../../lib/cluster/fault.ts'
import type { Outcome } from '../../../lib/cluster/outcome.ts'
import type { KafkaCaller } from '../../../lib/kafka/kafka-client.ts'
import { END, type LeaderPlan, OffsetReader, START } from '../../../lib/kafka/read-offsets.ts'

const PLAN: LeaderPlan = new Map([
  [1, [[asked('orders', 0), asked('rests', 0)]]],
  [2, [[asked('orders', 1), asked('rests', 1)]]],
])
const DOWN = fault('connectionRefused', { address: 'k:9092' })

let reader: OffsetReader
let named: string[]
beforeEach(() => {
  reader = new OffsetReader()
  named = []
})

function asked(name: string, partitionIndex: number) {
  return { name, partitions: [{ partitionIndex, currentLeaderEpoch: 3 }] }
}

type Told = [topic: string, partition: number, offset: bigint, errorCode?: number][]

function brokers(answers: Record<number, Told | Fault>): KafkaCaller {
  return {
    async call<_Args extends unknown[], Answer>(broker: number): Promise<Outcome<Answer>> {
      const told = answers[broker] ?? DOWN
      if (!Array.isArray(told)) return { value: null, fault: told }
      const value = {
        count: told.length,
        topics: told.map(([name]) => ({ name, partitions: 1 })),
        partitionIndexes: Int32Array.from(told, ([, partition]) => partition),
        errorCodes: Int16Array.from(told, ([, , , code = 0]) => code),
        offsets: BigInt64Array.from(told, ([, , offset]) => offset),
      }
      return { value: value as Answer, fault: null }
    },
  } as KafkaCaller
}

async function read(answers: Record<number, Told | Fault>, plan = PLAN, kind = END) {
  return reader.read(brokers(answers), plan, kind, (topic, partition, broker, { code }) => {
    named.push(`${topic}/${partition}@${broker} ${code}`)
  })
}

const FIRST: Record<number, Told> = {
  1: [
    ['orders', 0, 10n],
    ['rests', 0, 5n],
  ],
  2: [
    ['orders', 1, 20n],
    ['rests', 1, 6n],
  ],
}
const LATER: Record<number, Told> = { ...FIRST, 2: [['orders', 1, 21n], ...(FIRST[2] ?? []).slice(1)] }

it('keeps the list of a topic that rests, and leaves the list of the poll before as it was', async () => {
  const before = await read(FIRST)
  const after = await read(LATER)
  expect(after.get('rests')).toBe(before.get('rests'))
  expect([before.get('orders'), after.get('orders')]).toEqual([
    [10n, 20n],
    [10n, 21n],
  ])
})

it('keeps start and end offsets apart', async () => {
  await read(FIRST)
  expect((await read({ 1: [['rests', 0, 1n]], 2: [['rests', 1, 2n]] }, PLAN, START)).get('rests')).toEqual([1n, 2n])
})

it.each<[string, Told | Fault, (bigint | null)[], string[]]>([
  [
    'a broker that does not answer',
    DOWN,
    [10n, null],
    ['orders/null@2 connectionRefused', 'rests/null@2 connectionRefused'],
  ],
  ['a partition that is left out', [['rests', 1, 6n]], [10n, null], []],
  [
    'a partition with an error',
    [
      ['orders', 1, 20n, 6],
      ['rests', 1, 6n],
    ],
    [10n, null],
    ['orders/1@2 leaderNotAvailable'],
  ],
  [
    'no such offset',
    [
      ['orders', 1, -1n],
      ['rests', 1, 6n],
    ],
    [10n, null],
    [],
  ],
])('%s is not known, whatever was before', async (_name, second, orders, faults) => {
  await read(FIRST)
  expect((await read({ ...FIRST, 2: second })).get('orders')).toEqual(orders)
  expect(named).toEqual(faults)
})

it('forgets what another plan does not ask for', async () => {
  await read(FIRST)
  const table = await read({ 1: [['orders', 0, 10n]] }, new Map([[1, [[asked('orders', 0)]]]]))
  expect([...table]).toEqual([['orders', [10n]]])
})
