/** Bad input, and clusters that change under a replay: on a real Kafka, each with the outcome that is promised for it. */
import type { IHeaders, KafkaMessage, Message } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createSnapshotReader } from '../../../lib/history/snapshot-reader.ts'
import { createHandledLedger } from '../../../lib/inbox/handled-ledger.ts'
import { cancelReplay, changeRate, resumeReplay, startReplay } from '../../../lib/replay/replay-actions.ts'
import type { ReplayJob, ReplayRequest } from '../../../lib/replay/replay-types.ts'
import { HOUR_MS } from '../../../lib/units.ts'
import { int32, int64 } from '../../builders/dead-letters.ts'
import { runsOf } from '../../builders/replays.ts'
import { clusterConfig, connectClients, SENDS_ONCE, snapshotOf, type TestClients } from '../../servers/kafka-clients.ts'
import { type KafkaTestCluster, startKafkaCluster } from '../../servers/kafka-cluster.ts'
import { openReplayLab, type ReplayLab } from '../../servers/replay-lab.ts'
import { produceDeadLetters, readCommitted } from './dead-letter-topics.ts'

const PARTITIONS = 2
const LAYOUT = Array.from({ length: PARTITIONS }, () => [1])

let cluster: KafkaTestCluster
let clients: TestClients
let lab: ReplayLab

beforeAll(async () => {
  cluster = await startKafkaCluster({
    brokers: 1,
    brokerConfig: {
      ...{ 'auto.create.topics.enable': 'false', 'group.initial.rebalance.delay.ms': '0' },
      // What retention may take is gone at once.
      ...{ 'log.retention.check.interval.ms': '300', 'log.initial.task.delay.ms': '0' },
    },
  })
  clients = await connectClients(cluster.bootstrapServers, {}, SENDS_ONCE)
  lab = await openReplayLab([{ id: 'test', kind: 'kafka', servers: cluster.bootstrapServers }], { polls: true })
  lab.startWorker()
})
afterAll(async () => {
  await lab?.close()
  await clients?.close()
  await cluster?.stop()
})

async function topics(name: string, settings: Record<string, string> = {}): Promise<string> {
  await clients.createTopic(name, LAYOUT)
  await clients.createTopic(`${name}-dlt`, LAYOUT, settings)
  return name
}

/** That died in a topic of this name, in `<name>-dlt`. */
async function letters(name: string, records: number, from = clients): Promise<string> {
  await topics(name)
  await produceDeadLetters(from, { topic: `${name}-dlt`, origin: name, records, partitions: PARTITIONS })
  return name
}

const planFor = async (name: string, change: Partial<ReplayRequest> = {}): Promise<ReplayJob> =>
  lab.waitFor(await lab.create({ clusterId: 'test', topic: `${name}-dlt`, ...change }), ['planned'])
const jobOf = async ({ id }: Pick<ReplayJob, 'id'>): Promise<ReplayJob> => (await lab.store.get(id)) as ReplayJob
const start = async (job: ReplayJob): Promise<void> => startReplay(job, job.planHash ?? '', lab.actions)
const setRate = async (job: ReplayJob, recordsPerSecond: number | null): Promise<ReplayJob> => {
  await changeRate(await jobOf(job), { recordsPerSecond, bytesPerSecond: null }, lab.actions)
  return jobOf(job)
}
async function complete(planned: ReplayJob): Promise<ReplayJob> {
  await lab.begin(planned.id)
  return lab.waitFor(planned.id, ['completed'])
}
const hasBegun = (job: ReplayJob): Promise<void> =>
  vi.waitFor(async () => expect((await jobOf(job)).counts.produced).toBeGreaterThan(0n), 20_000)

const skippedOf = ({ plan }: ReplayJob) =>
  Object.fromEntries(plan?.skipped.map(({ code, count }) => [code, count]) ?? [])
