/** Messages are read as real producers wrote them, and sent so that a real consumer sees them once. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { Producer as PlatformaticProducer, ProduceAcks } from '@platformatic/kafka'
import { CompressionTypes } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { MessageBatch, MessageReader, OutgoingMessage, StoredMessage } from '../../../lib/cluster/messages.ts'
import { MessageAccessError } from '../../../lib/cluster/messages.ts'
import { KafkaMessages } from '../../../lib/kafka/kafka-messages.ts'
import { clusterConfig, connectClients, type TestClients } from '../../servers/kafka-clients.ts'
import { type KafkaTestCluster, startKafkaCluster } from '../../servers/kafka-cluster.ts'

const USER = { username: 'nobody', password: 'may-do-nothing' }
/** Whose offsets stand for a job's progress: a cluster keeps none for a topic that it does not have. */
const SOURCE = 'source'
const THREE = [
  [1, 2, 3],
  [2, 3, 1],
  [3, 1, 2],
]

let cluster: KafkaTestCluster
let clients: TestClients
let access: KafkaMessages
let reader: MessageReader

beforeAll(async () => {
  cluster = await startKafkaCluster({
    security: { mechanisms: ['PLAIN'], users: { [USER.username]: USER.password }, authorize: true },
    brokerConfig: { 'log.cleaner.backoff.ms': '200', 'auto.create.topics.enable': 'false' },
  })
  clients = await connectClients(cluster.internalServers)
  access = new KafkaMessages(clusterConfig(cluster.internalServers))
  reader = access.reader()
  await clients.createTopic(SOURCE, [[1], [1], [1], [1]])
})

afterAll(async () => {
  await access?.close()
  await clients?.close()
  await cluster?.stop()
})

const signal = () => AbortSignal.timeout(60_000)

async function aTopic(config: Record<string, string> = {}, assignment: number[][] = THREE): Promise<string> {
  const topic = `t-${randomUUID().slice(0, 8)}`
  await clients.createTopic(topic, assignment, config)
  return topic
}

function read(topic: string, partition = 0, fromOffset = 0n, maxBytes = 1_000_000): Promise<MessageBatch> {
  return reader.read({ topic, partition, broker: null, fromOffset, maxBytes }, signal())
}

async function readAll(topic: string, partition = 0): Promise<StoredMessage[]> {
  const all: StoredMessage[] = []
  for (let offset = 0n; ; ) {
    const batch = await read(topic, partition, offset)
    expect(batch.unreadable).toEqual([])
    all.push(...batch.messages)
    if (batch.isAtEnd) return all
    expect(batch.nextOffset).toBeGreaterThan(offset)
    offset = batch.nextOffset
  }
}

function outgoing(topic: string, more: Partial<OutgoingMessage> = {}): OutgoingMessage {
  return {
    topic,
    partition: 0,
    broker: null,
    key: null,
    value: Buffer.from('v'),
    headers: [],
    timestampMs: null,
    ...more,
  }
}

const textsOf = (messages: readonly StoredMessage[]) =>
  messages.map(({ value }) => (value === null ? null : String(value)))

