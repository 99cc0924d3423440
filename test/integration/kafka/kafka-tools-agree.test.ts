/**
 * Every number the driver reads, against what Kafka's own command-line tools print about the same cluster.
 *
 * Known differences, allowed for below:
 * - The tools print no total and usable bytes of a log dir; those are compared with the file system itself.
 * - The tools' under-min-ISR lists count leaderless partitions, and their at-min lists partitions that have no more
 *   replicas than min ISR; the driver hands out ISR and min ISR, so the lists themselves are compared.
 * - The tools' lag, like end − committed here, counts transaction markers and aborted records as unread.
 * - The tools list a stopped group's partitions only where it has committed; so does the driver.
 */
import { statfs, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Consumer as PlatformaticConsumer, Producer as PlatformaticProducer, ProduceAcks } from '@platformatic/kafka'
import type { Consumer } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { PollHints } from '../../../lib/cluster/cluster-driver.ts'
import type { ClusterSnapshot, GroupState, PartitionState } from '../../../lib/cluster/snapshot.ts'
import { wantedReplicas } from '../../../lib/durability/ladder.ts'
import { KafkaDriver } from '../../../lib/kafka/kafka-driver.ts'
import { clusterConfig, connectClients, snapshotOf, type TestClients } from '../../servers/kafka-clients.ts'
import { type KafkaTestCluster, startKafkaCluster } from '../../servers/kafka-cluster.ts'
import { describedConfig, describedTopics, idList, offsetLines, tableRows } from '../../servers/kafka-tools.ts'
import { groupOf, pollOnce, topicOf } from '../../servers/polls.ts'
import { joinStreamsGroup } from '../../servers/streams-member.ts'

let cluster: KafkaTestCluster
let clients: TestClients
let classic: Consumer
let modern: PlatformaticConsumer
let snapshot: ClusterSnapshot

beforeAll(async () => {
  cluster = await startKafkaCluster({ racks: ['a', 'b', 'c'], logDirsPerBroker: 2 })
  clients = await connectClients(cluster.bootstrapServers)
  await makeTopics()
  await makeGroups()
  await makeTransactions()
  // Sizes settle when the followers have everything.
  snapshot = await vi.waitFor(
    async () => {
      const seen = await snapshotOf(clusterConfig(cluster.bootstrapServers))
      expect(groupOf(seen, 'classic-live').state).toBe('Stable')
      expect(groupOf(seen, 'modern-live').state).toBe('Stable')
      expect(groupOf(seen, 'streams-app').state).not.toBeNull()
      for (const { partitions } of seen.topics) {
        for (const { isr, replicas, replicaSizes } of partitions) {
          expect(isr).toHaveLength(replicas.length)
          expect(replicaSizes?.every(({ offsetLag }) => offsetLag === 0n)).toBe(true)
        }
      }
      return seen
    },
    { timeout: 60_000, interval: 500 },
  )
})

afterAll(async () => {
  await modern?.close(true)
  await classic?.disconnect()
  await clients?.close()
  await cluster?.stop()
})

async function makeTopics(): Promise<void> {
  await clients.createTopic(
    'orders',
    [
      [1, 2, 3],
      [2, 3, 1],
      [3, 1, 2],
    ],
    {
      'min.insync.replicas': '2',
      'retention.ms': '3600000',
      'cleanup.policy': 'compact,delete',
    },
  )
  await clients.createTopic(
    'payments',
    [
      [1, 2],
      [2, 3],
    ],
    { 'unclean.leader.election.enable': 'true' },
  )
  await clients.createTopic('empty', [[3]])
  await clients.produce(
    'orders',
    Array.from({ length: 50 }, (_, index) => ({ key: `k${index}`, value: `v${index}`, partition: index % 3 })),
  )
  await clients.produce(
    'payments',
    Array.from({ length: 20 }, (_, index) => ({ value: `v${index}`, partition: index % 2 })),
  )
  // Moves a log's start, so that start offsets are not all zero.
  const upTo = path.join(cluster.brokers[0]?.logDirs[0] ?? '', '..', 'delete-records.json')
  await writeFile(upTo, JSON.stringify({ version: 1, partitions: [{ topic: 'payments', partition: 0, offset: 4 }] }))
  await cluster.cli('kafka-delete-records', ['--offset-json-file', upTo])
}

