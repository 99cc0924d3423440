/**
 * Every number the driver reads, against what RocketMQ's own mqadmin prints about the same cluster.
 *
 * Known differences, allowed for below:
 * - For a queue without a committed offset the tools print 0, as if the group had committed it; the driver says that
 *   nothing is committed.
 * - The tools list RocketMQ's own groups; the driver leaves them out.
 * - The tools' in-sync flag allows 256 MiB; the bytes behind it are compared.
 */
import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { ClusterSnapshot } from '../../../lib/cluster/snapshot.ts'
import { brokerOf, faultsOf, groupOf, topicOf } from '../../servers/polls.ts'
import { type RocketmqClients, startRocketmqClients } from '../../servers/rocketmq-clients.ts'
import { type RocketmqTestCluster, startRocketmqCluster } from '../../servers/rocketmq-cluster.ts'
import { rocketmqConfig, rocketmqSnapshot } from '../../servers/rocketmq-polls.ts'
import {
  bodyFile,
  clusterMembers,
  configTable,
  groupProgress,
  groupTotals,
  masterReplication,
  queueOffsets,
  runtimeTable,
  storedAtMs,
  topicNames,
} from '../../servers/rocketmq-tools.ts'

const SOON = { timeout: 90_000, interval: 1_000 }
const MASTERS = ['broker-a', 'broker-b'] as const

/** The disk is the machine's, others write to it, and the snapshot is some seconds old: 0.05 apart at most. */
const aboutNow = (ratio: string | undefined): unknown => expect.closeTo(Number(ratio), 1)