describe('reading', () => {
  test('kafkajs: gzip, headers of one name in their order, null keys and tombstones', async () => {
    const topic = await aTopic()
    const compression = CompressionTypes.GZIP
    const messages = [
      {
        partition: 0,
        key: 'k',
        value: 'a',
        headers: { twice: ['1', '2'], once: Buffer.from([0xff]) },
        timestamp: '1000',
      },
      { partition: 0, key: null, value: null },
    ]
    await clients.producer.send({ topic, compression, messages })
    const [first, second] = await readAll(topic)
    expect(first).toMatchObject({
      ...{ partition: 0, broker: null, offset: 0n, timestampMs: 1_000, rocketmq: null, sizeBytes: 19 },
      ...{ key: Buffer.from('k'), value: Buffer.from('a') },
      headers: [
        { key: 'twice', value: Buffer.from('1') },
        { key: 'twice', value: Buffer.from('2') },
        { key: 'once', value: Buffer.from([0xff]) },
      ],
    })
    expect(second).toMatchObject({ offset: 1n, key: null, value: null, headers: [] })
  })

  test.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const)('the platformatic client: %s', async (compression) => {
    const topic = await aTopic()
    const producer = new PlatformaticProducer({ clientId: 'test', bootstrapBrokers: cluster.internalServers })
    const values = Array.from({ length: 50 }, (_, index) => Buffer.from(`${index} ${'abc'.repeat(index)}`))
    await producer.send({
      compression,
      acks: ProduceAcks.ALL,
      messages: values.map((value) => ({ topic, partition: 1, value })),
    })
    await producer.close()
    expect(textsOf(await readAll(topic, 1))).toEqual(values.map(String))
  })

  test('Kafka’s own producer: every codec', async () => {
    const topic = await aTopic()
    const codecs = ['gzip', 'snappy', 'lz4', 'zstd']
    const size = ['--num-records', '500', '--record-size', '300', '--throughput', '-1', '--topic', topic]
    for (const codec of codecs) await cluster.cli('kafka-producer-perf-test', [`compression.type=${codec}`, ...size])
    const all = (await Promise.all([0, 1, 2].map((partition) => readAll(topic, partition)))).flat()
    expect(all).toHaveLength(codecs.length * 500)
    for (const { value } of all) expect(String(value)).toMatch(/^[A-Z]{300}$/)
  })

  test('what was aborted is left out, and an open transaction holds back what lies behind', async () => {
    const topic = await aTopic()
    const producer = clients.kafka.producer({
      transactionalId: `tx-${topic}`,
      maxInFlightRequests: 1,
      idempotent: true,
    })
    await producer.connect()
    for (const [text, isKept] of [
      ['kept', true],
      ['aborted', false],
      ['kept too', true],
    ] as const) {
      const transaction = await producer.transaction()
      await transaction.send({ topic, messages: [{ partition: 0, value: text }] })
      await (isKept ? transaction.commit() : transaction.abort())
    }
    await clients.produce(topic, [{ partition: 0, value: 'plain' }])
    await vi.waitFor(async () => expect(textsOf(await readAll(topic))).toEqual(['kept', 'kept too', 'plain']))

    const open = await producer.transaction()
    await open.send({ topic, messages: [{ partition: 0, value: 'open' }] })
    await clients.produce(topic, [{ partition: 0, value: 'behind' }])
    const held = await read(topic, 0, 7n)
    expect(held).toMatchObject({ messages: [], isAtEnd: true, nextOffset: 7n, endOffset: 7n })
    expect((await reader.describe(topic, signal())).partitions[0]).toMatchObject({ startOffset: 0n, endOffset: 7n })
    await open.abort()
    // The end of a transaction reaches its partitions a moment after it is decided.
    await vi.waitFor(async () => expect(textsOf(await readAll(topic))).toEqual(['kept', 'kept too', 'plain', 'behind']))
    await producer.disconnect()
  })

  test('the gaps of compaction are passed, with the time of the broker', async () => {
    const config = { 'cleanup.policy': 'compact', 'min.cleanable.dirty.ratio': '0.01', 'segment.bytes': '1048576' }
    const times = {
      'message.timestamp.type': 'LogAppendTime',
      'max.compaction.lag.ms': '100',
      'min.compaction.lag.ms': '0',
    }
    const topic = await aTopic({ ...config, ...times, 'segment.ms': '100' })
    const beganAtMs = Date.now()
    const message = (key: string) => ({ partition: 0, key, value: key.repeat(100), timestamp: '5' })
    for (let round = 0; round < 5; round++) await clients.produce(topic, ['a', 'b', 'c'].map(message))
    await clients.produce(topic, [message('last')])
    await vi.waitFor(
      async () => {
        // A segment is closed by the next message, and the cleaner takes only closed ones.
        await clients.produce(topic, [message('last')])
        const all = await readAll(topic)
        expect(all.filter(({ key }) => String(key) !== 'last').map(({ offset }) => offset)).toEqual([12n, 13n, 14n])
        for (const { timestampMs } of all) expect(timestampMs).toBeGreaterThanOrEqual(beganAtMs - 1_000)
      },
      { timeout: 30_000, interval: 200 },
    )
    expect((await read(topic, 0, 3n)).messages[0]?.offset).toBe(12n)
  })

  test('by time, behind the end, before the start, and of a topic or partition that is none', async () => {
    const topic = await aTopic()
    await clients.produce(
      topic,
      [1_000, 2_000, 3_000].map((ms) => ({ partition: 0, value: 'v', timestamp: String(ms) })),
    )
    const offsets = (await reader.offsetsAtTime(topic, 1_500, signal())).map(({ offset }) => offset)
    expect(offsets).toEqual([1n, 0n, 0n])
    expect((await reader.offsetsAtTime(topic, 9_000, signal()))[0]?.offset).toBe(3n)
    const { topicId } = await reader.describe(topic, signal())
    // As a poll names it: a plan and the newest snapshot are compared by it.
    expect(topicId).toMatch(/^[\w-]{22}$/)
    expect(await read(topic, 0, 99n)).toMatchObject({ messages: [], isAtEnd: true, nextOffset: 99n, endOffset: 3n })

    await access.deleteBefore(topic, [{ partition: 0, broker: null, offset: 2n }], signal())
    const batch = await read(topic, 0, 0n)
    expect([batch.startOffset, batch.messages.map(({ offset }) => offset)]).toEqual([2n, [2n]])
    const beyond = access.deleteBefore(topic, [{ partition: 0, broker: null, offset: 99n }], signal())
    await expect(beyond).rejects.toMatchObject({ fault: { code: 'offsetOutOfRange' }, retriable: false })

    await expect(reader.describe('no-such-topic', signal())).rejects.toMatchObject({ fault: { code: 'topicDeleted' } })
    await expect(read(topic, 7)).rejects.toMatchObject({ fault: { code: 'partitionNotFound' }, retriable: false })
  })
})