async function makeGroups(): Promise<void> {
  let seen = 0
  classic = clients.kafka.consumer({ groupId: 'classic-live' })
  await classic.connect()
  await classic.subscribe({ topics: ['orders'], fromBeginning: true })
  await classic.run({ autoCommitThreshold: 1, eachMessage: async () => void seen++ })
  const offsets = [{ partition: 1, offset: '3' }]
  await clients.admin.setOffsets({
    groupId: 'read-all',
    topic: 'empty',
    partitions: [{ partition: 0, offset: '1' }],
  })
  await clients.admin.setOffsets({ groupId: 'classic-stopped', topic: 'payments', partitions: offsets })
  modern = await startModern()
  await runShareGroup()
  await joinStreamsGroup(cluster.bootstrapServers[0] ?? '', 'streams-app', 'member-1', 'orders')
  await vi.waitFor(() => expect(seen).toBe(50), { timeout: 60_000 })
}

/** A group of the KIP-848 protocol. */
async function startModern(): Promise<PlatformaticConsumer> {
  const consumer = new PlatformaticConsumer({
    clientId: 'modern',
    groupId: 'modern-live',
    bootstrapBrokers: [...cluster.bootstrapServers],
    groupProtocol: 'consumer',
    autocommit: 100,
  })
  const stream = await consumer.consume({ topics: ['payments'], mode: 'earliest' })
  // 20 records less the 4 that were deleted before anybody read them.
  let left = 16
  await new Promise<void>((resolve) => {
    stream.on('data', () => {
      if (--left === 0) resolve()
    })
  })
  return consumer
}

async function runShareGroup(): Promise<void> {
  const config = [
    '--entity-type',
    'groups',
    '--entity-name',
    'sharers',
    '--alter',
    '--add-config',
    'share.auto.offset.reset=earliest',
  ]
  await cluster.cli('kafka-configs', config)
  await cluster.cli('kafka-console-share-consumer', [
    '--topic',
    'orders',
    '--group',
    'sharers',
    '--max-messages',
    '30',
    '--timeout-ms',
    '20000',
  ])
}

/** Leaves a committed transaction, whose marker is an offset without a record. */
async function makeTransactions(): Promise<void> {
  const producer = new PlatformaticProducer({
    clientId: 'transactional',
    bootstrapBrokers: [...cluster.bootstrapServers],
    transactionalId: 'tx-1',
    idempotent: true,
    producerId: -1n,
    producerEpoch: -1,
  })
  const transaction = await producer.beginTransaction()
  const messages = [{ topic: 'empty', value: Buffer.from('in a transaction') }]
  await transaction.send({ messages, acks: ProduceAcks.ALL })
  await transaction.commit()
  await producer.close()
}

function partitions(): [key: string, state: PartitionState][] {
  return snapshot.topics
    .filter(({ internal }) => !internal)
    .flatMap(({ name, partitions: list }) =>
      list.map((state): [string, PartitionState] => [`${name}/${state.partition}`, state]),
    )
}