const warningsOf = ({ plan }: ReplayJob) => plan?.warnings.map(({ code }) => code)
const lengthOf = async (topic: string): Promise<number> =>
  (await clients.admin.fetchTopicOffsets(topic)).reduce((sum, { high }) => sum + Number(high), 0)

async function deleteTopic(topic: string): Promise<void> {
  await clients.admin.deleteTopics({ topics: [topic] })
  await vi.waitFor(async () => expect(await clients.admin.listTopics()).not.toContain(topic), 20_000)
}

/** So many that a consumer of committed records gets, in the order of their partitions. */
async function consumed(topic: string, count: number): Promise<KafkaMessage[]> {
  const seen: KafkaMessage[][] = LAYOUT.map(() => [])
  const groupId = `reader-of-${topic}`
  const consumer = clients.kafka.consumer({ groupId, readUncommitted: false, maxWaitTimeInMs: 200 })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    eachMessage: async ({ partition, message }) => void seen[partition]?.push(message),
  })
  await vi.waitFor(() => expect(seen.flat().length).toBeGreaterThanOrEqual(count), 20_000)
  await consumer.disconnect()
  return seen.flat()
}

/** As Spring writes them. */
function marks(topic: string | Buffer, partition: Buffer = int32(0), offset: Buffer = int64(7n)): IHeaders {
  return {
    'kafka_dlt-original-topic': topic,
    'kafka_dlt-original-partition': partition,
    'kafka_dlt-original-offset': offset,
    'kafka_dlt-original-consumer-group': 'billing',
  }
}

const ALL_BYTES = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
const NO_UTF8 = Buffer.from([0xc3, 0x28, 0xff, 0xfe])

describe('dead letters that are no text, or lie', () => {
  it('go byte for byte, whatever keys, values and headers hold', async () => {
    const name = await topics('odd')
    const odd: Message[] = [
      {
        ...{ key: ALL_BYTES, value: NO_UTF8 },
        headers: { binary: ALL_BYTES, 'no text': NO_UTF8, twice: ['1', NO_UTF8], empty: '', 'заказ ✓': 'v' },
      },
      { key: null, value: null, headers: { only: 'headers' } },
      { key: 'tombstone', value: null, headers: {} },
      { key: null, value: 'no key', headers: {} },
      { key: '', value: '', headers: {} },
    ]
    const dead = odd.map(({ headers, ...rest }) => ({ ...rest, partition: 0, headers: { ...headers, ...marks(name) } }))
    // What a replay writes itself, and no replay wrote; and a stack trace that is none.
    Object.assign(dead[2]?.headers ?? {}, {
      ...{ 'holdfast-replay-id': ALL_BYTES, 'holdfast-replay-attempt': '-1' },
      'kafka_dlt-exception-stacktrace': ALL_BYTES,
    })
    await clients.produce(`${name}-dlt`, dead)
    const planned = await planFor(name)
    expect(planned.plan).toMatchObject({ messages: 5n, skipped: [] })
    expect((await complete(planned)).counts).toMatchObject({ produced: 5n, failed: 0n })
    expect((await consumed(name, odd.length)).map(contentOf)).toEqual(odd.map(contentOf))
  })

  it('about where they came from are left out with the reason, and all others go', async () => {
    const name = await topics('lied')
    // There is one as soon as some group has committed.
    await clients.admin.setOffsets({ groupId: 'some', topic: name, partitions: [{ partition: 0, offset: '0' }] })
    const seen = () => createSnapshotReader(lab.database).topics('test')
    await vi.waitFor(async () => {
      const names = (await seen())?.map((topic) => topic.name)
      expect(names).toEqual(expect.arrayContaining(['__consumer_offsets', name]))
    }, 20_000)
    const left: [code: string, headers: IHeaders][] = [
      ['originGone', marks('nowhere')],
      ['originGuessed', marks(NO_UTF8)],
      ['originGuessed', {}],
      ['targetIsSource', marks(`${name}-dlt`)],
      ['targetIsInternal', marks('__consumer_offsets')],
    ]
    const sent = [
      marks(name, int32(99)),
      marks(name, NO_UTF8.subarray(0, 3), Buffer.from('ORDER-17')),
      { ...marks(name), 'kafka_dlt-original-topic': ['nowhere', name] },
    ]
    const all = [...left.map(([, headers]) => headers), ...sent]
    await clients.produce(
      `${name}-dlt`,
      all.map((headers, number) => ({ partition: 0, key: `k${number}`, value: String(number), headers })),
    )
    const planned = await planFor(name)
    expect(skippedOf(planned)).toEqual({ originGone: 1n, originGuessed: 2n, targetIsSource: 1n, targetIsInternal: 1n })
    expect([planned.plan?.messages, warningsOf(planned)]).toEqual([3n, expect.arrayContaining(['partitionMoved'])])
    const { counts } = await complete(planned)
    expect(counts).toMatchObject({ selected: 8n, produced: 3n, skipped: 5n, failed: 0n })
    expect((await readCommitted(clients, name, PARTITIONS)).count).toBe(3)
  })

  it('of transactions that were aborted are none', async () => {
    const name = await topics('undone')
    const producer = clients.kafka.producer({ transactionalId: name, maxInFlightRequests: 1, idempotent: true })
    await producer.connect()
    for (const [values, isKept] of [
      [['0', '1'], true],
      [['2', '3'], false],
      [['4', '5'], true],
    ] as const) {
      const transaction = await producer.transaction()
      const messages = values.map((value) => ({ partition: 0, key: value, value, headers: marks(name) }))
      await transaction.send({ topic: `${name}-dlt`, messages })
      await (isKept ? transaction.commit() : transaction.abort())
    }
    await producer.disconnect()
    const { counts } = await complete(await planFor(name))
    expect(counts).toMatchObject({ selected: 4n, produced: 4n, failed: 0n })
    expect((await consumed(name, 4)).map(({ value }) => String(value))).toEqual(['0', '1', '4', '5'])
  })
})