describe('sending', () => {
  test('headers, empty and missing parts arrive as they were given, and keys go where Kafka’s clients send them', async () => {
    const topic = await aTopic()
    const sender = access.sender()
    const headers = [
      { key: 'a', value: Buffer.from('1') },
      { key: 'b', value: null },
      { key: 'a', value: Buffer.alloc(0) },
    ]
    const keys = ['k0', 'k1', 'k2', 'a key that is longer']
    const outcomes = await sender.send(
      [
        outgoing(topic, { headers, value: null, timestampMs: 12_345 }),
        ...keys.map((key) => outgoing(topic, { partition: null, key: Buffer.from(key) })),
      ],
      signal(),
    )
    expect(outcomes[0]).toEqual({ sent: { topic, partition: 0, broker: null, offset: 0n }, fault: null })
    expect((await readAll(topic))[0]).toMatchObject({ headers, value: null, timestampMs: 12_345 })

    const other = await aTopic()
    await clients.producer.send({ topic: other, messages: keys.map((key) => ({ key, value: 'v' })) })
    for (const partition of [0, 1, 2]) {
      const keysOf = async (one: string) =>
        (await readAll(one, partition)).flatMap(({ key }) => (key ? [String(key)] : []))
      expect(await keysOf(topic)).toEqual(await keysOf(other))
    }
  })

  test('ten megabytes travel, what is too large is refused alone and stops its partition only', async () => {
    const large = await aTopic({ 'max.message.bytes': '12000000' })
    const value = randomBytes(10_000_000)
    const sender = access.sender()
    expect(await sender.send([outgoing(large, { value })], signal())).toMatchObject([{ sent: { offset: 0n } }])
    expect(Buffer.from((await readAll(large))[0]?.value ?? []).equals(value)).toBe(true)

    const topic = await aTopic()
    const outcomes = await sender.send(
      [
        outgoing(topic, { value: Buffer.from('before') }),
        outgoing(topic, { value: Buffer.alloc(3_000_000, 'compressible') }),
        outgoing(topic, { value: randomBytes(2_000_000) }),
        outgoing(topic, { value: Buffer.from('behind') }),
        outgoing(topic, { partition: 1 }),
      ],
      signal(),
    )
    expect(outcomes.map(({ sent, fault }) => sent?.offset ?? fault?.code)).toEqual([
      ...[0n, 1n, 'messageTooLarge', 'precedingMessageFailed', 0n],
    ])
    // The numbering of the partition goes on behind a refusal.
    expect(await sender.send([outgoing(topic)], signal())).toMatchObject([{ sent: { offset: 2n } }])
    expect((await readAll(topic)).map((one) => one.value?.length)).toEqual([6, 3_000_000, 1])
  })

  test('one bad message of many is found, and those before it are stored', async () => {
    const topic = await aTopic({ 'cleanup.policy': 'compact' })
    const messages = Array.from({ length: 20 }, (_, index) => outgoing(topic, { key: Buffer.from(`k${index}`) }))
    messages[13] = outgoing(topic, { key: null })
    const outcomes = await access.sender().send(messages, signal())
    const codes = outcomes.map(({ fault }) => fault?.code ?? 'stored')
    expect(codes.slice(0, 13)).toEqual(Array.from({ length: 13 }, () => 'stored'))
    expect(codes.slice(13)).toEqual(['recordRefused', ...Array.from({ length: 6 }, () => 'precedingMessageFailed')])
    expect(await readAll(topic)).toHaveLength(13)
  })

  test('a topic that was deleted since is an outcome of its own messages alone', async () => {
    const [gone, there] = [await aTopic(), await aTopic()]
    const sender = access.sender()
    await sender.send([outgoing(gone), outgoing(there)], signal())
    await clients.admin.deleteTopics({ topics: [gone] })
    const outcomes = await sender.send([outgoing(gone), outgoing(there)], signal())
    expect(outcomes).toMatchObject([
      { sent: null, fault: { code: 'topicDeleted' } },
      { sent: { offset: 1n }, fault: null },
    ])
  })

  test('a user without rights is told so, whatever is asked', async () => {
    const topic = await aTopic()
    const sasl = { mechanism: 'plain', ...USER } as const
    const refused = new KafkaMessages(clusterConfig(cluster.bootstrapServers, { sasl }))
    const [outcome] = await refused.sender().send([outgoing(topic)], signal())
    expect(outcome).toMatchObject({ sent: null, fault: { code: 'authorizationFailed' }, isUncertain: false })
    const noRight = { fault: { code: 'authorizationFailed' }, retriable: false }
    await expect(refused.reader().describe(topic, signal())).rejects.toMatchObject(noRight)
    const channel = refused.exactlyOnce({ jobId: 'refused', sourceTopic: topic })
    await expect(channel.open(signal())).rejects.toMatchObject(noRight)

    const rights = ['--operation', 'DESCRIBE', '--topic', topic, '--allow-principal', `User:${USER.username}`]
    await cluster.cli('kafka-acls', ['--add', ...rights])
    const [described] = await refused.sender().send([outgoing(topic)], signal())
    expect(described).toMatchObject({ sent: null, fault: { code: 'authorizationFailed' }, isUncertain: false })
    const request = { topic, partition: 0, broker: null, fromOffset: 0n, maxBytes: 1_000 }
    await expect(refused.reader().read(request, signal())).rejects.toMatchObject(noRight)
    await refused.close()
  })
})