describe('topics', () => {
  test('ids, leaders, replicas, ISR and ELR agree with kafka-topics', async () => {
    const described = describedTopics(await cluster.cli('kafka-topics', ['--describe']))
    expect(Object.fromEntries(described.topics.map(({ Topic, TopicId }) => [Topic, TopicId]))).toEqual(
      Object.fromEntries(snapshot.topics.map(({ name, topicId }) => [name, topicId])),
    )
    const printed = described.partitions.map(({ Topic, Partition, Leader, Replicas, Isr, Elr }) => ({
      key: `${Topic}/${Partition}`,
      leader: Leader,
      replicas: idList(Replicas),
      isr: idList(Isr),
      eligible: idList(Elr),
    }))
    const read = snapshot.topics.flatMap(({ name, partitions: list }) =>
      list.map(({ partition, leader, replicas, isr }) => ({
        key: `${name}/${partition}`,
        leader,
        replicas,
        isr,
        eligible: [],
      })),
    )
    const byKey = (a: { key: string }, b: { key: string }) => a.key.localeCompare(b.key)
    expect(read.sort(byKey)).toEqual(printed.sort(byKey))
  })

  test('start and end offsets agree with kafka-get-offsets', async () => {
    const exclude = '--exclude-internal-topics'
    const ends = offsetLines(await cluster.cli('kafka-get-offsets', ['--time', 'latest', exclude]))
    expect(Object.fromEntries(partitions().map(([key, { endOffset }]) => [key, endOffset]))).toEqual(ends)
    const starts = offsetLines(await cluster.cli('kafka-get-offsets', ['--time', 'earliest', exclude]))
    expect(Object.fromEntries(partitions().map(([key, { startOffset }]) => [key, startOffset]))).toEqual(starts)
    expect(starts['payments/0']).toBe(4n)
    // The marker of the transaction takes an offset and is stable.
    expect(topicOf(snapshot, 'empty').partitions[0]).toMatchObject({ endOffset: 2n, lastStableOffset: 2n })
  })

  test('every setting agrees with kafka-configs', async () => {
    const printed = describedConfig(
      await cluster.cli('kafka-configs', ['--describe', '--all', '--entity-type', 'topics', '--entity-name', 'orders']),
    )
    const config = topicOf(snapshot, 'orders').config ?? []
    expect(Object.keys(printed).length).toBeGreaterThan(20)
    expect(Object.fromEntries(config.map(({ name, value }) => [name, value ?? 'null']))).toEqual(printed)
    expect(
      config
        .filter(({ source }) => source === 'DYNAMIC_TOPIC_CONFIG')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['cleanup.policy', 'min.insync.replicas', 'retention.ms'])
    expect(topicOf(snapshot, 'orders').settings).toEqual({
      minIsr: 2,
      retentionMs: 3_600_000n,
      retentionBytes: -1n,
      cleanupPolicy: 'compact,delete',
      uncleanLeaderElection: false,
    })
    expect(topicOf(snapshot, 'payments').settings.uncleanLeaderElection).toBe(true)
  })
})

describe('a reassignment that goes on', () => {
  /** The first response may be as large as it likes; what is left then takes ages. */
  const THROTTLED = ['--throttle', '1000', '--replica-alter-log-dirs-throttle', '1000']
  let plan: string

  async function reassign(action: string, ...more: string[]): Promise<string> {
    return cluster.cli('kafka-reassign-partitions', [action, '--reassignment-json-file', plan, ...more])
  }

  test('agrees with kafka-reassign-partitions, and what it is only adding is not missed', async () => {
    await clients.createTopic('moving', [[1, 2]])
    const value = Buffer.alloc(100_000)
    for (let sent = 0; sent < 40; sent += 1) await clients.produce('moving', [{ value, partition: 0 }])
    plan = path.join(cluster.brokers[0]?.logDirs[0] ?? '', '..', 'reassignment.json')
    await writeFile(
      plan,
      JSON.stringify({ version: 1, partitions: [{ topic: 'moving', partition: 0, replicas: [2, 3] }] }),
    )
    await reassign('--execute', ...THROTTLED)
    const listed = await cluster.cli('kafka-reassign-partitions', ['--list'])
    expect(listed).toMatch(/moving-0: replicas: 2,3,1\. adding: 3\. removing: 1\./)
    const seen = await snapshotOf(clusterConfig(cluster.bootstrapServers))
    const [moving] = topicOf(seen, 'moving').partitions
    expect(moving).toMatchObject({ replicas: ['2', '3', '1'], reassignment: { adding: ['3'], removing: ['1'] } })
    expect(moving?.isr?.toSorted()).toEqual(['1', '2'])
    expect(wantedReplicas(moving as PartitionState)).toBe(2)

    await reassign('--cancel')
    const after = await snapshotOf(clusterConfig(cluster.bootstrapServers))
    const [stayed] = topicOf(after, 'moving').partitions
    expect(stayed?.replicas.toSorted()).toEqual(['1', '2'])
    expect(stayed?.reassignment).toBeNull()
    await clients.admin.deleteTopics({ topics: ['moving'] })
  })
})

