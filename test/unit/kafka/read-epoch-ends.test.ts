/** Who is asked about which leader epoch, and what of the answers is known. */
import { beforeEach, expect, it } from 'vitest'
import type { EpochsSeen } from '../../../lib/cluster/cluster-driver.ts'
import { type Fault, fault } from '../../../lib/cluster/fault.ts'
import type { Outcome } from '../../../lib/cluster/outcome.ts'
import type { KafkaCaller } from '../../../lib/kafka/kafka-client.ts'
import type { KafkaRequest } from '../../../lib/kafka/kafka-requests.ts'
import type { MetadataAnswer } from '../../../lib/kafka/metadata-request.ts'
import { readEpochEnds } from '../../../lib/kafka/read-epoch-ends.ts'

const LEFT_OUT = 999

type Led = [leader: number, leaderEpoch: number]
type Told = [endOffset: bigint, errorCode?: number]

/** By broker: each partition that it is asked about, as `topic/partition now<epoch asked about`. */
let asked: Map<number, string[][]>
let named: string[]
beforeEach(() => {
  asked = new Map()
  named = []
})

function topic(name: string, ...partitions: Led[]): MetadataAnswer['topics'][number] {
  const [nodes, topicId] = [[1, 2], '']
  return {
    ...{ errorCode: 0, name, topicId, isInternal: false, topicAuthorizedOperations: 0 },
    partitions: partitions.map(([leaderId, leaderEpoch], partitionIndex) => ({
      ...{ errorCode: 0, partitionIndex, leaderId, leaderEpoch },
      ...{ replicaNodes: nodes, isrNodes: nodes, offlineReplicas: [] },
    })),
  }
}

function seen(epochs: Record<string, (number | null)[]>): EpochsSeen {
  return (name) => epochs[name]?.map((leaderEpoch, partition) => ({ partition, leaderEpoch }))
}

interface Asked {
  name: string
  partitions: { partitionIndex: number; currentLeaderEpoch: number; leaderEpoch: number }[]
}

function brokers(answer: (place: string) => Told | Fault): KafkaCaller {
  return {
    async call<Args extends unknown[], Answer>(broker: number, _: KafkaRequest<Args, Answer>, ...args: Args) {
      const topics = args[1] as Asked[]
      const places = topics.flatMap(({ name, partitions }) => partitions.map((one) => ({ name, ...one })))
      const words = places.map(
        (one) => `${one.name}/${one.partitionIndex} ${one.currentLeaderEpoch}<${one.leaderEpoch}`,
      )
      asked.set(broker, [...(asked.get(broker) ?? []), words])
      const told = places.map(({ name, partitionIndex }) => answer(`${name}/${partitionIndex}`))
      const failure = told.find((one) => !Array.isArray(one))
      if (failure) return { value: null, fault: failure } as Outcome<Answer>
      const rows = places.map(({ name, partitionIndex: partition }, index) => {
        const [endOffset, errorCode = 0] = told[index] as Told
        const partitions = errorCode === LEFT_OUT ? [] : [{ partition, endOffset, errorCode, leaderEpoch: 0 }]
        return { topic: name, partitions }
      })
      return { value: { throttleTimeMs: 0, topics: rows } as Answer, fault: null }
    },
  }
}

async function read(topics: MetadataAnswer['topics'], before: EpochsSeen, answer: (place: string) => Told | Fault) {
  const ends = await readEpochEnds(brokers(answer), topics, before, (name, partition, broker, { code }) => {
    named.push(`${name}/${partition}@${broker} ${code}`)
  })
  return [...ends].flatMap(([name, ofTopic]) =>
    [...ofTopic].map(([partition, { leaderEpoch, endOffset }]) => `${name}/${partition} ${leaderEpoch}: ${endOffset}`),
  )
}

it('asks each leader about those partitions alone whose epoch is another one than was seen', async () => {
  const topics = [topic('orders', [1, 7], [2, 4], [2, 9], [-1, 9]), topic('rests', [1, 3]), topic('new', [1, 5])]
  const before = seen({ orders: [4, 4, 8, 4], rests: [3], gone: [1] })
  expect(await read(topics, before, () => [80n])).toEqual(['orders/0 4: 80', 'orders/2 8: 80'])
  expect([...asked]).toEqual([
    [1, [['orders/0 7<4']]],
    [2, [['orders/2 9<8']]],
  ])
})

it('asks nobody where nothing changed, nothing was seen, or the topic began anew', async () => {
  const topics = [topic('rests', [1, 3]), topic('unseen', [1, 3]), topic('anew', [1, 0])]
  expect(await read(topics, seen({ rests: [3], unseen: [null], anew: [5] }), () => [80n])).toEqual([])
  expect(asked.size).toBe(0)
})

it('finds what was seen of a partition wherever it stands', async () => {
  const before: EpochsSeen = () => [{ partition: 1, leaderEpoch: 2 }]
  expect(await read([topic('orders', [1, 7], [1, 7])], before, () => [80n])).toEqual(['orders/1 2: 80'])
})

it('asks a broker whose id is 0, and believes that an epoch wrote nothing', async () => {
  expect(await read([topic('orders', [0, 7])], seen({ orders: [4] }), () => [0n])).toEqual(['orders/0 4: 0'])
  expect([...asked.keys()]).toEqual([0])
})

it('cuts what is asked of one leader', async () => {
  const many = Array.from({ length: 5_001 }, (): Led => [1, 2])
  const before = seen({ many: many.map(() => 1) })
  expect(await read([topic('many', ...many)], before, () => [80n])).toHaveLength(5_001)
  expect(asked.get(1)?.map((places) => places.length)).toEqual([5_000, 1])
  await read([topic('many', ...many.slice(0, 5_000).map((): Led => [2, 2]))], before, () => [80n])
  expect(asked.get(2)?.map((places) => places.length)).toEqual([5_000])
})

it.each<[string, Told | Fault, string[], string[]]>([
  ['an epoch that the leader knows no more', [-1n], ['orders/0 4: null'], []],
  ['a leader that moved', [-1n, 6], [], []],
  ['an epoch that is fenced', [-1n, 74], [], []],
  ['a leader that is not up to date yet', [-1n, 75], [], []],
  ['a partition that the broker does not know', [-1n, 3], [], ['orders/0@1 topicDeleted']],
  ['a partition that is left out', [80n, LEFT_OUT], [], ['orders/0@1 brokerError']],
  ['a topic that may not be asked about', [-1n, 29], ['orders/0 4: null'], ['orders/0@1 authorizationFailed']],
  ['a broker that is silent', fault('requestTimeout'), [], ['orders/null@1 requestTimeout']],
  [
    'a broker that does not know the request',
    fault('unsupportedByBroker'),
    ['orders/0 4: null'],
    ['orders/null@1 unsupportedByBroker'],
  ],
])('%s', async (_name, told, ends, faults) => {
  expect(await read([topic('orders', [1, 7])], seen({ orders: [4] }), () => told)).toEqual(ends)
  expect(named).toEqual(faults)
})
