/** A real broker loses messages in the ways that brokers do, and the ledger says so: no more, no less, and once. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../../lib/collector/clock.ts'
import { ClusterPoller } from '../../../lib/collector/cluster-poller.ts'
import { type Database, openDatabase } from '../../../lib/db.ts'
import { topicKindClassifier } from '../../../lib/dlq/topic-kind.ts'
import { NO_INBOX_FACTS } from '../../../lib/durability/unresolved.ts'
import { createEventHistory } from '../../../lib/history/event-history.ts'
import { createSnapshotReader } from '../../../lib/history/snapshot-reader.ts'
import { createSnapshotWriter } from '../../../lib/history/snapshot-writer.ts'
import { readStoredPoll } from '../../../lib/history/stored-poll.ts'
import { KafkaDriver } from '../../../lib/kafka/kafka-driver.ts'
import { createLossLedger, type StoredLoss } from '../../../lib/losses/loss-ledger.ts'
import { createExpectedBrokers } from '../../../lib/registry/expected-brokers.ts'
import { clusterConfig, connectClients, EVERY_POLL, type TestClients } from '../../servers/kafka-clients.ts'
import { type KafkaTestCluster, startKafkaCluster } from '../../servers/kafka-cluster.ts'
import { partitionOf, pollUntil, topicOf } from '../../servers/polls.ts'

/** Retention is looked after every half second, and not only half a minute after the start. */
const EAGER = { 'log.retention.check.interval.ms': '500', 'log.initial.task.delay.ms': '500' }
/** The least that brokers of 4.x take for a segment. */
const SEGMENT_BYTES = 1_048_576
const folder = mkdtempSync(join(tmpdir(), 'holdfast-losses-'))

let cluster: KafkaTestCluster
let clients: TestClients
let database: Database
let onlooker: KafkaDriver
let holdfast: ClusterPoller

beforeAll(async () => {
  cluster = await startKafkaCluster({ brokers: 1, brokerConfig: EAGER })
  clients = await connectClients(cluster.bootstrapServers)
  database = await openDatabase(`file:${join(folder, 'holdfast.db')}`)
  onlooker = createDriver()
  holdfast = startConsole()
})

afterAll(async () => {
  await Promise.allSettled([holdfast?.close(), onlooker?.close()])
  await Promise.allSettled([clients?.close(), database?.close()])
  await cluster?.stop()
  rmSync(folder, { recursive: true, force: true })
})

function createDriver(): KafkaDriver {
  return new KafkaDriver(clusterConfig(cluster.bootstrapServers), { paces: EVERY_POLL })
}

function startConsole(): ClusterPoller {
  const snapshots = createSnapshotReader(database)
  const tell = (facts: object, message: string): void => expect.fail(`${message} ${JSON.stringify(facts)}`)
  return new ClusterPoller({
    ...{ config: clusterConfig(cluster.bootstrapServers), createDriver, clock: systemClock, intervalMs: 1_000 },
    ...{ snapshots: createSnapshotWriter(database), events: createEventHistory(database) },
    ...{ history: { append: async () => undefined }, stores: { failed: () => undefined, ended: () => undefined } },
    ...{ expectedBrokers: createExpectedBrokers(database, Date.now), inboxFacts: async () => NO_INBOX_FACTS },
    ...{ kindOf: topicKindClassifier({ include: [], exclude: [] }), losses: createLossLedger(database) },
    ...{ mutes: { list: async () => [] }, severities: {} },
    findingsBefore: (clusterId) => snapshots.findings(clusterId),
    pollBefore: (clusterId) => readStoredPoll(database, clusterId),
    log: { info: () => undefined, warn: tell, error: tell },
  })
}

async function poll(times = 1): Promise<void> {
  for (let time = 0; time < times; time += 1) expect(await holdfast.poll(AbortSignal.timeout(60_000))).toBe(true)
}

