/** What a replay meets on a real cluster that is polled: groups that lag or fail again, rights, quotas, limits, clocks. */
import { hash, randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { PartitionState } from '../../../lib/cluster/snapshot.ts'
import { BUILT_IN_PROFILES } from '../../../lib/dlq/built-in-profiles.ts'
import { createSnapshotReader } from '../../../lib/history/snapshot-reader.ts'
import { createHandledLedger } from '../../../lib/inbox/handled-ledger.ts'
import { queueOf } from '../../../lib/inbox/queues.ts'
import { KafkaMessages } from '../../../lib/kafka/kafka-messages.ts'
import { createLogger } from '../../../lib/log.ts'
import { type OpenRunOptions, openRun } from '../../../lib/replay/open-run.ts'
import { watchOutcomes } from '../../../lib/replay/outcome-watch.ts'
import { cancelReplay, changeRate, pauseReplay, resumeReplay, startReplay } from '../../../lib/replay/replay-actions.ts'
import type { ReplayJob, ReplayRequest } from '../../../lib/replay/replay-types.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../lib/units.ts'
import { clusterConfig, connectClients, SENDS_ONCE, snapshotOf, type TestClients } from '../../servers/kafka-clients.ts'
import { type KafkaTestCluster, startKafkaCluster } from '../../servers/kafka-cluster.ts'
import { openReplayLab, type ReplayLab } from '../../servers/replay-lab.ts'
import { produceDeadLetters, readCommitted } from './dead-letter-topics.ts'

const USER = 'holdfast'
const PASSWORD = 'replays'
const PARTITIONS = 2

let cluster: KafkaTestCluster
let clients: TestClients
let lab: ReplayLab

beforeAll(async () => {
  cluster = await startKafkaCluster({
    brokers: 1,
    brokerConfig: { 'auto.create.topics.enable': 'false', 'group.initial.rebalance.delay.ms': '0' },
    security: { mechanisms: ['PLAIN'], users: { [USER]: PASSWORD }, authorize: true },
  })
  clients = await connectClients(cluster.internalServers, {}, SENDS_ONCE)
  await grantReplays()
  const sasl = { mechanism: 'plain', username: USER, password: PASSWORD } as const
  lab = await openReplayLab([{ id: 'test', kind: 'kafka', servers: cluster.bootstrapServers, sasl }], { polls: true })
  lab.startWorker()
})
afterAll(async () => {
  await lab?.close()
  await clients?.close()
  await cluster?.stop()
})

const OF_USER = { principal: `User:${USER}`, host: '*' }

/** What README says that polling and replaying need. */
async function grantReplays(): Promise<void> {
  const { DESCRIBE, DESCRIBE_CONFIGS, READ, WRITE, DELETE } = AclOperationTypes
  const { CLUSTER, TOPIC, GROUP, TRANSACTIONAL_ID } = AclResourceTypes
  const rights: [AclResourceTypes, string, AclOperationTypes[]][] = [
    [CLUSTER, 'kafka-cluster', [DESCRIBE, DESCRIBE_CONFIGS]],
    [TOPIC, '*', [DESCRIBE, DESCRIBE_CONFIGS, READ, WRITE]],
    [GROUP, '*', [DESCRIBE, DESCRIBE_CONFIGS, READ, DELETE]],
    [TRANSACTIONAL_ID, '*', [DESCRIBE, WRITE]],
  ]
  const acl = rights.flatMap(([resourceType, resourceName, operations]) =>
    operations.map((operation) => ({
      ...{ resourceType, resourceName, resourcePatternType: ResourcePatternTypes.LITERAL },
      ...{ ...OF_USER, operation, permissionType: AclPermissionTypes.ALLOW },
    })),
  )
  await clients.admin.createAcls({ acl })
}

const LAYOUT = Array.from({ length: PARTITIONS }, () => [1])

/** Letters that died in a topic of this name, in `<name>-dlt`. */
async function letters(name: string, records: number, valueBytes = 0): Promise<string> {
  await clients.createTopic(name, LAYOUT)
  await clients.createTopic(`${name}-dlt`, LAYOUT)
  await produceDeadLetters(clients, {
    ...{ topic: `${name}-dlt`, origin: name, records, partitions: PARTITIONS, valueBytes },
  })
  return name
}

const planFor = async (name: string, change: Partial<ReplayRequest> = {}): Promise<ReplayJob> => {
  const id = await lab.create({ clusterId: 'test', topic: `${name}-dlt`, ...change })
  return lab.waitFor(id, ['planned'])
}
const begin = async (planned: ReplayJob): Promise<string> => {
  await startReplay(planned, planned.planHash ?? '', lab.actions)
  lab.worker?.send('wake')
  return planned.id
}
const jobOf = async (id: string): Promise<ReplayJob> => (await lab.store.get(id)) as ReplayJob
const setRate = async (id: string, recordsPerSecond: number | null): Promise<void> =>
  changeRate(await jobOf(id), { recordsPerSecond, bytesPerSecond: null }, lab.actions)

async function partitionsOf(topic: string): Promise<PartitionState[]> {
  const { topics } = await snapshotOf(clusterConfig(cluster.internalServers))
  return topics.find(({ name }) => name === topic)?.partitions ?? []
}

/** Readers that read committed records are held up by nothing: everything that is there is stable. */
async function expectNothingOpen(topic: string): Promise<void> {
  const partitions = await partitionsOf(topic)
  expect(partitions).toHaveLength(PARTITIONS)
  for (const { endOffset, lastStableOffset } of partitions) expect(lastStableOffset).toBe(endOffset)
}

const lengthOf = async (topic: string): Promise<number> =>
  (await clients.admin.fetchTopicOffsets(topic)).reduce((sum, { high }) => sum + Number(high), 0)

async function reader(groupId: string, topics: string[], onMessage: (value: unknown) => Promise<void>) {
  for (const topic of topics) {
    const partitions = LAYOUT.map((_, partition) => ({ partition, offset: '0' }))
    await clients.admin.setOffsets({ groupId, topic, partitions })
  }
  const consumer = clients.kafka.consumer({ groupId, sessionTimeout: 10_000, maxWaitTimeInMs: 200 })
  await consumer.connect()
  await consumer.subscribe({ topics, fromBeginning: true })
  await consumer.run({ autoCommitInterval: 200, eachMessage: ({ message }) => onMessage(message) })
  return consumer
}

/** As polls that are stored know it. */
const seenBy = (group: string): Promise<void> =>
  vi.waitFor(
    async () => {
      const groups = (await createSnapshotReader(lab.database).groups('test')) ?? []
      expect(groups.find(({ id }) => id === group)?.memberCount).toBe(1)
    },
    { timeout: 20_000, interval: 200 },
  )

describe('groups of the target', () => {
  it('that fall behind brake it, by polls that are stored, and release it; nothing is open meanwhile', async () => {
    const name = await letters('lagging', 4_000)
    const consumer = await reader('billing', [name], async () => undefined)
    consumer.pause([{ topic: name }])
    await seenBy('billing')
    const brake = { maxAddedLag: 500, maxReturnRatio: null, isr: true }
    const planned = await planFor(name, { brake })
    await setRate(planned.id, 500)
    const id = await begin(await jobOf(planned.id))
    const braked = await lab.waitFor(id, ['braked'])
    expect(braked.waitsFor).toMatchObject({ code: 'groupLag', facts: { group: 'billing' } })
    expect(braked.counts.produced).toBeLessThan(4_000n)
    await expectNothingOpen(name)
    consumer.resume([{ topic: name }])
    await setRate(id, null)
    await lab.waitFor(id, ['completed'])
    expect((await jobOf(id)).counts).toMatchObject({ produced: 4_000n, failed: 0n })
    await vi.waitFor(async () => expect((await jobOf(id)).counts.delivered).toBe(4_000n), { timeout: 20_000 })
    await consumer.disconnect()
  })

  it('that fail a record again give it back: it is counted, and the ledger says so', async () => {
    const name = await letters('failing', 10)
    const failing = await reader('billing', [name], async (message) => failAgain(name, message as Failing))
    await seenBy('billing')
    const id = await begin(await planFor(name))
    await lab.waitFor(id, ['completed'])
    await vi.waitFor(async () => expect((await jobOf(id)).counts.returned).toBe(3n), { timeout: 30_000 })
    const returned = await createHandledLedger(lab.database).returnedOf(id)
    const offsets = returned.flatMap(({ places }) =>
      places.flatMap(({ partition, runs }) => [...runs].flatMap(({ from, to }) => [[partition, from, to]])),
    )
    // Numbers 0, 4 and 8 of partition 0.
    expect(offsets).toEqual([0n, 2n, 4n].map((offset) => [0, offset, offset + 1n]))
    // What the group commits is seen later than what it gives back.
    await vi.waitFor(async () => {
      const { counts, deliveredBy } = await jobOf(id)
      expect([counts.delivered, deliveredBy]).toEqual([10n, { groups: ['billing'], haveFailed: true }])
    }, 30_000)
    await failing.disconnect()
  })

  it('that have not read what the target deletes never had it, wherever they go on', async () => {
    const name = await letters('short-lived', 40)
    const groupId = 'billing'
    const commit = (...offsets: number[]) =>
      clients.admin.setOffsets({
        ...{ groupId, topic: name },
        partitions: offsets.map((offset, partition) => ({ partition, offset: String(offset) })),
      })
    await commit(0, 0)
    const id = await begin(await planFor(name))
    await lab.waitFor(id, ['completed'])
    await commit(4, 20)
    const told = async (): Promise<unknown> => {
      const { counts, lost } = await jobOf(id)
      return { delivered: Number(counts.delivered), ...lost }
    }
    const tells = (expected: object) =>
      vi.waitFor(async () => expect(await told()).toEqual(expected), { timeout: 40_000, interval: 500 })
    await tells({ delivered: 24, expiredInTarget: 0, unknown: 0 })
    await clients.admin.deleteTopicRecords({ topic: name, partitions: [{ partition: 0, offset: '11' }] })
    await tells({ delivered: 24, expiredInTarget: 7, unknown: 0 })
    await commit(15, 20)
    await tells({ delivered: 28, expiredInTarget: 7, unknown: 0 })
    // Five are never read.
    const { store, progress, database } = lab
    await watchOutcomes([await jobOf(id)], {
      ...{ store, progress, snapshots: createSnapshotReader(database), ledger: createHandledLedger(database) },
      now: () => Date.now() + 8 * DAY_MS,
    })
    expect([await told(), (await jobOf(id)).isWatched]).toEqual([
      { delivered: 28, expiredInTarget: 7, unknown: 5 },
      false,
    ])
  })

  it('see a retry topic only when it is theirs', async () => {
    const name = await letters('paid', 20)
    await clients.createTopic(`${name}-retry`, LAYOUT)
    const seen: Record<string, number> = { mine: 0, other: 0 }
    const count = (who: string) => async (): Promise<void> => {
      seen[who] = (seen[who] ?? 0) + 1
    }
    const readers = await Promise.all([
      reader('mine', [name, `${name}-retry`], count('mine')),
      reader('other', [name], count('other')),
    ])
    await seenBy('other')
    await vi.waitFor(async () => {
      const topics = (await createSnapshotReader(lab.database).topics('test')) ?? []
      expect(topics.map((topic) => topic.name)).toContain(`${name}-retry`)
    }, 20_000)
    const planned = await planFor(name, { target: { mode: 'retry', topic: null, clusterId: 'test' } })
    expect(planned.plan?.affectedGroups.map(({ group }) => group)).toEqual(['mine'])
    const id = await begin(planned)
    await lab.waitFor(id, ['completed'])
    await vi.waitFor(() => expect(seen).toEqual({ mine: 20, other: 0 }), 20_000)
    expect(await lengthOf(name)).toBe(0)
    await Promise.all(readers.map((one) => one.disconnect()))
  })
})

interface Failing {
  key: Buffer
  value: Buffer
  headers: Record<string, Buffer>
}

/** As a recoverer does: with all headers that the record has, and the marks of this death. */
async function failAgain(name: string, { key, value, headers }: Failing): Promise<void> {
  const number = Number.parseInt(String(value), 10)
  if (number % 4 !== 0) return
  const marks = {
    'kafka_dlt-original-topic': Buffer.from(name),
    'kafka_dlt-original-consumer-group': Buffer.from('billing'),
    'kafka_dlt-exception-fqcn': Buffer.from('com.acme.StillBrokenException'),
  }
  await clients.produce(`${name}-dlt`, [{ key, value, headers: { ...headers, ...marks }, partition: 1 }])
}

describe('people', () => {
  it('who pause it or let it go slowly leave no transaction open', async () => {
    const name = await letters('waiting', 200)
    const planned = await planFor(name)
    await setRate(planned.id, 2)
    const id = await begin(await jobOf(planned.id))
    await vi.waitFor(async () => expect((await jobOf(id)).counts.produced).toBeGreaterThan(0n), 20_000)
    for (let look = 0; look < 3; look += 1) {
      // A look may fall into one of the short moments in which something is sent.
      await vi.waitFor(() => expectNothingOpen(name), { timeout: 1_500, interval: 50 })
    }
    await pauseReplay(await jobOf(id), lab.actions)
    await sleep(1_500)
    await expectNothingOpen(name)
    await cancelReplay(await jobOf(id), lab.actions)
    // The look would see one.
    const rival = clients.kafka.producer({ transactionalId: 'rival', maxInFlightRequests: 1, idempotent: true })
    await rival.connect()
    const transaction = await rival.transaction()
    await transaction.send({ topic: name, messages: [{ partition: 0, value: 'open' }] })
    await expect(expectNothingOpen(name)).rejects.toThrow()
    await transaction.abort()
    await rival.disconnect()
  })

  it('who cancel it within its time of grace have sent nothing', async () => {
    const name = await letters('graceful', 20)
    const id = await begin(await planFor(name, { graceSeconds: 60 }))
    await vi.waitFor(async () => expect((await jobOf(id)).waitsFor?.code).toBe('grace'), 20_000)
    await cancelReplay(await jobOf(id), lab.actions)
    await vi.waitFor(async () => expect((await jobOf(id)).hasOpenRun).toBe(false), 20_000)
    expect([await lengthOf(name), (await jobOf(id)).counts.produced]).toEqual([0, 0n])
  })
})

describe('what is not as it was when it was planned', () => {
  it('a target with more partitions ends it before anything is sent', async () => {
    const name = await letters('grown', 20)
    const planned = await planFor(name)
    await clients.admin.createPartitions({ topicPartitions: [{ topic: name, count: PARTITIONS + 1 }] })
    await vi.waitFor(async () => expect(await partitionsOf(name)).toHaveLength(PARTITIONS + 1), 20_000)
    const { error } = await lab.waitFor(await begin(planned), ['failed'])
    expect(error).toEqual({
      code: 'partitionsChanged',
      facts: { topic: name, before: PARTITIONS, now: PARTITIONS + 1 },
    })
    expect(await lengthOf(name)).toBe(0)
  })

  it('a target that takes less refuses what is too large for it, and nothing else', async () => {
    const name = await letters('narrow', 40)
    const header = { 'kafka_dlt-original-topic': name, 'kafka_dlt-original-consumer-group': 'billing' }
    const value = randomBytes(20_000)
    await clients.produce(`${name}-dlt`, [{ partition: 0, key: 'large', value, headers: header }])
    const planned = await planFor(name)
    expect(planned.plan).toMatchObject({ messages: 41n, skipped: [] })
    const configEntries = [{ name: 'max.message.bytes', value: '10000' }]
    await clients.admin.alterConfigs({ validateOnly: false, resources: [{ type: 2, name, configEntries }] })
    const id = await begin(planned)
    await lab.waitFor(id, ['completed'])
    const [row] = await lab.progress.outcomes(id, 0, 20n, 1)
    expect(row?.runs.at(-1)).toMatchObject({ from: 20n, to: 21n, failure: 'refused' })
    expect((await jobOf(id)).counts).toMatchObject({ produced: 40n, failed: 1n })
    expect((await readCommitted(clients, name, PARTITIONS)).count).toBe(40)
  })
})

describe('a record of 10 MB', () => {
  const HEADERS = { 'kafka_dlt-original-topic': 'wide', 'kafka_dlt-original-consumer-group': 'billing' }

  it('goes byte for byte, in its place between small ones, where the topics take it', async () => {
    for (const topic of ['wide', 'wide-dlt']) {
      await clients.createTopic(topic, LAYOUT, { 'max.message.bytes': String(12 * 2 ** 20) })
    }
    const values = [Buffer.from('before'), randomBytes(10 * 2 ** 20), Buffer.from('behind')]
    for (const value of values) await clients.produce('wide-dlt', [{ partition: 0, key: 'k', value, headers: HEADERS }])
    const planned = await planFor('wide')
    expect(planned.plan).toMatchObject({ messages: 3n, skipped: [] })
    const id = await begin(planned)
    await lab.waitFor(id, ['completed'])
    expect((await jobOf(id)).counts).toMatchObject({ produced: 3n, failed: 0n, skipped: 0n })
    const digests = await readDigests('wide', values.length)
    expect(digests).toEqual(values.map((value) => hash('sha256', value)))
  })
})

/** Of the values of a topic's first partition, as a consumer of committed records gets them. */
async function readDigests(topic: string, count: number): Promise<string[]> {
  const digests: string[] = []
  const consumer = clients.kafka.consumer({
    ...{ groupId: `reader-of-${topic}`, readUncommitted: false, maxBytesPerPartition: 12 * 2 ** 20 },
  })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    eachMessage: async ({ message }) => {
      digests.push(hash('sha256', message.value ?? ''))
    },
  })
  await vi.waitFor(() => expect(digests.length).toBeGreaterThanOrEqual(count), 20_000)
  await consumer.disconnect()
  return digests
}