describe('brokers', () => {
  test('replica sizes and lags agree with kafka-log-dirs', async () => {
    const text = await cluster.cli('kafka-log-dirs', ['--describe', '--topic-list', 'orders,payments,empty'])
    const { brokers } = JSON.parse(text.split('\n').find((line) => line.startsWith('{')) ?? '{}')
    const printed: Record<string, unknown> = {}
    for (const { broker, logDirs } of brokers) {
      for (const { logDir, partitions: list } of logDirs) {
        for (const { partition, size, offsetLag, isFuture } of list) {
          printed[`${broker} ${partition}`] = {
            logDir,
            sizeBytes: BigInt(size),
            offsetLag: BigInt(offsetLag),
            isFuture,
          }
        }
      }
    }
    const read = partitions().flatMap(([key, { replicaSizes }]) =>
      (replicaSizes ?? []).map(({ broker, ...size }) => [`${broker} ${key.replace('/', '-')}`, size]),
    )
    expect(Object.fromEntries(read)).toEqual(printed)
    expect(read).toHaveLength(3 * 3 + 2 * 2 + 1)
  })

  test('disks agree with the file system, racks with the configuration', async () => {
    expect(snapshot.brokers.map(({ id, rack, role, version }) => [id, rack, role, version])).toEqual([
      ['1', 'a', 'broker', '4.3'],
      ['2', 'b', 'broker', '4.3'],
      ['3', 'c', 'broker', '4.3'],
    ])
    for (const [index, { logDirs }] of snapshot.brokers.entries()) {
      expect(logDirs?.map((dir) => dir.path).sort()).toEqual(cluster.brokers[index]?.logDirs.toSorted())
      for (const { path: dir, totalBytes, usableBytes, error } of logDirs ?? []) {
        const disk = await statfs(dir, { bigint: true })
        expect({ totalBytes, error }).toEqual({ totalBytes: disk.blocks * disk.bsize, error: null })
        // Others write to this disk meanwhile.
        expect(Number(usableBytes)).toBeGreaterThan(0)
        expect(usableBytes).toBeLessThanOrEqual(totalBytes ?? 0n)
      }
    }
  })

  test('broker settings agree with kafka-configs', async () => {
    const args = ['--describe', '--all', '--entity-type', 'brokers', '--entity-name', '1']
    const printed = describedConfig(await cluster.cli('kafka-configs', args))
    const config = snapshot.brokers[0]?.config ?? []
    expect(Object.keys(printed).length).toBeGreaterThan(200)
    const read = config.map(({ name, value }) => [name, value ?? 'null'])
    expect(Object.fromEntries(read)).toEqual(printed)
  })

  test('the quorum agrees with kafka-metadata-quorum', async () => {
    const text = await cluster.cli('kafka-metadata-quorum', ['describe', '--replication'])
    const rows = tableRows(text, 'NodeId')
    const ids = (status: string) => rows.filter(({ Status }) => Status === status).map(({ NodeId }) => NodeId)
    expect(snapshot.quorum?.leader).toBe(ids('Leader')[0])
    expect(snapshot.quorum?.observers.map(({ id }) => id).sort()).toEqual(ids('Observer').sort())
    expect(snapshot.quorum?.voters.map(({ id, lag }) => [id, lag])).toEqual([['100', 0n]])
  })
})

