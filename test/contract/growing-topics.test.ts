/** Which topics fill a broker's volumes, as the API tells it. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { TopicState } from '../../lib/cluster/snapshot.ts'
import { topicKindClassifier } from '../../lib/dlq/topic-kind.ts'
import { observe } from '../../lib/durability/observe.ts'
import { ObserveMemory } from '../../lib/durability/observe-memory.ts'
import { HOUR_MS } from '../../lib/units.ts'
import { aRocketmqSnapshot } from '../builders/rocketmq.ts'
import { aBroker, aPartition, aSnapshot, aTopic, NOW_MS } from '../builders/snapshots.ts'
import { aKafkaCluster } from './a-kafka-cluster.ts'
import { openConsole, type TestConsole } from './console.ts'
import { type DocumentChecker, documentChecker } from './openapi-check.ts'
import { readChecked } from './read-checked.ts'

const PATH = '/api/v1/clusters/{cluster}/brokers/{broker}/growing-topics'
const MIB = 2 ** 20

let app: TestConsole
let document: DocumentChecker

beforeEach(async () => {
  const trade = { ...aKafkaCluster('trade'), kind: 'rocketmq', nameServers: ['localhost:9876'], acl: null } as const
  app = await openConsole({ clusters: [aKafkaCluster('live'), aKafkaCluster('fresh'), trade as never] })
  document = documentChecker((await app.call('GET', '/api/openapi.json', { token: null })).json)
})
afterEach(() => app.close())

const at = { startedAtMs: NOW_MS - 1, finishedAtMs: NOW_MS }
async function store(id: string, snapshot: ReturnType<typeof aSnapshot>): Promise<void> {
  const given = { snapshot, previous: null, expectedBrokers: [], memory: new ObserveMemory() }
  const observation = observe({ ...given, kindOf: topicKindClassifier({ include: [], exclude: [] }) })
  await app.writer.saveObservation(id, observation, 15_000)
}

/** On `/a` of the first broker, and of so many brokers. */
function topic(name: string, brokers: string[], megabytes: number): TopicState {
  const replicaSizes = brokers.map((broker) => {
    return { broker, logDir: '/a', sizeBytes: BigInt(megabytes * MIB), offsetLag: 0n, isFuture: false }
  })
  return aTopic({ name, topicId: name, partitions: [aPartition({ replicas: brokers, isr: brokers, replicaSizes })] })
}

function grew(topicName: string, broker: string | null, ...most: number[]): void {
  const points = most.map((max, hour) => ({ t: NOW_MS - (8 - hour) * HOUR_MS, min: max, max, avg: max, last: max }))
  const labels = { topic: topicName, partition: 0, ...(broker === null ? {} : { broker }) }
  app.history.results.push({ labels, points, gaps: [] })
}

const read = (cluster: string, broker: string) =>
  readChecked(app, document, `/api/v1/clusters/${cluster}/brokers/${broker}/growing-topics`, PATH)

test('those whose copies grew come first; what retention frees again, and what lies elsewhere, does not', async () => {
  const brokers = ['1', '2'].map((id) => aBroker(id))
  const topics = [
    topic('orders', ['1', '2'], 400),
    topic('refunds', ['1'], 50),
    topic('steady', ['1'], 900),
    topic('elsewhere', ['2'], 900),
    topic('young', ['1'], 10),
  ]
  await store('live', aSnapshot({ ...at, brokers, topics }))
  grew('orders', null, ...[100, 150, 200, 300, 400].map((size) => size * MIB))
  grew('refunds', null, ...[10, 20, 30, 40].map((size) => size * MIB))
  grew('steady', null, ...[900, 300, 600, 900, 300, 600, 900, 300, 900].map((size) => size * MIB))
  grew('elsewhere', null, ...[100, 200, 300, 400].map((size) => size * MIB))
  grew('young', null, 1, 2)
  expect(await read('live', '1')).toEqual({
    items: [
      { topic: 'orders', logDir: '/a', bytes: 150 * MIB, messages: null },
      { topic: 'refunds', logDir: '/a', bytes: 30 * MIB, messages: null },
    ],
    asOf: new Date(NOW_MS).toISOString(),
  })
  expect((await read('live', '2')).items.map((one: { topic: string }) => one.topic)).toEqual(['elsewhere', 'orders'])
})

test('of RocketMQ it is told how many messages each topic got there', async () => {
  await store('trade', aRocketmqSnapshot(at))
  grew('orders', 'a', 100, 200, 300, 400)
  grew('orders', 'b', 100, 100, 100, 100)
  expect((await read('trade', 'a:0')).items).toEqual([{ topic: 'orders', logDir: null, bytes: null, messages: 300 }])
  expect((await read('trade', 'b:0')).items).toEqual([])
})

test('before the first poll there is no broker, and of one that nobody knows nothing', async () => {
  for (const path of ['live/brokers/1', 'fresh/brokers/9']) {
    const answer = await app.call('GET', `/api/v1/clusters/${path}/growing-topics`)
    expect([answer.status, answer.json.code]).toEqual([404, 'broker_not_found'])
    document.checkProblem(answer.json)
  }
})