describe('exactly once', () => {
  test('messages and progress come together; an older worker is fenced; a forgotten job begins anew', async () => {
    const topic = await aTopic()
    const job = { jobId: randomUUID(), sourceTopic: SOURCE }
    const older = access.exactlyOnce(job)
    expect(await older.open(signal())).toEqual([])
    const progress = { partition: 3, broker: null, nextOffset: 17n, note: 'nine' }
    const sent = await older.commit([outgoing(topic), outgoing(topic, { partition: 2 })], () => [progress], signal())
    expect(sent).toMatchObject([
      { partition: 0, offset: 0n },
      { partition: 2, offset: 0n },
    ])

    const newer = access.exactlyOnce(job)
    expect(await newer.open(signal())).toEqual([progress])
    const fenced = older.commit([outgoing(topic)], () => [{ ...progress, nextOffset: 18n }], signal())
    await expect(fenced).rejects.toMatchObject({ fault: { code: 'producerFenced' }, retriable: false })
    await expect(older.commit([], () => [], signal())).rejects.toMatchObject({ fault: { code: 'transactionNotOpen' } })

    await newer.commit([], () => [{ ...progress, nextOffset: 19n }], signal())
    expect(await newer.open(signal())).toEqual([{ ...progress, nextOffset: 19n }])
    await vi.waitFor(async () => expect(textsOf(await readAll(topic))).toEqual(['v']))
    await newer.forget(signal())
    expect(await newer.open(signal())).toEqual([])
    await newer.forget(signal())
  })

  test('one message that is refused undoes all of its transaction, and the next one goes through', async () => {
    const topic = await aTopic()
    const channel = access.exactlyOnce({ jobId: randomUUID(), sourceTopic: SOURCE })
    await channel.open(signal())
    const progress = { partition: 0, broker: null, nextOffset: 5n, note: '' }
    const messages = [outgoing(topic), outgoing(topic, { partition: 1, value: randomBytes(2_000_000) })]
    const error = await channel.commit(messages, () => [progress], signal()).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(MessageAccessError)
    expect(error).toMatchObject({ fault: { code: 'messageTooLarge' }, retriable: false })
    expect(await channel.open(signal())).toEqual([])
    await channel.commit([outgoing(topic, { value: Buffer.from('next') })], () => [progress], signal())
    await vi.waitFor(async () => expect(textsOf(await readAll(topic))).toEqual(['next']))
    expect(await channel.open(signal())).toEqual([progress])
  })

  test('a note that the broker does not take undoes the transaction too', async () => {
    const topic = await aTopic()
    const channel = access.exactlyOnce({ jobId: randomUUID(), sourceTopic: SOURCE })
    await channel.open(signal())
    const progress = { partition: 0, broker: null, nextOffset: 5n, note: 'x'.repeat(5_000) }
    await expect(channel.commit([outgoing(topic)], () => [progress], signal())).rejects.toBeInstanceOf(
      MessageAccessError,
    )
    expect(await channel.open(signal())).toEqual([])
    expect(await readAll(topic)).toEqual([])
  })

  test('killed in the middle of transactions, each message arrives once, in order, and the progress agrees', async () => {
    const topic = await aTopic({ 'min.insync.replicas': '2' })
    const jobId = randomUUID()
    const last = 12_000
    // Each worker dies while what it wrote is not committed: at its first, second or third transaction.
    for (const transaction of [1, 3, 2]) await runWorker([jobId, topic, String(last)], transaction)
    const before = await access.exactlyOnce({ jobId, sourceTopic: SOURCE }).open(signal())
    const done = Number(before[0]?.nextOffset ?? 0n)
    // Three transactions were committed: of the second worker two, of the third one.
    expect(done).toBe(1_800)
    expect(await consumed(topic, done)).toEqual(numbersByPartition(done))
    await runWorker([jobId, topic, String(last)], null)
    expect(await consumed(topic, last)).toEqual(numbersByPartition(last))
  })
})