/** Without what a death and a replay write beside it. */
function contentOf({ key = null, value, headers = {} }: Pick<Message, 'key' | 'value' | 'headers'>) {
  const own = Object.entries(headers).filter(([header]) => !/^(kafka_dlt-|holdfast-replay-)/.test(header))
  const hex = (part: Buffer | string | null | undefined) => (part == null ? null : Buffer.from(part).toString('hex'))
  return [
    hex(key),
    hex(value),
    Object.fromEntries(own.map(([header, held]) => [header, [held ?? null].flat().map(hex)])),
  ]
}

describe('what is not as it was when it was planned', () => {
  it.each<[what: string, code: string, change: (name: string) => Promise<unknown>]>([
    [
      'queue-created-anew',
      'topicRecreated',
      async (name) => {
        await deleteTopic(`${name}-dlt`)
        await clients.createTopic(`${name}-dlt`, LAYOUT)
        await clients.produce(`${name}-dlt`, [{ partition: 0, value: '99', headers: marks(name) }])
      },
    ],
    ['queue-gone', 'sourceGone', (name) => deleteTopic(`${name}-dlt`)],
    ['target-gone', 'targetGone', (name) => deleteTopic(name)],
  ])('%s ends it as %s before anything is sent', async (what, code, change) => {
    // A producer of kafkajs that has sent to a topic sends nothing any more once that is gone.
    const own = await connectClients(cluster.bootstrapServers, {}, SENDS_ONCE)
    const name = await letters(what, 20, own)
    await own.close()
    const planned = await planFor(name)
    await change(name)
    await lab.begin(planned.id)
    const { error, counts } = await lab.waitFor(planned.id, ['failed'])
    expect(error).toEqual({ code, facts: { topic: code === 'targetGone' ? name : `${name}-dlt` } })
    expect([counts.produced, counts.failed]).toEqual([0n, 0n])
    if (code !== 'targetGone') expect(await lengthOf(name)).toBe(0)
  })

  it('a queue with more partitions sends what was planned, and nothing of the new ones', async () => {
    const name = await letters('widened', 20)
    const planned = await planFor(name)
    const count = PARTITIONS + 1
    await clients.admin.createPartitions({ topicPartitions: [{ topic: `${name}-dlt`, count }] })
    const late = [{ partition: PARTITIONS, value: '99', headers: marks(name) }]
    await vi.waitFor(() => clients.produce(`${name}-dlt`, late), 20_000)
    expect((await complete(planned)).counts).toMatchObject({ selected: 20n, produced: 20n, failed: 0n })
    const sent = await readCommitted(clients, name, PARTITIONS)
    expect([sent.count, sent.doubled, sent.outOfOrder]).toEqual([20, [], []])
  })

  it('a queue whose retention overtakes it: what is gone is told, and all else goes once', async () => {
    const records = 320
    const name = await topics('overtaken', { 'segment.bytes': String(2 ** 20) })
    const queue = `${name}-dlt`
    // More than is read ahead.
    await produceDeadLetters(clients, {
      ...{ topic: queue, origin: name, records, partitions: PARTITIONS, valueBytes: 100_000 },
    })
    const planned = await setRate(await planFor(name), 2)
    await start(planned)
    await hasBegun(planned)
    const configEntries = [{ name: 'retention.bytes', value: String(3 * 2 ** 20) }]
    await clients.admin.alterConfigs({ validateOnly: false, resources: [{ type: 2, name: queue, configEntries }] })
    await vi.waitFor(async () => {
      for (const { low } of await clients.admin.fetchTopicOffsets(queue)) expect(Number(low)).toBeGreaterThan(100)
    }, 20_000)
    await setRate(planned, null)
    const { counts } = await lab.waitFor(planned.id, ['completed'])
    const starts = (await clients.admin.fetchTopicOffsets(queue)).map(({ low }) => BigInt(low))
    let expired = 0n
    for (const [ordinal, startOffset] of starts.entries()) {
      const rows = await lab.progress.outcomes(planned.id, ordinal, 0n, 1_000)
      const failed = rows.flatMap(({ runs }) => runs).filter(({ failure }) => failure !== null)
      expect(new Set(failed.map(({ failure }) => failure))).toEqual(new Set(['expired']))
      for (const { from, to } of failed) expired += to - from
      for (const { to } of failed) expect(to).toBeLessThanOrEqual(startOffset)
    }
    expect([counts.failed, counts.produced + counts.failed]).toEqual([expired, planned.plan?.messages])
    const sent = await readCommitted(clients, name, PARTITIONS)
    expect([BigInt(sent.count), sent.doubled, sent.outOfOrder]).toEqual([counts.produced, [], []])
  })
})

