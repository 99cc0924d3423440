/** Replays to where no transaction reaches: another Kafka cluster, and RocketMQ; each with a worker that is killed. */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { StoredMessage } from '../../../lib/cluster/messages.ts'
import { OWN_HEADERS } from '../../../lib/dlq/own-headers.ts'
import { cancelReplay, changeRate, resumeReplay } from '../../../lib/replay/replay-actions.ts'
import type { ReplayJob } from '../../../lib/replay/replay-types.ts'
import { RocketmqMessages } from '../../../lib/rocketmq/rocketmq-messages.ts'
import { HOUR_MS } from '../../../lib/units.ts'
import { int32 } from '../../builders/dead-letters.ts'
import { connectClients, type TestClients } from '../../servers/kafka-clients.ts'
import { type KafkaTestCluster, startKafkaCluster } from '../../servers/kafka-cluster.ts'
import { openReplayLab, type ReplayLab } from '../../servers/replay-lab.ts'
import { startRocketmqClients } from '../../servers/rocketmq-clients.ts'
import { type RocketmqTestCluster, startRocketmqCluster } from '../../servers/rocketmq-cluster.ts'
import { rocketmqConfig } from '../../servers/rocketmq-polls.ts'
import { waitUntil } from '../../servers/wait-until.ts'
import { seeded } from '../db/killed-writer.ts'
import { produceDeadLetters, readCommitted } from './dead-letter-topics.ts'
import { killAtRandom } from './kill-at-random.ts'

const RECORDS = 30_000
const PARTITIONS = [[1], [1], [1]]
const THERE = { mode: 'origin', topic: null, clusterId: 'there' } as const

let here: KafkaTestCluster
let there: KafkaTestCluster
let clients: TestClients
let thereClients: TestClients
let lab: ReplayLab

beforeAll(async () => {
  ;[here, there] = await Promise.all([startKafkaCluster({ brokers: 1 }), startKafkaCluster({ brokers: 1 })])
  clients = await connectClients(here.bootstrapServers)
  thereClients = await connectClients(there.bootstrapServers)
  lab = await openReplayLab([
    { id: 'here', kind: 'kafka', servers: here.bootstrapServers },
    { id: 'there', kind: 'kafka', servers: there.bootstrapServers },
  ])
})
afterAll(async () => {
  await lab?.close()
  await clients?.close()
  await thereClients?.close()
  await here?.stop()
  await there?.stop()
})

describe('to another cluster', () => {
  it('each record arrives once and in order over three deaths', async () => {
    await clients.createTopic('orders-dlt', PARTITIONS)
    await thereClients.createTopic('orders', PARTITIONS)
    await produceDeadLetters(clients, { topic: 'orders-dlt', origin: 'orders', records: RECORDS, partitions: 3 })
    lab.startWorker()
    const id = await lab.create({ clusterId: 'here', topic: 'orders-dlt', target: THERE })
    const planned = await lab.begin(id)
    expect(planned.plan?.delivery).toBe('atLeastOnce')
    await killAtRandom(lab, id, { records: RECORDS, deaths: 3, random: seeded(7) })
    const job = await lab.waitFor(id, ['completed'], 90_000)
    expect(job.counts).toMatchObject({ produced: BigInt(RECORDS), failed: 0n })
    const sent = await readCommitted(thereClients, 'orders', 3)
    expect([sent.count, sent.doubled.length, sent.outOfOrder.length]).toEqual([RECORDS, 0, 0])
  })

  it('a cancel behind a death tells all that was sent, and the next replay sends the rest', async () => {
    await clients.createTopic('payments-dlt', PARTITIONS)
    await thereClients.createTopic('payments', PARTITIONS)
    await produceDeadLetters(clients, { topic: 'payments-dlt', origin: 'payments', records: RECORDS, partitions: 3 })
    if (lab.worker === null) lab.startWorker()
    const first = await lab.create({ clusterId: 'here', topic: 'payments-dlt', target: THERE })
    await lab.begin(first)
    await killBehindSend(first, 'payments')
    await cancelReplay(await jobOf(lab, first), lab.actions)
    lab.startWorker()
    await waitUntil(
      async () => {
        if ((await jobOf(lab, first)).hasOpenRun) throw new Error('not all is written down')
      },
      { timeout: 60_000, interval: 50 },
    )
    const second = await lab.create({ clusterId: 'here', topic: 'payments-dlt', target: THERE })
    const { counts } = await jobOf(lab, first)
    await lab.begin(second)
    const job = await lab.waitFor(second, ['completed'], 90_000)
    expect(job.counts.produced + job.counts.failed).toBe(job.counts.selected)
    expect(counts.produced + job.counts.produced).toBe(BigInt(RECORDS))
    const sent = await readCommitted(thereClients, 'payments', 3)
    expect([sent.count, sent.doubled.length, sent.outOfOrder.length]).toEqual([RECORDS, 0, 0])
  })

  it('a record that is too large for the target fails alone, and holds back only its key', async () => {
    await clients.createTopic('narrow-dlt', PARTITIONS)
    await thereClients.createTopic('narrow', PARTITIONS, { 'max.message.bytes': '10000' })
    const headers = { 'kafka_dlt-original-topic': 'narrow', 'kafka_dlt-original-partition': int32(0) }
    const value = (number: number) => (number === 4 ? randomBytes(20_000) : String(number))
    const numbers = Array.from({ length: 10 }, (_, number) => number)
    await clients.produce(
      'narrow-dlt',
      numbers.map((number) => ({ partition: 0, key: `k${number % 2}`, value: value(number), headers })),
    )
    if (lab.worker === null) lab.startWorker()
    const id = await lab.create({ clusterId: 'here', topic: 'narrow-dlt', target: THERE })
    await lab.begin(id)
    const { counts } = await lab.waitFor(id, ['completed'])
    expect(counts).toMatchObject({ produced: 7n, failed: 3n })
    const [row] = await lab.progress.outcomes(id, 0, 0n, 10)
    const failed = row?.runs.flatMap(({ from, failure }) => (failure === null ? [] : [[from, failure]]))
    expect(failed).toEqual([
      [4n, 'refused'],
      [6n, 'behindFailed'],
      [8n, 'behindFailed'],
    ])
    const sent = await readCommitted(thereClients, 'narrow', 3)
    expect([sent.count, sent.doubled, sent.outOfOrder]).toEqual([7, [], []])
  })

  it('a clock that is further off than the target takes is told, and no record is blamed', async () => {
    await clients.createTopic('ahead-dlt', PARTITIONS)
    await thereClients.createTopic('ahead', PARTITIONS)
    await produceDeadLetters(clients, { topic: 'ahead-dlt', origin: 'ahead', records: 30, partitions: 3 })
    await lab.stopWorker()
    lab.startWorker(3 * HOUR_MS)
    const id = await lab.create({ clusterId: 'here', topic: 'ahead-dlt', target: THERE })
    await lab.begin(id)
    const paused = await lab.waitFor(id, ['paused'])
    expect(paused.waitsFor).toMatchObject({
      code: 'clusterFault',
      facts: { fault: 'timestampRefused', topic: 'ahead' },
    })
    expect([paused.counts.produced, paused.counts.failed]).toEqual([0n, 0n])
    await lab.stopWorker()
    lab.startWorker()
    await resumeReplay(paused, lab.actions)
    expect((await lab.waitFor(id, ['completed'])).counts).toMatchObject({ produced: 30n, failed: 0n })
    const sent = await readCommitted(thereClients, 'ahead', 3)
    expect([sent.count, sent.doubled, sent.outOfOrder]).toEqual([30, [], []])
  })
})