const NODE = path.resolve('node_modules/.bin/node')

/** @param transaction kills the worker when it has written this one; null: it runs to its end */
async function runWorker(args: string[], transaction: number | null): Promise<void> {
  const script = path.join(import.meta.dirname, 'exactly-once-worker.ts')
  const child: ChildProcess = spawn(NODE, [script, cluster.internalServers.join(','), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  let written = 0
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    if (line.startsWith('written') && ++written === transaction) child.kill('SIGKILL')
  }
  expect(await ended).toBe(transaction === null ? 0 : null)
}

function numbersByPartition(count: number): number[][] {
  return [0, 1, 2].map((partition) =>
    Array.from({ length: Math.ceil((count - partition) / 3) }, (_, index) => index * 3 + partition),
  )
}

/** What an ordinary consumer sees that reads only what is committed. */
async function consumed(topic: string, count: number): Promise<number[][]> {
  const consumer = clients.kafka.consumer({ groupId: randomUUID() })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  const seen: number[][] = [[], [], []]
  let total = 0
  await consumer.run({
    eachMessage: async ({ partition, message }) => {
      total++
      seen[partition]?.push(Number.parseInt(String(message.value), 10))
    },
  })
  await vi.waitFor(() => expect(total).toBeGreaterThanOrEqual(count), { timeout: 60_000, interval: 100 })
  await consumer.disconnect()
  return seen
}

describe('while brokers come and go', () => {
  test('reading and sending follow the leader, and too few replicas are named', async () => {
    const topic = await aTopic({ 'min.insync.replicas': '2' }, [[1, 2, 3]])
    const strict = await aTopic({ 'min.insync.replicas': '3' }, [[2, 1, 3]])
    const sender = access.sender()
    await sender.send([outgoing(topic), outgoing(strict)], signal())
    await read(topic)
    await cluster.brokers[0]?.stop()
    expect((await read(topic)).messages).toHaveLength(1)
    expect(await sender.send([outgoing(topic)], signal())).toMatchObject([{ sent: { offset: 1n } }])
    const impatient = new KafkaMessages(clusterConfig(cluster.internalServers), { patienceMs: 1_000 })
    const [outcome] = await impatient.sender().send([outgoing(strict)], signal())
    expect(outcome).toMatchObject({ sent: null, fault: { code: 'notEnoughReplicas' }, isUncertain: false })
    await impatient.close()
    await cluster.brokers[0]?.start()
    await cluster.waitForBrokers(3)
    expect(await sender.send([outgoing(strict)], signal())).toMatchObject([{ sent: { offset: 1n } }])
  })
})