it('two people who start the same records: one does, the other is told, and each record goes once', async () => {
  const name = await letters('contested', 400)
  const plans = await Promise.all([planFor(name), planFor(name)])
  const slow = await Promise.all(plans.map((plan) => setRate(plan, 100)))
  const starts = await Promise.allSettled(slow.map(start))
  const [refused] = starts.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
  expect([starts.map(({ status }) => status).sort(), refused.code]).toEqual([
    ['fulfilled', 'rejected'],
    'replay_queue_busy',
  ])
  const [first, second] = starts[0]?.status === 'fulfilled' ? slow : slow.toReversed()
  if (first === undefined || second === undefined) throw new Error('there are two')
  await hasBegun(first)
  await expect(start(second)).rejects.toMatchObject({ code: 'replay_queue_busy', facts: { replay: first.id } })
  await cancelReplay(await jobOf(first), lab.actions)
  await vi.waitFor(async () => expect((await jobOf(first)).hasOpenRun).toBe(false), 20_000)
  await expect(start(second)).rejects.toMatchObject({ code: 'replay_plan_overtaken', facts: { replay: first.id } })
  const rest = await planFor(name)
  const { produced } = (await jobOf(first)).counts
  expect(rest.plan?.messages).toBe(400n - produced)
  expect((await complete(rest)).counts).toMatchObject({ produced: 400n - produced, failed: 0n })
  const sent = await readCommitted(clients, name, PARTITIONS)
  expect([sent.count, sent.doubled, sent.outOfOrder]).toEqual([400, [], []])
})

