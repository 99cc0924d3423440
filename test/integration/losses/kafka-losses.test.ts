/** A real broker loses messages in the ways that brokers do, and the ledger says so: no more, no less, and once. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readStoredPoll } from '../../../lib/history/stored-poll.ts'
import { KafkaDriver } from '../../../lib/kafka/kafka-driver.ts'
import { clusterConfig, connectClients, EVERY_POLL, type TestClients } from '../../servers/kafka-clients.ts'
import { type KafkaTestCluster, startKafkaCluster } from '../../servers/kafka-cluster.ts'
import { partitionOf, pollUntil, topicOf } from '../../servers/polls.ts'
import { LossConsole } from './loss-console.ts'

/** Retention is looked after every half second, and not only half a minute after the start. */
const EAGER = { 'log.retention.check.interval.ms': '500', 'log.initial.task.delay.ms': '500' }
/** The least that brokers of 4.x take for a segment. */
const SEGMENT_BYTES = 1_048_576

let cluster: KafkaTestCluster
let clients: TestClients
let onlooker: KafkaDriver
let holdfast: LossConsole

beforeAll(async () => {
  cluster = await startKafkaCluster({ brokers: 1, brokerConfig: EAGER })
  clients = await connectClients(cluster.bootstrapServers)
  const config = clusterConfig(cluster.bootstrapServers)
  onlooker = new KafkaDriver(config, { paces: EVERY_POLL })
  holdfast = await LossConsole.open(config)
})

afterAll(async () => {
  await Promise.allSettled([holdfast?.close(), onlooker?.close(), clients?.close()])
  await cluster?.stop()
})

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
  await holdfast.poll(2)
  expect(await holdfast.ledger()).toEqual([])
  const stoppedAtMs = (await readStoredPoll(holdfast.database, holdfast.clusterId))?.atMs

  await cluster.cli('kafka-configs', [
    ...['--alter', '--entity-type', 'topics', '--entity-name', 'orders'],
    ...['--add-config', `retention.bytes=${SEGMENT_BYTES}`],
  ])
  const seen = await pollUntil(onlooker, (snapshot) =>
    expect(partitionOf(snapshot, 'orders', 0).startOffset).toBeGreaterThan(200n),
  )
  const start = partitionOf(seen, 'orders', 0).startOffset ?? 0n

  await holdfast.restart()
  await holdfast.poll(3)
  expect(await holdfast.ledger()).toMatchObject([
    {
      ...{ kind: 'retentionOverranGroup', topic: 'orders', partition: 0, group: 'billing', isAbandoned: false },
      ...{ fromOffset: 5n, toOffset: start, count: start - 5n, countBound: 'exact', windowFromMs: stoppedAtMs },
    },
  ])
  await commit('orders', start)
  await holdfast.poll(2)
  expect(await holdfast.ledger()).toHaveLength(1)
})

test('what a person deletes of a topic that keeps everything is no loss', async () => {
  await clients.createTopic('kept', [[1]], { 'retention.ms': '-1', 'retention.bytes': '-1' })
  await clients.produce(
    'kept',
    Array.from({ length: 10 }, (_, index) => ({ value: `${index}` })),
  )
  await commit('kept', 2n)
  await holdfast.poll()
  await clients.admin.deleteTopicRecords({ topic: 'kept', partitions: [{ partition: 0, offset: '7' }] })
  await pollUntil(onlooker, (seen) => expect(partitionOf(seen, 'kept', 0).startOffset).toBe(7n))
  await holdfast.poll(2)
  expect((await holdfast.ledger()).filter(({ topic }) => topic === 'kept')).toEqual([])
})

test('a topic that is created anew takes with it what a group had not read', async () => {
  await clients.createTopic('pay', [[1]])
  await clients.produce(
    'pay',
    Array.from({ length: 10 }, (_, index) => ({ value: `${index}` })),
  )
  await commit('pay', 4n)
  const before = await pollUntil(onlooker, (seen) => expect(partitionOf(seen, 'pay', 0).endOffset).toBe(10n))
  await holdfast.poll()
  await clients.admin.deleteTopics({ topics: ['pay'] })
  await pollUntil(onlooker, ({ topics }) => expect(topics.map(({ name }) => name)).not.toContain('pay'))
  // The console sees neither the one nor the other, or the time between: each is told alike.
  await holdfast.poll()
  await clients.createTopic('pay', [[1]])
  const after = await pollUntil(onlooker, (seen) => expect(partitionOf(seen, 'pay', 0).endOffset).toBe(0n))
  await holdfast.poll(2)
  expect((await holdfast.ledger()).filter(({ topic }) => topic === 'pay')).toMatchObject([
    {
      ...{ kind: 'topicRecreated', partition: null, group: 'billing', count: 6n, countBound: 'upper' },
      evidence: { topicIdBefore: topicOf(before, 'pay').topicId, topicIdNow: topicOf(after, 'pay').topicId },
    },
  ])
})
