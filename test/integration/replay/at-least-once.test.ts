/** Replays to where no transaction reaches: another Kafka cluster, and RocketMQ; each with a worker that is killed. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { StoredMessage } from '../../../lib/cluster/messages.ts'
import { OWN_HEADERS } from '../../../lib/dlq/own-headers.ts'
import { cancelReplay, changeRate } from '../../../lib/replay/replay-actions.ts'
import type { ReplayJob } from '../../../lib/replay/replay-types.ts'
import { RocketmqMessages } from '../../../lib/rocketmq/rocketmq-messages.ts'
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
    const target = { mode: 'origin', topic: null, clusterId: 'there' } as const
    const id = await lab.create({ clusterId: 'here', topic: 'orders-dlt', target })
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
    const target = { mode: 'origin', topic: null, clusterId: 'there' } as const
    const first = await lab.create({ clusterId: 'here', topic: 'payments-dlt', target })
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
    const second = await lab.create({ clusterId: 'here', topic: 'payments-dlt', target })
    const { counts } = await jobOf(lab, first)
    await lab.begin(second)
    const job = await lab.waitFor(second, ['completed'], 90_000)
    expect(job.counts.produced + job.counts.failed).toBe(job.counts.selected)
    expect(counts.produced + job.counts.produced).toBe(BigInt(RECORDS))
    const sent = await readCommitted(thereClients, 'payments', 3)
    expect([sent.count, sent.doubled.length, sent.outOfOrder.length]).toEqual([RECORDS, 0, 0])
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
  it('dead letters of a real consumer arrive once where they came from, over a death of the worker', async () => {
    const cluster = await startRocketmqCluster({ slaves: 0, brokerConfig: { inSyncReplicas: '1' } })
    const rocketmqLab = await openReplayLab([{ id: 'trade', kind: 'rocketmq', servers: nameServersOf(cluster) }])
    const messages = new RocketmqMessages(rocketmqConfig(cluster))
    try {
      const letters = await makeDeadLetters(cluster, messages)
      rocketmqLab.startWorker()
      const id = await rocketmqLab.create({ clusterId: 'trade', topic: DLQ })
      const { plan, facts } = await rocketmqLab.waitFor(id, ['planned'])
      expect(plan?.warnings.map(({ code }) => code)).not.toContain('queueUnknown')
      expect(facts?.pins.map(({ offset }) => offset)).toEqual([0n, BigInt(letters) - 1n])
      await changeRate(
        await jobOf(rocketmqLab, id),
        { recordsPerSecond: 20, bytesPerSecond: null },
        rocketmqLab.actions,
      )
      await rocketmqLab.begin(id)
      await killAtRandom(rocketmqLab, id, { records: letters, deaths: 1, random: seeded(3) })
      await changeRate(
        await jobOf(rocketmqLab, id),
        { recordsPerSecond: null, bytesPerSecond: null },
        rocketmqLab.actions,
      )
      const job = await rocketmqLab.waitFor(id, ['completed'])
      expect(job.counts).toMatchObject({ produced: BigInt(letters), failed: 0n })
      const { before, after } = Object.groupBy(await readAll(messages, 'orders'), isReplayOf(id))
      const ids = after?.map((message) => textOf(message, OWN_HEADERS.replayId)) ?? []
      expect([ids.length, new Set(ids).size]).toEqual([letters, letters])
      // Each lies in the queue where it lay before it died.
      expect(queuesById(after)).toEqual(queuesById(before))
      expect(new Set(queuesById(after).values()).size).toBe(2)
    } finally {
      await messages.close()
      await rocketmqLab.close()
      await cluster.stop()
    }
  }, 240_000)
})

const DLQ = '%DLQ%billing'
const LETTERS = 40

const jobOf = async (from: ReplayLab, id: string): Promise<ReplayJob> => (await from.store.get(id)) as ReplayJob
const nameServersOf = (cluster: RocketmqTestCluster): string[] => cluster.nameServers.map(({ address }) => address)

/** A consumer that never succeeds gives up after its first retry. */
async function makeDeadLetters(cluster: RocketmqTestCluster, messages: RocketmqMessages): Promise<number> {
  await cluster.mqadmin('updateTopic', ['-c', cluster.clusterName, '-t', 'orders', '-r', '2', '-w', '2'])
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
  return LETTERS
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