it('what somebody archives between plan and start stays where it is, and the report says which', async () => {
  const name = await letters('archived', 40)
  const planned = await planFor(name)
  const queue = await lab.database.client.dlqQueue.findFirstOrThrow({ where: { topic: `${name}-dlt` } })
  const archive = { kind: 'archive', actor: 'other', atMs: Date.now(), note: 'known', replayId: null } as const
  const places = [{ partition: 1, broker: null, runs: runsOf([5, 8]) }]
  await createHandledLedger(lab.database).mark(queue.id, archive, places)
  expect((await complete(planned)).counts).toMatchObject({ produced: 37n, failed: 3n })
  const rows = await lab.progress.outcomes(planned.id, 1, 0n, 1_000)
  const failed = rows.flatMap(({ runs }) => runs).filter(({ failure }) => failure !== null)
  expect(failed.map(({ from, to, failure }) => [from, to, failure])).toEqual([[5n, 8n, 'handledMeanwhile']])
  const sent = await readCommitted(clients, name, PARTITIONS)
  expect([sent.count, sent.doubled, sent.outOfOrder]).toEqual([37, [], []])
})

describe('clocks', () => {
  it('of producers that were wrong when it died keep no record from going', async () => {
    const settings = { 'message.timestamp.after.max.ms': String(2n ** 63n - 1n), 'retention.ms': '-1' }
    const name = await topics('timeless', settings)
    // Of 1970, of the year 2100, in nanoseconds, and the last one there is.
    const times = ['1', String(Date.UTC(2100, 0)), '1795361519080000000', String(2n ** 63n - 1n)]
    const dead = times.map((timestamp, number) => ({
      ...{ partition: 0, key: 'k', value: String(number), timestamp, headers: marks(name) },
    }))
    for (const one of dead) await clients.produce(`${name}-dlt`, [one])
    expect((await complete(await planFor(name))).counts).toMatchObject({ produced: 4n, failed: 0n })
    const sent = await consumed(name, 4)
    expect(sent.map(({ value }) => String(value))).toEqual(['0', '1', '2', '3'])
    // Sent with the time of now.
    for (const { timestamp } of sent) expect(Math.abs(Date.now() - Number(timestamp))).toBeLessThan(HOUR_MS)
    const partitions = [{ partition: 0, offset: '2' }]
    await clients.admin.setOffsets({ groupId: 'slow', topic: `${name}-dlt`, partitions })
    const { groups } = await snapshotOf(clusterConfig(cluster.bootstrapServers))
    expect(groups.find(({ id }) => id === 'slow')?.partitions?.[0]).toMatchObject({ firstUnread: null })
  })

  it('of the console, further from the broker’s than the topic takes: it says so, blames no record, and goes on', async () => {
    const name = await letters('ahead', 40)
    await lab.stopWorker()
    lab.startWorker(3 * HOUR_MS)
    const planned = await planFor(name)
    await lab.begin(planned.id)
    const paused = await lab.waitFor(planned.id, ['paused'])
    expect(paused.waitsFor).toMatchObject({ code: 'clusterFault', facts: { fault: 'timestampRefused', topic: name } })
    expect([paused.counts.produced, paused.counts.failed]).toEqual([0n, 0n])
    await lab.stopWorker()
    lab.startWorker()
    await resumeReplay(paused, lab.actions)
    expect((await lab.waitFor(planned.id, ['completed'])).counts).toMatchObject({ produced: 40n, failed: 0n })
    const sent = await readCommitted(clients, name, PARTITIONS)
    expect([sent.count, sent.doubled, sent.outOfOrder]).toEqual([40, [], []])
  })
})