const ledger = async (): Promise<readonly StoredLoss[]> => createLossLedger(database).list()
const commit = (topic: string, offset: bigint): Promise<void> =>
  clients.admin.setOffsets({ groupId: 'billing', topic, partitions: [{ partition: 0, offset: String(offset) }] })

test('retention that overtakes a group while the console is down is told once, with what is gone', async () => {
  await clients.createTopic('orders', [[1]], { 'segment.bytes': String(SEGMENT_BYTES) })
  const value = 'x'.repeat(10_000)
  for (let batch = 0; batch < 10; batch += 1) {
    await clients.produce(
      'orders',
      Array.from({ length: 40 }, () => ({ value })),
    )
  }
  await commit('orders', 5n)
  await pollUntil(onlooker, (seen) => expect(partitionOf(seen, 'orders', 0).endOffset).toBeGreaterThanOrEqual(400n))
  await poll(2)
  expect(await ledger()).toEqual([])
  const stoppedAtMs = (await readStoredPoll(database, 'test'))?.atMs
  await holdfast.close()

  await cluster.cli('kafka-configs', [
    ...['--alter', '--entity-type', 'topics', '--entity-name', 'orders'],
    ...['--add-config', `retention.bytes=${SEGMENT_BYTES}`],
  ])
  const seen = await pollUntil(onlooker, (snapshot) =>
    expect(partitionOf(snapshot, 'orders', 0).startOffset).toBeGreaterThan(200n),
  )
  const start = partitionOf(seen, 'orders', 0).startOffset ?? 0n

  holdfast = startConsole()
  await poll(3)
  expect(await ledger()).toMatchObject([
    {
      ...{ kind: 'retentionOverranGroup', topic: 'orders', partition: 0, group: 'billing', isAbandoned: false },
      ...{ fromOffset: 5n, toOffset: start, count: start - 5n, countBound: 'exact', windowFromMs: stoppedAtMs },
    },
  ])
  await commit('orders', start)
  await poll(2)
  expect(await ledger()).toHaveLength(1)
})

test('what a person deletes of a topic that keeps everything is no loss', async () => {
  await clients.createTopic('kept', [[1]], { 'retention.ms': '-1', 'retention.bytes': '-1' })
  await clients.produce(
    'kept',
    Array.from({ length: 10 }, (_, index) => ({ value: `${index}` })),
  )
  await commit('kept', 2n)
  await poll()
  await clients.admin.deleteTopicRecords({ topic: 'kept', partitions: [{ partition: 0, offset: '7' }] })
  await pollUntil(onlooker, (seen) => expect(partitionOf(seen, 'kept', 0).startOffset).toBe(7n))
  await poll(2)
  expect((await ledger()).filter(({ topic }) => topic === 'kept')).toEqual([])
})

test('a topic that is created anew takes with it what a group had not read', async () => {
  await clients.createTopic('pay', [[1]])
  await clients.produce(
    'pay',
    Array.from({ length: 10 }, (_, index) => ({ value: `${index}` })),
  )
  await commit('pay', 4n)
  const before = await pollUntil(onlooker, (seen) => expect(partitionOf(seen, 'pay', 0).endOffset).toBe(10n))
  await poll()
  await clients.admin.deleteTopics({ topics: ['pay'] })
  await pollUntil(onlooker, ({ topics }) => expect(topics.map(({ name }) => name)).not.toContain('pay'))
  // The console sees neither the one nor the other, or the time between: each is told alike.
  await poll()
  await clients.createTopic('pay', [[1]])
  const after = await pollUntil(onlooker, (seen) => expect(partitionOf(seen, 'pay', 0).endOffset).toBe(0n))
  await poll(2)
  expect((await ledger()).filter(({ topic }) => topic === 'pay')).toMatchObject([
    {
      ...{ kind: 'topicRecreated', partition: null, group: 'billing', count: 6n, countBound: 'upper' },
      evidence: { topicIdBefore: topicOf(before, 'pay').topicId, topicIdNow: topicOf(after, 'pay').topicId },
    },
  ])
})
