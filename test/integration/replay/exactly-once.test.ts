/** Replays within one real Kafka cluster: each record once and in order, however often the worker is killed. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { decodeOutcomes } from '../../../lib/replay/outcome-codec.ts'
import { connectClients, type TestClients } from '../../servers/kafka-clients.ts'
import { type KafkaTestCluster, startKafkaCluster } from '../../servers/kafka-cluster.ts'
import { openReplayLab, type ReplayLab } from '../../servers/replay-lab.ts'
import { seeded } from '../db/killed-writer.ts'
import { produceDeadLetters, readCommitted } from './dead-letter-topics.ts'
import { killAtRandom } from './kill-at-random.ts'

let cluster: KafkaTestCluster
let clients: TestClients
let lab: ReplayLab

beforeAll(async () => {
  cluster = await startKafkaCluster({ brokers: 3 })
  clients = await connectClients(cluster.bootstrapServers)
  lab = await openReplayLab([{ id: 'test', kind: 'kafka', servers: cluster.bootstrapServers }])
})
afterAll(async () => {
  await lab?.close()
  await clients?.close()
  await cluster?.stop()
})

const REPLICAS = [
  [1, 2, 3],
  [2, 3, 1],
  [3, 1, 2],
]
const SETTINGS = { 'min.insync.replicas': '2' }

describe('a replay to where the records came from', () => {
  it('sends each once and cleaned, in the order of its partition, to the partition that it died in', async () => {
    await clients.createTopic('orders', REPLICAS, SETTINGS)
    await clients.createTopic('orders-dlt', REPLICAS, SETTINGS)
    await produceDeadLetters(clients, { topic: 'orders-dlt', origin: 'orders', records: 3_000, partitions: 3 })
    lab.startWorker()
    const id = await lab.create({ clusterId: 'test', topic: 'orders-dlt' })
    const planned = await lab.begin(id)
    expect(planned.plan).toMatchObject({ messages: 3_000n, delivery: 'exactlyOnce', skipped: [] })
    const job = await lab.waitFor(id, ['completed'])
    expect(job.counts).toMatchObject({ selected: 3_000n, produced: 3_000n, skipped: 0n, failed: 0n })
    const sent = await readCommitted(clients, 'orders', 3)
    expect(sent.doubled).toEqual([])
    expect(sent.outOfOrder).toEqual([])
    expect(sent.count).toBe(3_000)
    expect(sent.headerNames).not.toContain('kafka_dlt-original-topic')
    expect(sent.headerNames).toContain('business')
  })
})

describe('what goes wrong between plan and run', () => {
  it('a topic created anew ends it before anything is sent', async () => {
    const id = await planFor('anew')
    await clients.admin.deleteTopics({ topics: ['anew'] })
    await vi.waitFor(async () => expect(await clients.admin.listTopics()).not.toContain('anew'), 20_000)
    await clients.createTopic('anew', REPLICAS, SETTINGS)
    await lab.begin(id)
    const job = await lab.waitFor(id, ['failed'])
    expect(job.error).toEqual({ code: 'topicRecreated', facts: { topic: 'anew' } })
    expect((await readCommitted(clients, 'anew', 3)).count).toBe(0)
  })

  it('records that retention took are counted as expired, and the others go', async () => {
    const id = await planFor('aged')
    const partitions = [{ partition: 0, offset: '60' }]
    await clients.admin.deleteTopicRecords({ topic: 'aged-dlt', partitions })
    await lab.begin(id)
    const job = await lab.waitFor(id, ['completed'])
    expect(job.counts).toMatchObject({ selected: 300n, produced: 240n, failed: 60n })
    const [row] = await lab.progress.outcomes(id, 0, 0n, 1)
    expect(row?.runs[0]).toMatchObject({ from: 0n, to: 60n, failure: 'expired' })
    expect((await readCommitted(clients, 'aged', 3)).count).toBe(240)
  })

  it('a target under min ISR is waited for, and gets everything once it is mended', async () => {
    await clients.createTopic('strict', REPLICAS, { 'min.insync.replicas': '3' })
    await clients.createTopic('strict-dlt', REPLICAS, SETTINGS)
    await produceDeadLetters(clients, { topic: 'strict-dlt', origin: 'strict', records: 300, partitions: 3 })
    const id = await lab.create({ clusterId: 'test', topic: 'strict-dlt' })
    await lab.waitFor(id, ['planned'])
    const [, broker] = cluster.brokers
    await broker?.stop()
    await lab.begin(id)
    const braked = await lab.waitFor(id, ['braked'])
    expect(braked.waitsFor).toMatchObject({ code: 'clusterFault', facts: { fault: 'notEnoughReplicas' } })
    await broker?.start()
    await lab.waitFor(id, ['completed'], 90_000)
    const sent = await readCommitted(clients, 'strict', 3)
    expect([sent.count, sent.doubled.length, sent.outOfOrder.length]).toEqual([300, 0, 0])
  })
})

/** 300 records that died in a topic of this name. */
async function planFor(topic: string): Promise<string> {
  await clients.createTopic(topic, REPLICAS, SETTINGS)
  await clients.createTopic(`${topic}-dlt`, REPLICAS, SETTINGS)
  await produceDeadLetters(clients, { topic: `${topic}-dlt`, origin: topic, records: 300, partitions: 3 })
  const id = await lab.create({ clusterId: 'test', topic: `${topic}-dlt` })
  await lab.waitFor(id, ['planned'])
  return id
}

describe('200,000 records, ten deaths of the worker and a broker that restarts', () => {
  it('arrive once and in order', async () => {
    // A second try finds nothing of the first.
    tries += 1
    const topic = `big-${tries}`
    await clients.createTopic(topic, REPLICAS, SETTINGS)
    await clients.createTopic(`${topic}-dlt`, REPLICAS, SETTINGS)
    await produceDeadLetters(clients, { topic: `${topic}-dlt`, origin: topic, records: RECORDS, partitions: 3 })
    if (lab.worker === null) lab.startWorker()
    const id = await lab.create({ clusterId: 'test', topic: `${topic}-dlt` })
    await lab.begin(id)
    const restarts = killAtRandom(lab, id, {
      records: RECORDS,
      deaths: DEATHS,
      random: seeded(SEED),
      at: { [DEATHS / 2]: restartBroker },
    })
    const job = await lab.waitFor(id, ['completed'], 900_000)
    await restarts
    expect(job.counts).toMatchObject({ selected: BigInt(RECORDS), produced: BigInt(RECORDS), skipped: 0n, failed: 0n })
    const sent = await readCommitted(clients, topic, 3)
    expect([sent.count, sent.doubled.length, sent.outOfOrder.length]).toEqual([RECORDS, 0, 0])
    await expectTrueOutcomes(id)
  }, 1_200_000)
})

let tries = 0
const RECORDS = 200_000
const SEED = 20_261_128
const DEATHS = 10

async function restartBroker(): Promise<void> {
  const [broker] = cluster.brokers
  await broker?.stop()
  await broker?.start()
}

/** As many as were sent are told, each place of the target once. */
async function expectTrueOutcomes(id: string): Promise<void> {
  const rows = await lab.database.client.replayOutcome.findMany({ where: { replayId: id } })
  const places = new Set<string>()
  for (const { content } of rows) {
    for (const run of decodeOutcomes(content)) {
      for (let index = 0n; index < run.to - run.from; index += 1n) {
        places.add(`${run.target?.partition}@${(run.targetOffset ?? 0n) + index}`)
      }
    }
  }
  expect(places.size).toBe(RECORDS)
}