describe('groups', () => {
  test('types and states agree with kafka-groups and the groups’ own tools', async () => {
    const types = tableRows(await cluster.cli('kafka-groups', ['--list']), 'GROUP')
    expect(Object.fromEntries(snapshot.groups.map(({ id, type }) => [id, type]))).toEqual(
      Object.fromEntries(types.map(({ GROUP, TYPE }) => [GROUP, TYPE?.toLowerCase()])),
    )
    const states = tableRows(await cluster.cli('kafka-consumer-groups', ['--list', '--state']), 'GROUP')
    for (const { GROUP = '', STATE } of states) expect([GROUP, groupOf(snapshot, GROUP).state]).toEqual([GROUP, STATE])
    expect(states).toHaveLength(4)
    const shares = tableRows(await cluster.cli('kafka-share-groups', ['--list', '--state']), 'GROUP')
    expect(shares).toEqual([{ GROUP: 'sharers', STATE: groupOf(snapshot, 'sharers').state }])
    const streams = tableRows(await cluster.cli('kafka-streams-groups', ['--list', '--state']), 'GROUP')
    expect(streams.map(({ GROUP }) => GROUP)).toEqual(['streams-app'])
  })

  test('committed offsets, lag and owners agree with kafka-consumer-groups', async () => {
    const rows = tableRows(
      await cluster.cli('kafka-consumer-groups', ['--describe', '--all-groups', '--offsets']),
      'GROUP',
    )
    const printed = rows.map((row) => ({
      key: `${row.GROUP} ${row.TOPIC}/${row.PARTITION}`,
      committed: row['CURRENT-OFFSET'],
      lag: row.LAG,
      owner: row['CONSUMER-ID'] === '-' ? null : row['CONSUMER-ID'],
      host: row.HOST === '-' ? null : row.HOST?.replace('/', ''),
    }))
    const read = ['classic-live', 'classic-stopped', 'modern-live'].flatMap((id) => groupRows(groupOf(snapshot, id)))
    const byKey = (a: { key: string }, b: { key: string }) => a.key.localeCompare(b.key)
    // The tool counts the end of a transaction as something to read.
    const [atTransactionEnd, others] = [
      printed.filter(({ key }) => key.startsWith('read-all ')),
      printed.filter(({ key }) => !key.startsWith('read-all ')),
    ]
    expect(read.sort(byKey)).toEqual(others.sort(byKey))
    expect(read).toHaveLength(3 + 1 + 2)
    expect(atTransactionEnd).toMatchObject([{ committed: '1', lag: '1' }])
  })

  test('a share group’s start offsets agree with kafka-share-groups', async () => {
    const rows = tableRows(
      await cluster.cli('kafka-share-groups', ['--describe', '--group', 'sharers', '--offsets']),
      'GROUP',
    )
    const group = groupOf(snapshot, 'sharers')
    const read = group.partitions?.map(({ topic, partition, committedOffset }) => [
      topic,
      String(partition),
      String(committedOffset ?? '-'),
    ])
    expect(read?.sort()).toEqual(rows.map((row) => [row.TOPIC, row.PARTITION, row['START-OFFSET']]).sort())
    expect(read?.length).toBeGreaterThan(0)
  })

  test('a streams group made by hand is described like kafka-streams-groups does', async () => {
    const rows = tableRows(
      await cluster.cli('kafka-streams-groups', ['--describe', '--group', 'streams-app', '--state']),
      'GROUP',
    )
    const group = groupOf(snapshot, 'streams-app')
    expect(group.type).toBe('streams')
    expect(rows[0]).toMatchObject({ GROUP: 'streams-app' })
    expect(group.members?.map(({ memberId, clientId }) => [memberId, clientId])).toEqual([['member-1', 'test-streams']])
    expect(group.partitions?.every(({ committedOffset }) => committedOffset === null)).toBe(true)
  })

  test('a group before the end of a transaction has nothing to read', () => {
    const [partition] = groupOf(snapshot, 'read-all').partitions ?? []
    expect(partition).toMatchObject({ committedOffset: 1n, unreadFrom: 2n, firstUnread: null })
    expect(topicOf(snapshot, 'empty').partitions[0]?.endOffset).toBe(2n)
  })

  test('the first unread record of a stopped group has its own time', async () => {
    const partition = groupOf(snapshot, 'classic-stopped').partitions?.[0]
    expect(partition?.firstUnread).toMatchObject({ offset: 3n, precision: 'record' })
    const ageMs = Date.now() - (partition?.firstUnread?.timestampMs ?? 0)
    expect(ageMs).toBeGreaterThan(0)
    expect(ageMs).toBeLessThan(5 * 60_000)
  })
})

// Last: it changes what the others compare.
test('what somebody sets is read at once where the poll is told of it, and else at its own pace', async () => {
  const driver = new KafkaDriver(clusterConfig(cluster.bootstrapServers))
  const keptMs = async (hints?: PollHints) => topicOf(await pollOnce(driver, hints), 'orders').settings.retentionMs
  try {
    expect(await keptMs()).toBe(3_600_000n)
    await cluster.cli('kafka-configs', ['--alter', '--topic', 'orders', '--add-config', 'retention.ms=-1'])
    expect(await keptMs()).toBe(3_600_000n)
    const changedTopics = new Set(['orders', 'gone'])
    await vi.waitFor(async () => expect(await keptMs({ changedTopics })).toBe(-1n), { timeout: 20_000, interval: 200 })
  } finally {
    await driver.close()
  }
})

function groupRows(group: GroupState) {
  return (group.partitions ?? []).map(({ topic, partition, committedOffset }) => {
    const end = topicOf(snapshot, topic).partitions.find((one) => one.partition === partition)?.endOffset ?? null
    const owner = group.members?.find(({ assignments }) =>
      assignments.some((one) => one.topic === topic && one.partitions?.includes(partition)),
    )
    return {
      key: `${group.id} ${topic}/${partition}`,
      committed: String(committedOffset ?? '-'),
      lag: committedOffset === null || end === null ? '-' : String(end - committedOffset),
      owner: owner?.memberId ?? null,
      host: owner?.host ?? null,
    }
  })
}