/** At a moment at which the target holds records that the database does not know of. */
async function killBehindSend(id: string, topic: string): Promise<void> {
  await waitUntil(
    async () => {
      lab.worker?.kill('SIGSTOP')
      const ends = await thereClients.admin.fetchTopicOffsets(topic)
      const stored = ends.reduce((sum, { high }) => sum + BigInt(high), 0n)
      const { produced } = (await jobOf(lab, id)).counts
      if (stored > produced) return
      lab.worker?.kill('SIGCONT')
      throw new Error('all that was sent is written down')
    },
    { timeout: 60_000, interval: 20 },
  )
  await lab.killWorker()
}

describe('on RocketMQ', () => {
  let cluster: RocketmqTestCluster
  let trade: ReplayLab
  let messages: RocketmqMessages

  beforeAll(async () => {
    cluster = await startRocketmqCluster({ slaves: 0, brokerConfig: { inSyncReplicas: '1' } })
    trade = await openReplayLab([{ id: 'trade', kind: 'rocketmq', servers: nameServersOf(cluster) }])
    messages = new RocketmqMessages(rocketmqConfig(cluster))
    await cluster.mqadmin('updateTopic', ['-c', cluster.clusterName, '-t', 'orders', '-r', '2', '-w', '2'])
    await makeDeadLetters(cluster, messages)
    trade.startWorker()
  })
  afterAll(async () => {
    await messages?.close()
    await trade?.close()
    await cluster?.stop()
  })

  const setRate = async (id: string, recordsPerSecond: number | null): Promise<void> =>
    changeRate(await jobOf(trade, id), { recordsPerSecond, bytesPerSecond: null }, trade.actions)
  /** Also those that were replayed before. */
  async function planAll(): Promise<ReplayJob> {
    const selection = { all: true, includeHandled: true } as const
    const id = await trade.create({ clusterId: 'trade', topic: DLQ, selection })
    return trade.waitFor(id, ['planned'])
  }
  async function sentBy(id: string): Promise<string[]> {
    const { after } = Object.groupBy(await readAll(messages, 'orders'), isReplayOf(id))
    return after?.map((message) => textOf(message, OWN_HEADERS.replayId)) ?? []
  }

  it('dead letters of a real consumer arrive once where they came from, over a death of the worker', async () => {
    const id = await trade.create({ clusterId: 'trade', topic: DLQ })
    const { plan, facts } = await trade.waitFor(id, ['planned'])
    expect(plan?.warnings.map(({ code }) => code)).not.toContain('queueUnknown')
    expect(facts?.pins.map(({ offset }) => offset)).toEqual([0n, BigInt(LETTERS) - 1n])
    await setRate(id, 20)
    await trade.begin(id)
    await killAtRandom(trade, id, { records: LETTERS, deaths: 1, random: seeded(3) })
    await setRate(id, null)
    const job = await trade.waitFor(id, ['completed'])
    expect(job.counts).toMatchObject({ produced: BigInt(LETTERS), failed: 0n })
    const { before, after } = Object.groupBy(await readAll(messages, 'orders'), isReplayOf(id))
    const ids = await sentBy(id)
    expect([ids.length, new Set(ids).size]).toEqual([LETTERS, LETTERS])
    // Each lies in the queue where it lay before it died.
    expect(queuesById(after)).toEqual(queuesById(before))
    expect(new Set(queuesById(after).values()).size).toBe(2)
  }, 240_000)

  it('a target that nobody may write to pauses it, and gets everything once when that is mended', async () => {
    const { id } = await planAll()
    const allow = (permission: string) =>
      cluster.mqadmin('updateTopicPerm', ['-c', cluster.clusterName, '-t', 'orders', '-p', permission])
    await allow('4')
    await trade.begin(id)
    const paused = await trade.waitFor(id, ['paused'])
    expect(paused.waitsFor).toMatchObject({ code: 'clusterFault', facts: { fault: 'notWritable', topic: 'orders' } })
    expect([paused.counts.produced, paused.counts.failed]).toEqual([0n, 0n])
    await allow('6')
    await resumeReplay(paused, trade.actions)
    expect((await trade.waitFor(id, ['completed'])).counts).toMatchObject({ produced: BigInt(LETTERS), failed: 0n })
    const ids = await sentBy(id)
    expect([ids.length, new Set(ids).size]).toEqual([LETTERS, LETTERS])
  })

  it('a queue that was made anew ends it before anything is sent', async () => {
    const { id } = await planAll()
    await cluster.mqadmin('deleteTopic', ['-c', cluster.clusterName, '-t', DLQ])
    await makeDeadLetters(cluster, messages)
    await trade.begin(id)
    expect((await trade.waitFor(id, ['failed'])).error).toEqual({ code: 'topicRecreated', facts: { topic: DLQ } })
    expect(await sentBy(id)).toEqual([])
  })

  it('a target that was deleted ends it before anything is sent', async () => {
    const { id } = await planAll()
    await cluster.mqadmin('deleteTopic', ['-c', cluster.clusterName, '-t', 'orders'])
    await trade.begin(id)
    expect((await trade.waitFor(id, ['failed'])).error).toEqual({ code: 'targetGone', facts: { topic: 'orders' } })
  })
})