describe.each(['5.5.0', '4.9.7'] as const)('RocketMQ %s', (version) => {
  let cluster: RocketmqTestCluster
  let clients: RocketmqClients
  let snapshot: ClusterSnapshot
  let startedAtMs: number

  const mqadmin = (command: string, ...args: string[]): Promise<string> => cluster.mqadmin(command, args)
  const addressOf = (id: string): string => {
    const { host, port } = brokerOf(snapshot, id)
    return `${host}:${port}`
  }

  beforeAll(async () => {
    startedAtMs = Date.now()
    cluster = await startRocketmqCluster({ version, brokers: MASTERS })
    clients = await startRocketmqClients(cluster)
    await makeTopics()
    await makeGroups()
    snapshot = await settled()
  })
  afterAll(() => cluster?.stop())

  async function makeTopics(): Promise<void> {
    const size = ['-r', '3', '-w', '3']
    for (const topic of ['orders', 'failing']) await mqadmin('updateTopic', '-c', 'testCluster', '-t', topic, ...size)
    await mqadmin('updateTopic', '-b', cluster.broker('broker-a').address, '-t', 'only-on-a', '-r', '2', '-w', '4')
    await clients.send('orders', 60)
    await clients.send('only-on-a', 10)
    await clients.send('failing', 3)
  }

  async function makeGroups(): Promise<void> {
    await clients.consume('slow', 'orders', { pauseMs: 60_000 })
    await clients.consume('quick', 'orders')
    await clients.consume('failing-group', 'failing', { maxRetries: 0, failedShare: 1 })
    await vi.waitFor(async () => expect(await clients.handled('quick')).toBe(60), SOON)
    await vi.waitFor(async () => expect(topicNames(await mqadmin('topicList'))).toContain('%DLQ%failing-group'), SOON)
  }

  /** Offsets are committed every few seconds, and slaves copy the log meanwhile. */
  async function settled(): Promise<ClusterSnapshot> {
    return vi.waitFor(async () => {
      const seen = await rocketmqSnapshot(rocketmqConfig(cluster))
      for (const [group, read, messages] of [
        ['quick', 'orders', 60n],
        ['failing-group', 'failing', 3n],
      ] as const) {
        const queues = groupOf(seen, group).partitions?.filter(({ topic }) => topic === read) ?? []
        expect(queues.reduce((sum, { committedOffset }) => sum + (committedOffset ?? 0n), 0n)).toBe(messages)
      }
      // A member also reads its group's retries, and commits that last.
      for (const id of ['slow', 'quick', 'failing-group']) {
        const topics = groupOf(seen, id).partitions?.map(({ topic, broker }) => `${topic} on ${broker}`)
        expect(topics).toEqual(expect.arrayContaining(MASTERS.map((broker) => `%RETRY%${id} on ${broker}`)))
      }
      expect(topicOf(seen, '%DLQ%failing-group').partitions.reduce((sum, one) => sum + (one.endOffset ?? 0n), 0n)).toBe(
        3n,
      )
      for (const { rocketmq } of seen.brokers) expect(rocketmq?.replication?.behindBytes).toBe(0n)
      return seen
    }, SOON)
  }

  test('brokers, addresses and versions: clusterList', async () => {
    const listed = clusterMembers(await mqadmin('clusterList')).sort((one, other) =>
      `${one.broker}:${one.id}` < `${other.broker}:${other.id}` ? -1 : 1,
    )
    const seen = snapshot.brokers.map(({ id, host, port, version: release, rocketmq }) => ({
      ...{ id, address: `${host}:${port}`, version: release, cluster: rocketmq?.clusterName },
    }))
    expect(seen).toEqual(
      listed.map(({ cluster: name, broker, id, address, version: release }) => ({
        ...{ id: `${broker}:${id}`, address, version: release.replace(/^V/, '').replaceAll('_', '.'), cluster: name },
      })),
    )
    expect(snapshot).toMatchObject({ kind: 'rocketmq', version, systemClusterId: 'testCluster' })
  })

  test('topics: topicList', async () => {
    const listed = topicNames(await mqadmin('topicList')).sort()
    expect(snapshot.topics.map(({ name }) => name).sort()).toEqual(listed)
    expect(snapshot.nameServers).toMatchObject([{ online: true, topicCount: listed.length, missingTopicCount: 0 }])
  })

  test('offsets of every queue of every topic: topicStatus', async () => {
    for (const { name, partitions } of snapshot.topics) {
      const seen = partitions.map(({ broker, partition, startOffset, endOffset }) => [
        `${broker}/${partition}`,
        { min: startOffset, max: endOffset },
      ])
      expect({ name, queues: Object.fromEntries(seen) }).toEqual({
        name,
        queues: queueOffsets(await mqadmin('topicStatus', '-t', name)),
      })
    }
  })

  test('a topic on one broker has that broker’s queues only', () => {
    const { partitions, rocketmq } = topicOf(snapshot, 'only-on-a')
    expect(partitions.map(({ broker, partition }) => `${broker}/${partition}`)).toEqual([
      'broker-a/0',
      'broker-a/1',
      'broker-a/2',
      'broker-a/3',
    ])
    expect(rocketmq?.brokers).toMatchObject([{ broker: 'broker-a', readQueues: 2, writeQueues: 4, permission: 6 }])
  })

  test('committed offsets and lag of every queue of every group: consumerProgress', async () => {
    for (const { id, partitions } of snapshot.groups) {
      if (partitions?.length === 0) continue
      const seen = (partitions ?? []).map(({ topic, broker, partition, committedOffset }) => {
        const log = topicOf(snapshot, topic).partitions.find(
          (one) => one.broker === broker && one.partition === partition,
        )
        const consumerOffset = committedOffset ?? 0n
        const diff = (log?.endOffset ?? -1n) - consumerOffset
        return { topic, broker, queue: partition, brokerOffset: log?.endOffset, consumerOffset, diff }
      })
      const listed = groupProgress(await mqadmin('consumerProgress', '-g', id))
      const byPlace = (one: { topic: string; broker: string | null; queue: number }): string =>
        `${one.topic} ${one.broker} ${one.queue}`
      expect({ id, rows: new Map(seen.map((row) => [byPlace(row), row])) }).toEqual({
        id,
        rows: new Map(listed.map((row) => [byPlace(row), row])),
      })
    }
  })

  test('groups with their members: consumerProgress', async () => {
    const listed = groupTotals(await mqadmin('consumerProgress'))
    for (const id of ['slow', 'quick', 'failing-group']) {
      const { state, members, rocketmq } = groupOf(snapshot, id)
      expect({ id, members: members?.length }).toEqual({ id, members: listed[id]?.members })
      expect({ id, state, ...rocketmq }).toMatchObject({
        ...{ id, state: 'ONLINE', consumeType: 'CONSUME_PASSIVELY', messageModel: 'CLUSTERING', settingsDiffer: false },
      })
    }
  })

  test('run-time numbers of every broker: brokerStatus', async () => {
    for (const { id, rocketmq, logDirs } of snapshot.brokers) {
      const table = runtimeTable(await mqadmin('brokerStatus', '-b', addressOf(id)))
      const { runtime, replication } = rocketmq ?? {}
      expect({ id, ...runtime }).toMatchObject({
        id,
        bootAtMs: Number(table.bootTimestamp),
        putMessages: BigInt(table.putMessageTimesTotal ?? ''),
        putMessageFailures: BigInt(table.putMessageFailedTimes ?? ''),
        dispatchBehindBytes: BigInt(table.dispatchBehindBytes ?? ''),
        commitLogDiskRatio: aboutNow(table.commitLogDiskRatio),
        consumeQueueDiskRatio: aboutNow(table.consumeQueueDiskRatio),
        earliestMessageAtMs: table.earliestMessageTimeStamp === '-1' ? null : Number(table.earliestMessageTimeStamp),
        sendQueueSize: Number(table.sendThreadPoolQueueSize),
        remainingToFlushBytes: table.remainHowManyDataToFlush === '0 B' ? 0n : expect.anything(),
        isActive: table.brokerActive === undefined ? null : table.brokerActive === 'true',
      })
      expect({ id, ...replication }).toMatchObject({
        id,
        commitLogMinOffset: BigInt(table.commitLogMinOffset ?? ''),
        commitLogMaxOffset: BigInt(table.commitLogMaxOffset ?? ''),
      })
      expect(logDirs?.[0]?.usedRatio).toEqual(aboutNow(table.commitLogDiskRatio))
    }
  })

  test.runIf(version.startsWith('5.'))('replication: haStatus (4.9 does not tell it)', async () => {
    for (const name of MASTERS) {
      const listed = masterReplication(await mqadmin('haStatus', '-b', addressOf(`${name}:0`)))
      const { replication: master } = brokerOf(snapshot, `${name}:0`).rocketmq ?? {}
      const { replication: slave } = brokerOf(snapshot, `${name}:1`).rocketmq ?? {}
      expect(master).toMatchObject({ commitLogMaxOffset: listed.masterMaxOffset, connectedSlaves: listed.slaves })
      expect(slave).toMatchObject({ behindBytes: listed.connections[0]?.diff, inSync: true, behindMs: 0 })
    }
  })

  test.runIf(version.startsWith('4.'))('connections of slaves are unknown, and why (5.x tells them)', () => {
    expect(brokerOf(snapshot, 'broker-a:0').rocketmq?.replication?.connectedSlaves).toBeNull()
    expect(faultsOf(snapshot, 'replication')).toContain('broker broker-a:0: unsupportedByBroker')
  })

  test('settings of every broker, but secrets: getBrokerConfig', async () => {
    for (const { id, config } of snapshot.brokers) {
      const listed = configTable(await mqadmin('getBrokerConfig', '-b', addressOf(id)))
      const plain = config?.filter(({ sensitive }) => !sensitive) ?? []
      expect(plain.length).toBeGreaterThan(100)
      expect(Object.fromEntries(plain.map(({ name, value }) => [name, value ?? '']))).toMatchObject(
        Object.fromEntries(plain.map(({ name }) => [name, listed[name]])),
      )
    }
  })

  test('both copies of every queue are in sync, and a send waits for both', () => {
    for (const { broker, replicas, isr, leader, minIsr } of snapshot.topics.flatMap(({ partitions }) => partitions)) {
      const members = [`${broker}:0`, `${broker}:1`]
      expect({ leader, replicas, isr, minIsr }).toEqual({
        leader: members[0],
        replicas: members,
        isr: members,
        minIsr: 2,
      })
    }
  })

  // Last: the tool joins as a consumer.
  test('store time of the oldest dead letter: queryMsgByOffset', async () => {
    const topic = '%DLQ%failing-group'
    const { partitions } = topicOf(snapshot, topic)
    const holding = partitions.filter(({ startOffset, endOffset }) => startOffset !== endOffset)
    expect(holding).not.toEqual([])
    for (const { broker, partition, startOffset, oldestAtMs } of partitions) {
      if (!holding.some((one) => one.broker === broker && one.partition === partition)) expect(oldestAtMs).toBeNull()
      else {
        const place = ['-t', topic, '-b', broker ?? '', '-i', String(partition), '-o', String(startOffset)]
        const message = await mqadmin('queryMsgByOffset', ...place)
        rmSync(bodyFile(message) ?? '', { force: true })
        expect(oldestAtMs).toBe(storedAtMs(message))
        expect(oldestAtMs).toBeGreaterThan(startedAtMs)
        expect(oldestAtMs).toBeLessThan(snapshot.startedAtMs)
      }
    }
  })
})
