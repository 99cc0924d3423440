/**
 * The oldest brokers that are supported and the newest: what each shows, and what it cannot, is the table in
 * lib/kafka/README.md. Two brokers each, one of which is lost.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { PollHints } from '../../../lib/cluster/cluster-driver.ts'
import type { ClusterSnapshot } from '../../../lib/cluster/snapshot.ts'
import { KafkaMessages } from '../../../lib/kafka/kafka-messages.ts'
import { clusterConfig, connectClients, snapshotOf, type TestClients } from '../../servers/kafka-clients.ts'
import { type KafkaTestCluster, startKafkaCluster } from '../../servers/kafka-cluster.ts'
import { faultsOf, groupOf, topicOf } from '../../servers/polls.ts'

const UNSUPPORTED = {
  subject: { type: 'api', name: 'DescribeTopicPartitions' },
  fault: { code: 'unsupportedByBroker', facts: { api: 'DescribeTopicPartitions' } },
}
const REMOTE_LOG_TOPIC = '__remote_log_metadata'
const REMOTE_LOG_COPIES = 'rlmm.config.remote.log.metadata.topic.replication.factor'
/** Seen while the broker that is lost led the partition. */
const FIRST_EPOCH: PollHints = { epochsSeen: () => [{ partition: 0, leaderEpoch: 0 }] }
const VERSIONS = [
  { version: '3.3.2', release: '3.3', eligibleLeaders: null, faults: { eligibleLeaders: [UNSUPPORTED] } },
  { version: '4.4.0', release: '4.4', eligibleLeaders: [], faults: {} },
] as const

describe.each(VERSIONS)('brokers of $version', ({ version, release, eligibleLeaders, faults }) => {
  let cluster: KafkaTestCluster
  let clients: TestClients

  beforeAll(async () => {
    // A lost broker is missed soon.
    const controllerConfig = { 'broker.session.timeout.ms': '3000' }
    const brokerConfig = { 'broker.heartbeat.interval.ms': '500', [REMOTE_LOG_COPIES]: '1' }
    cluster = await startKafkaCluster({ brokers: 2, version, controllerConfig, brokerConfig })
    clients = await connectClients(cluster.bootstrapServers)
  })
  afterAll(async () => {
    await clients?.close()
    await cluster?.stop()
  })

  it('take messages, progress and what goes with it, and give them back', async () => {
    const topic = `payments-${Date.now()}`
    await clients.createTopic(topic, [[1, 2]])
    const messages = new KafkaMessages(clusterConfig(cluster.bootstrapServers))
    const signal = AbortSignal.timeout(60_000)
    const headers = [{ key: 'h', value: null }]
    const message = (value: string) => ({
      ...{ topic, partition: 0, broker: null, key: Buffer.from('k'), value: Buffer.from(value), headers },
      timestampMs: null,
    })
    try {
      const [outcome] = await messages.sender().send([message('one')], signal)
      expect(outcome).toMatchObject({ sent: { offset: 0n }, fault: null })
      const channel = messages.exactlyOnce({ jobId: topic, sourceTopic: topic })
      expect(await channel.open(signal)).toEqual([])
      const progress = { partition: 0, broker: null, nextOffset: 3n, note: 'noted' }
      expect(await channel.commit([message('two')], () => [progress], signal)).toMatchObject([{ offset: 1n }])
      expect(await channel.open(signal)).toEqual([progress])
      const request = { topic, partition: 0, broker: null, fromOffset: 0n, maxBytes: 100_000 }
      const batch = await messages.reader().read(request, signal)
      expect(batch.messages.map(({ value, headers: read }) => [String(value), read])).toEqual([
        ['one', headers],
        ['two', headers],
      ])
    } finally {
      await messages.close()
    }
  })

  describe('of which one is lost', () => {
    let snapshot: ClusterSnapshot

    beforeAll(async () => {
      await clients.createTopic('orders', [[2, 1]])
      await clients.createTopic(REMOTE_LOG_TOPIC, [[1]])
      await clients.produce('orders', [{ value: 'one' }, { value: 'two' }])
      const read = [{ partition: 0, offset: '1' }]
      await clients.admin.setOffsets({ groupId: 'billing', topic: 'orders', partitions: read })
      await cluster.brokers[1]?.kill()
      snapshot = await vi.waitFor(
        async () => {
          const seen = await snapshotOf(clusterConfig(cluster.bootstrapServers.slice(0, 1)), {}, FIRST_EPOCH)
          expect(topicOf(seen, 'orders').partitions[0]?.isr).toEqual(['1'])
          const billing = groupOf(seen, 'billing')
          expect(billing.fault).toBeNull()
          // Setting offsets joins the group; what joined may not have left yet.
          expect(billing.members).toEqual([])
          expect(billing.partitions?.[0]?.firstUnread).toBeTruthy()
          expect(seen.brokers).toHaveLength(1)
          // Whoever leads the internal topics now may not know it yet.
          expect(faultsOf(seen, 'offsets')).toEqual([])
          return seen
        },
        { timeout: 60_000, interval: 300 },
      )
    })

    it('tell everything that they know, and what they do not know has its reason', () => {
      expect(snapshot.version).toBe(release)
      const found = snapshot.facts.flatMap((fact) => (fact.faults.length > 0 ? [[fact.kind, fact.faults]] : []))
      expect(Object.fromEntries(found)).toEqual(faults)
      const topic = topicOf(snapshot, 'orders')
      expect(topic).toMatchObject({ internal: false, fault: null, settings: { minIsr: 1, cleanupPolicy: 'delete' } })
      expect(topic.topicId).toMatch(/^[\w-]{22}$/)
      expect(topic.partitions).toMatchObject([
        {
          ...{ leader: '1', replicas: ['2', '1'], isr: ['1'], offlineReplicas: ['2'], eligibleLeaders },
          ...{ startOffset: 0n, endOffset: 2n, lastStableOffset: 2n, reassignment: null },
          earlierEpoch: { leaderEpoch: 0, endOffset: 2n },
        },
      ])
      expect(topic.partitions[0]?.replicaSizes?.[0]?.sizeBytes).toBeGreaterThan(0n)
    })

    it('do not call the topic of tiered storage internal, nor tell how many copies it is to get', () => {
      expect(topicOf(snapshot, REMOTE_LOG_TOPIC)).toMatchObject({ internal: true, fault: null })
      const config = snapshot.brokers[0]?.config ?? []
      expect(config.find(({ name }) => name === REMOTE_LOG_COPIES)).toMatchObject({ value: null, sensitive: true })
    })

    it('tell of themselves, of their disks and of the quorum', () => {
      const [broker] = snapshot.brokers
      expect(broker).toMatchObject({ id: '1', online: true, version: release, fault: null })
      expect(broker?.config?.length).toBeGreaterThan(100)
      expect(broker?.logDirs).toMatchObject([{ error: null }])
      expect(broker?.logDirs?.[0]?.totalBytes).toBeGreaterThan(0n)
      expect(snapshot.quorum).toMatchObject({ leader: '100', voters: [{ id: '100', lag: 0n }] })
    })

    it('tell of groups, and of the time of what is unread', () => {
      expect(groupOf(snapshot, 'billing')).toMatchObject({
        ...{ type: 'classic', state: 'Empty', members: [] },
        partitions: [{ topic: 'orders', partition: 0, committedOffset: 1n, firstUnread: { offset: 1n } }],
      })
    })
  })
})