const DLQ = '%DLQ%billing'
const LETTERS = 40

const jobOf = async (from: ReplayLab, id: string): Promise<ReplayJob> => (await from.store.get(id)) as ReplayJob
const nameServersOf = (cluster: RocketmqTestCluster): string[] => cluster.nameServers.map(({ address }) => address)

/** A consumer that never succeeds gives up after its first retry. */
async function makeDeadLetters(cluster: RocketmqTestCluster, messages: RocketmqMessages): Promise<void> {
  const consumers = await startRocketmqClients(cluster)
  await consumers.consume('billing', 'orders', { failedShare: 1, maxRetries: 0 })
  await consumers.send('orders', LETTERS)
  const reader = messages.reader()
  await vi.waitFor(
    async () => {
      const { partitions } = await reader.describe(DLQ, AbortSignal.timeout(5_000))
      const stored = partitions.reduce((sum, { endOffset }) => sum + Number(endOffset ?? 0n), 0)
      if (stored < LETTERS) throw new Error(`${stored} dead letters`)
    },
    { timeout: 60_000, interval: 300 },
  )
  await consumers.leave('billing')
}

async function readAll(messages: RocketmqMessages, topic: string): Promise<StoredMessage[]> {
  const reader = messages.reader()
  const all: StoredMessage[] = []
  const { partitions } = await reader.describe(topic, AbortSignal.timeout(10_000))
  for (const { partition, broker, startOffset } of partitions) {
    for (let next = startOffset ?? 0n, isAtEnd = false; !isAtEnd; ) {
      const request = { topic, partition, broker, fromOffset: next, maxBytes: 1_000_000 }
      const batch = await reader.read(request, AbortSignal.timeout(10_000))
      all.push(...batch.messages)
      next = batch.nextOffset
      isAtEnd = batch.isAtEnd
    }
  }
  return all
}

function textOf({ headers }: StoredMessage, name: string): string {
  const value = headers.find(({ key }) => key === name)?.value
  return value == null ? '' : Buffer.from(value).toString()
}

const isReplayOf = (jobId: string) => (message: StoredMessage) =>
  textOf(message, OWN_HEADERS.replayId).startsWith(jobId) ? 'after' : 'before'

/** By the id that a message keeps through all its copies. */
function queuesById(messages: readonly StoredMessage[] = []): Map<string, number> {
  return new Map(messages.map((message) => [textOf(message, 'UNIQ_KEY'), message.partition]))
}