describe('rights and quotas', () => {
  /** Of what replays keep in the cluster; gives them back. */
  async function deny(resources: readonly AclResourceTypes[]): Promise<() => Promise<unknown>> {
    const rules = resources.map((resourceType) => ({
      ...{ resourceType, resourceName: 'holdfast-replay-', resourcePatternType: ResourcePatternTypes.PREFIXED },
      ...{ ...OF_USER, operation: AclOperationTypes.ALL, permissionType: AclPermissionTypes.DENY },
    }))
    await clients.admin.createAcls({ acl: rules })
    return () => clients.admin.deleteAcls({ filters: rules })
  }

  /** In this process, so that it can die where the test wants. */
  async function runHere(
    id: string,
    change: Pick<OpenRunOptions, 'progress'> & Partial<OpenRunOptions>,
  ): Promise<void> {
    const job = await jobOf(id)
    const sasl = { mechanism: 'plain', username: USER, password: PASSWORD } as const
    const access = new KafkaMessages({ ...clusterConfig(cluster.bootstrapServers), sasl })
    const { run, close } = openRun({
      ...{ job, parts: await lab.store.parts(id), source: access, target: access, store: lab.store },
      ...{ snapshots: createSnapshotReader(lab.database), ledger: createHandledLedger(lab.database) },
      queueId: (await queueOf(lab.database, { ...job.request, topicId: job.facts?.sourceTopicId ?? null }, 1)).id,
      ...{ profiles: BUILT_IN_PROFILES, log: createLogger({ logLevel: 'silent' }, [], { write: () => undefined }) },
      ...{ now: Date.now, monotonicMs: () => performance.now(), ...change },
    })
    try {
      await run.run(AbortSignal.timeout(60_000))
    } finally {
      await close()
      await access.close()
    }
  }

  it('without the right to write it is paused and says so, and goes on when it may', async () => {
    const name = await letters('forbidden', 30)
    const planned = await planFor(name)
    const deny = {
      ...{ resourceType: AclResourceTypes.TOPIC, resourceName: name, ...OF_USER },
      ...{ operation: AclOperationTypes.WRITE, permissionType: AclPermissionTypes.DENY },
    }
    const resourcePatternType = ResourcePatternTypes.LITERAL
    await clients.admin.createAcls({ acl: [{ ...deny, resourcePatternType }] })
    const id = await begin(planned)
    const paused = await lab.waitFor(id, ['paused'])
    expect(paused.waitsFor).toMatchObject({ code: 'clusterFault', facts: { fault: 'authorizationFailed' } })
    expect([paused.counts.produced, paused.counts.failed]).toEqual([0n, 0n])
    await clients.admin.deleteAcls({ filters: [{ ...deny, resourcePatternType }] })
    await resumeReplay(await jobOf(id), lab.actions)
    lab.worker?.send('wake')
    await lab.waitFor(id, ['completed'])
    const sent = await readCommitted(clients, name, PARTITIONS)
    expect([sent.count, sent.doubled]).toEqual([30, []])
  })

  it.each([
    // Nobody has to be waited for: what it had committed can still be read.
    ['transaction', [AclResourceTypes.TRANSACTIONAL_ID], MINUTE_MS],
    ['transaction and progress', [AclResourceTypes.TRANSACTIONAL_ID, AclResourceTypes.GROUP], 0],
  ])(
    'to its %s are gone when it has ended: its queue is free, and nothing goes twice',
    async (what, resources, patienceMs) => {
      const name = await letters(`ended-${what.replaceAll(' ', '-')}`, 100)
      const planned = await planFor(name)
      await lab.killWorker()
      await startReplay(planned, planned.planHash ?? '', lab.actions)
      const died = { ...lab.progress, save: () => Promise.reject(new Error('died behind its first transaction')) }
      await expect(runHere(planned.id, { batchRecords: 40, progress: died })).rejects.toThrow('died behind')
      await cancelReplay(await jobOf(planned.id), lab.actions)
      const allow = await deny(resources)
      await runHere(planned.id, { patienceMs, progress: lab.progress })
      await allow()
      const ended = await jobOf(planned.id)
      const sent = Number(ended.counts.produced)
      expect([ended.hasOpenRun, await lab.store.sendingOf('test', `${name}-dlt`)]).toEqual([false, null])
      expect([sent > 0 && sent < 100, ended.counts.failed]).toEqual([true, 0n])
      lab.startWorker()
      const rest = await planFor(name)
      expect(rest.plan?.messages).toBe(BigInt(100 - sent))
      await lab.waitFor(await begin(rest), ['completed'])
      const all = await readCommitted(clients, name, PARTITIONS)
      expect([all.count, all.doubled, all.outOfOrder]).toEqual([100, [], []])
    },
  )

  it('under a quota far below what it would send at once it says so, goes in smaller steps, and completes', async () => {
    const name = await letters('metered', 66, 32_000)
    const planned = await planFor(name)
    const quota = (change: string[]) =>
      cluster.cli('kafka-configs', [...['--alter', '--entity-type', 'users', '--entity-name', USER], ...change])
    await quota(['--add-config', 'producer_byte_rate=80000'])
    const id = await begin(planned)
    const braked = await lab.waitFor(id, ['braked'])
    expect(braked.waitsFor).toEqual({ code: 'clusterFault', facts: { fault: 'quotaExceeded' } })
    await vi.waitFor(async () => expect((await jobOf(id)).waitsFor?.code).toBe('quota'), 20_000)
    await lab.waitFor(id, ['completed'], 100_000)
    await quota(['--delete-config', 'producer_byte_rate'])
    const sent = await readCommitted(clients, name, PARTITIONS)
    expect([sent.count, sent.doubled, sent.outOfOrder]).toEqual([66, [], []])
  })
})

it('a clock that is an hour wrong loses and doubles nothing', async () => {
  const name = await letters('skewed', 200)
  await lab.killWorker()
  lab.startWorker(HOUR_MS)
  const planned = await planFor(name)
  await setRate(planned.id, 100)
  const id = await begin(await jobOf(planned.id))
  await vi.waitFor(async () => expect((await jobOf(id)).counts.produced).toBeGreaterThan(0n), 30_000)
  await lab.killWorker()
  lab.startWorker(-HOUR_MS)
  await lab.waitFor(id, ['completed'])
  const sent = await readCommitted(clients, name, PARTITIONS)
  expect([sent.count, sent.doubled, sent.outOfOrder]).toEqual([200, [], []])
})
