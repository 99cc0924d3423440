/** Dead letters of real consumers are read, sent again, and looked for; brokers fall out meanwhile. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type {
  MessageReader,
  OutgoingMessage,
  SendOutcome,
  SentMessage,
  StoredMessage,
} from '../../../lib/cluster/messages.ts'
import { fingerprintOf } from '../../../lib/dlq/fingerprint.ts'
import { OWN_HEADERS } from '../../../lib/dlq/own-headers.ts'
import { replayProperties } from '../../../lib/dlq/replay-properties.ts'
import { decodeRocketmqDeadLetter } from '../../../lib/dlq/rocketmq-dead-letter.ts'
import { encodeOffsetId } from '../../../lib/rocketmq/message-id.ts'
import { RemotingClient } from '../../../lib/rocketmq/remoting-client.ts'
import { RocketmqMessages } from '../../../lib/rocketmq/rocketmq-messages.ts'
import { findByHeader, type HeaderSearch } from '../../servers/find-by-header.ts'
import { type RocketmqClients, startRocketmqClients } from '../../servers/rocketmq-clients.ts'
import { type RocketmqTestCluster, startRocketmqCluster } from '../../servers/rocketmq-cluster.ts'
import { rocketmqConfig } from '../../servers/rocketmq-polls.ts'

const LOCK_BATCH_MQ = 41
const SETTLE = { timeout: 60_000, interval: 200 }
const DLQ = '%DLQ%billing'
const RETRY = '%RETRY%billing'
/** A topic that slaves have from the start: of others they learn once a minute. */
const COPIED = 'BenchmarkTest'
const LARGE_BODY = 'large '.repeat(2_000)
const BODIES = ['one', 'zwei €', LARGE_BODY]

function deadline(): AbortSignal {
  return AbortSignal.timeout(60_000)
}

async function readAll(reader: MessageReader, topic: string, maxBytes = 1_000_000): Promise<StoredMessage[]> {
  const messages: StoredMessage[] = []
  const { partitions } = await reader.describe(topic, deadline())
  for (const { partition, broker, startOffset } of partitions) {
    for (let fromOffset = startOffset ?? 0n, isAtEnd = false; !isAtEnd; ) {
      const batch = await reader.read({ topic, partition, broker, fromOffset, maxBytes }, deadline())
      expect(batch.unreadable).toEqual([])
      messages.push(...batch.messages)
      fromOffset = batch.nextOffset
      isAtEnd = batch.isAtEnd
    }
  }
  return messages
}

function sentOf(outcome: SendOutcome | undefined): SentMessage {
  if (outcome?.sent == null) throw new Error(`not sent: ${JSON.stringify(outcome)}`)
  return outcome.sent
}

function textOf({ headers }: StoredMessage, name: string): string | undefined {
  return headers.find(({ key }) => key === name)?.value?.toString()
}

function replayOf(dead: StoredMessage, replayId: string, topic: string): OutgoingMessage {
  const properties = new Map(dead.headers.map(({ key, value }) => [key, Buffer.from(value ?? []).toString()]))
  const facts = { bornAtMs: dead.rocketmq?.bornAtMs ?? null, reconsumeTimes: dead.rocketmq?.reconsumeTimes ?? 0 }
  const headers = replayProperties(dead, decodeRocketmqDeadLetter({ topic: DLQ, properties, ...facts }), {
    replayId,
    jobId: 'job',
    source: { topic: DLQ, partition: dead.partition, broker: dead.broker, offset: dead.offset },
    nowMs: Date.now(),
    operator: null,
    toRetryTopic: topic === RETRY,
  })
  return plain(topic, { key: dead.key, value: dead.value, headers })
}

function plain(topic: string, over: Partial<OutgoingMessage> = {}): OutgoingMessage {
  const nothing = { partition: null, broker: null, key: null, value: null, headers: [], timestampMs: null }
  return { topic, ...nothing, ...over }
}

function tagged(topic: string, replayId: string, over: Partial<OutgoingMessage> = {}): OutgoingMessage {
  const headers = [{ key: OWN_HEADERS.replayId, value: Buffer.from(replayId) }]
  return plain(topic, { value: Buffer.from(replayId), headers, ...over })
}

describe.each(['5.5.0', '4.9.7'] as const)('messages of %s', (version) => {
  const startedAtMs = Date.now()
  let cluster: RocketmqTestCluster
  let clients: RocketmqClients
  let messages: RocketmqMessages
  let reader: MessageReader

  beforeAll(async () => {
    cluster = await startRocketmqCluster({ version })
    clients = await startRocketmqClients(cluster)
    messages = new RocketmqMessages(rocketmqConfig(cluster))
    reader = messages.reader()
    for (const topic of ['orders', 'payments']) {
      await cluster.mqadmin('updateTopic', ['-c', cluster.clusterName, '-t', topic, '-r', '2', '-w', '2'])
    }
    await clients.consume('billing', 'orders', { failedShare: 1, maxRetries: 1 })
    await clients.consume('stock', 'orders')
    for (const [index, body] of BODIES.entries()) {
      await clients.sendOne({ topic: 'orders', key: `key-${index}`, body, properties: { tenant: 'acme', note: 'a=b' } })
    }
    await vi.waitFor(async () => expect(await readAll(reader, DLQ)).toHaveLength(BODIES.length), SETTLE)
  })

  afterAll(async () => {
    await messages?.close()
    await cluster?.stop()
  })

  function search(topic: string, ...values: string[]): HeaderSearch {
    return { topic, headerName: OWN_HEADERS.replayId, values, sinceMs: startedAtMs }
  }

  test('dead letters are traced to the queues they lay in, by nobody but the brokers of their topic', async () => {
    const lay = new Map((await readAll(reader, 'orders')).map(({ value, partition }) => [String(value), partition]))
    const dead = await readAll(reader, DLQ)
    const traced = await reader.originalPlaces?.('orders', dead, deadline())
    expect(traced).toEqual(dead.map(({ value }) => ({ broker: 'broker-a', partition: lay.get(String(value)) })))
    expect(new Set(traced?.map((place) => place?.partition)).size).toBe(2)
    const calls: Socket[] = []
    const stranger = createServer((socket) => calls.push(socket)).listen(0, '127.0.0.1')
    await once(stranger, 'listening')
    const { port } = stranger.address() as AddressInfo
    const [one, other] = dead as [StoredMessage, StoredMessage]
    const named = (letter: StoredMessage, id: string): StoredMessage => ({
      ...letter,
      headers: letter.headers.map((header) =>
        header.key === 'ORIGIN_MESSAGE_ID' ? { ...header, value: Buffer.from(id) } : header,
      ),
    })
    const otherId = textOf(other, 'ORIGIN_MESSAGE_ID') ?? ''
    const lies = [
      named(one, otherId),
      named(one, `${otherId.slice(0, -1)}1`),
      named(one, encodeOffsetId({ host: '127.0.0.1', port }, 0n) ?? ''),
      named(one, 'no id'),
      { ...one, headers: one.headers.filter(({ key }) => key !== 'UNIQ_KEY') },
    ]
    expect(await reader.originalPlaces?.('orders', lies, deadline())).toEqual(lies.map(() => null))
    expect(calls).toEqual([])
    expect(await reader.originalPlaces?.('payments', dead, deadline())).toEqual(dead.map(() => null))
    stranger.close()
  })

  test('dead letters come as their producer sent them, with what the broker knows', async () => {
    const dead = await readAll(reader, DLQ)
    expect(dead.map(({ value }) => value?.toString()).sort()).toEqual([...BODIES].sort())
    for (const message of dead) {
      expect(message).toMatchObject({ broker: 'broker-a', partition: 0, rocketmq: { isBodyIntact: true, flag: 0 } })
      expect(message.rocketmq?.reconsumeTimes).toBeGreaterThan(0)
      expect(message.key?.toString()).toBe(`key-${BODIES.indexOf(message.value?.toString() ?? '')}`)
      expect([textOf(message, 'tenant'), textOf(message, 'note')]).toEqual(['acme', 'a=b'])
      // What a blind copy would take along: acknowledged before it is flushed or copied.
      expect([textOf(message, 'WAIT'), textOf(message, 'RETRY_TOPIC')]).toEqual(['false', 'orders'])
      expect(message.timestampMs).toBeGreaterThan(startedAtMs)
    }
    expect(dead.map(({ offset }) => offset)).toEqual([0n, 1n, 2n])
  })

  test('dead letters tell group, topic and attempts of a consumer that ran out of retries', async () => {
    const dead = await readAll(reader, DLQ)
    const decoded = dead.map(({ headers, rocketmq }) => {
      const properties = new Map(headers.map(({ key, value }) => [key, value === null ? '' : String(value)]))
      const { bornAtMs = null, reconsumeTimes = 0 } = rocketmq ?? {}
      return decodeRocketmqDeadLetter({ topic: DLQ, bornAtMs, reconsumeTimes, properties })
    })
    for (const [index, letter] of decoded.entries()) {
      expect(letter).toMatchObject({ format: 'rocketmq', attempts: 2, exception: null, pointer: null, faults: [] })
      expect(letter.origin).toMatchObject({ topic: 'orders', group: 'billing', guessed: false })
      expect(letter.origin?.timestampMs).toBeGreaterThanOrEqual(startedAtMs)
      expect(letter.uniqueId).toBe(textOf(dead[index] as StoredMessage, 'UNIQ_KEY'))
      expect(letter.originMessageId).toMatch(/^[0-9A-F]{32}$/)
    }
    expect(new Set(decoded.map(({ originMessageId }) => originMessageId)).size).toBe(BODIES.length)
    // The group is all that is told of the cause.
    expect(new Set(decoded.map((letter) => fingerprintOf(letter).key)).size).toBe(1)
  })

  test('a read is bounded, and goes on where it ended', async () => {
    await clients.send('payments', 80, { bytes: 1_000 })
    const first = await reader.read(
      { topic: 'payments', partition: 1, broker: 'broker-a', fromOffset: 0n, maxBytes: 5_000 },
      deadline(),
    )
    expect(first).toMatchObject({ isAtEnd: false, startOffset: 0n, endOffset: 40n })
    expect(first.messages.length).toBe(Number(first.nextOffset))
    expect(first.messages.length).toBeLessThan(10)
    const all = await readAll(reader, 'payments', 5_000)
    expect(all.map(({ partition, offset }) => `${partition}@${offset}`)).toEqual(
      [0, 1].flatMap((queue) => Array.from({ length: 40 }, (_, offset) => `${queue}@${offset}`)),
    )
    expect(new Set(all.map(({ rocketmq }) => rocketmq?.messageId)).size).toBe(80)
  })

  test('beyond the end is the end, and the broker writes nothing about it', async () => {
    const request = { topic: 'payments', partition: 0, broker: 'broker-a', maxBytes: 1_000 }
    const moved = () => reader.describe('OFFSET_MOVED_EVENT', deadline()).catch(() => null)
    const before = await moved()
    expect(await reader.read({ ...request, fromOffset: 40n }, deadline())).toMatchObject({
      ...{ messages: [], nextOffset: 40n, isAtEnd: true },
    })
    expect(await reader.read({ ...request, fromOffset: 9_000n }, deadline())).toMatchObject({
      ...{ messages: [], nextOffset: 9_000n, isAtEnd: true, startOffset: 0n, endOffset: 40n },
    })
    expect(await moved()).toEqual(before)
  })

  test('the first message at or after a time is found, whatever the broker makes of it', async () => {
    const all = (await readAll(reader, 'payments')).filter(({ partition }) => partition === 0)
    const times = [...new Set(all.map(({ timestampMs }) => timestampMs ?? 0))]
    for (const atMs of [times[0] ?? 0, times[7] ?? 0, (times[7] ?? 0) + 1, times.at(-1) ?? 0, 1, Date.now() + 60_000]) {
      const expected = all.find(({ timestampMs }) => (timestampMs ?? 0) >= atMs)?.offset ?? 40n
      const found = await reader.offsetsAtTime('payments', atMs, deadline())
      expect([atMs, found.find(({ partition }) => partition === 0)?.offset]).toEqual([atMs, expected])
    }
  })

  test('a topic that is not there is neither read nor made', async () => {
    const gone = { fault: { code: 'topicDeleted' } }
    await expect(reader.describe('nowhere', deadline())).rejects.toMatchObject({ ...gone, retriable: false })
    expect(await messages.sender().send([plain('nowhere')], deadline())).toMatchObject([
      { ...gone, isUncertain: false },
    ])
    expect(await cluster.mqadmin('topicList')).not.toContain('nowhere')
  })

  test('sent to the retry topic only the group gets it, sent to the origin every group does', async () => {
    const [dead] = await readAll(reader, DLQ)
    if (dead === undefined) throw new Error('no dead letter')
    const id = textOf(dead, 'UNIQ_KEY')
    await clients.behave('billing', { failedShare: 0 })
    const [retried] = await messages.sender().send([replayOf(dead, 'r-retry', RETRY)], deadline())
    expect(retried).toMatchObject({ fault: null, durability: 'confirmed', sent: { topic: RETRY, broker: 'broker-a' } })
    const replays = async (group: string, replayId: string) =>
      (await clients.received(group)).filter(({ properties }) => properties[OWN_HEADERS.replayId] === replayId)
    const body = dead.value?.toString()
    const came = { topic: 'orders', messageId: id, body }
    await vi.waitFor(async () => expect(await replays('billing', 'r-retry')).toMatchObject([came]), SETTLE)

    const [again] = await messages.sender().send([replayOf(dead, 'r-origin', 'orders')], deadline())
    expect(again).toMatchObject({ fault: null, durability: 'confirmed', sent: { topic: 'orders', broker: 'broker-a' } })
    for (const group of ['billing', 'stock']) {
      await vi.waitFor(async () => expect(await replays(group, 'r-origin')).toMatchObject([came]), SETTLE)
    }
    // It has got what was sent later.
    expect(await replays('stock', 'r-retry')).toEqual([])

    const stored = await readBack(sentOf(again))
    expect(Object.fromEntries(stored.headers.map(({ key, value }) => [key, value?.toString()]))).toMatchObject({
      ...{ KEYS: dead.key?.toString(), UNIQ_KEY: id, TAGS: 'test', tenant: 'acme', note: 'a=b' },
      [OWN_HEADERS.source]: `${DLQ}-broker-a-0@${dead.offset}`,
    })
    // 4.9 does not store it.
    expect(textOf(stored, 'WAIT')).toBe(version === '5.5.0' ? 'true' : undefined)
    const names = stored.headers.map(({ key }) => key)
    for (const left of ['DELAY', 'RETRY_TOPIC', 'ORIGIN_MESSAGE_ID', 'REAL_TOPIC']) expect(names).not.toContain(left)
    expect(textOf(await readBack(sentOf(retried)), 'RETRY_TOPIC')).toBe('orders')
  })

  // Only 5.x does it: while a group holds locks, as consumers in order do, its retries are dead letters at once.
  test.runIf(version === '5.5.0')(
    'a retry that the broker puts among the dead letters is told where it lies',
    async () => {
      await lockQueue('billing', 'orders')
      const [outcome] = await messages.sender().send([tagged(RETRY, 'diverted')], deadline())
      expect(outcome).toMatchObject({ fault: null, sent: { topic: DLQ, partition: 0, broker: 'broker-a' } })
      expect(textOf(await readBack(sentOf(outcome)), OWN_HEADERS.replayId)).toBe('diverted')
    },
  )

  async function lockQueue(consumerGroup: string, topic: string): Promise<void> {
    const { tls, addressMap } = rocketmqConfig(cluster)
    const limits = { connectDeadlineMs: 5_000, requestDeadlineMs: 5_000, maxInFlightPerAddress: 1 }
    const client = new RemotingClient({ credentials: null, tls, addressMap, ...limits })
    const body = { consumerGroup, clientId: 'test', mqSet: [{ topic, brokerName: 'broker-a', queueId: 0 }] }
    try {
      const request = { code: LOCK_BATCH_MQ, body: Buffer.from(JSON.stringify(body)) }
      expect(await client.request(cluster.broker('broker-a').address, request)).toMatchObject({ code: 0 })
    } finally {
      await client.close()
    }
  }

  async function readBack({ topic, partition, broker, offset }: SentMessage): Promise<StoredMessage> {
    const batch = await reader.read({ topic, partition, broker, fromOffset: offset ?? 0n, maxBytes: 1 }, deadline())
    const [message] = batch.messages
    if (message === undefined) throw new Error('nothing was stored there')
    expect(message.offset).toBe(offset)
    return message
  }

  test('messages of one queue stay in their order, large ones are folded, and all are found again', async () => {
    const large = Buffer.from(LARGE_BODY)
    const outgoing = Array.from({ length: 60 }, (_, index) =>
      tagged('payments', `many-${index}`, { key: Buffer.from(`k${index % 3}`), value: large }),
    )
    const outcomes = await messages.sender().send(outgoing, deadline())
    const queues = Map.groupBy(outcomes.map(sentOf), ({ partition }) => partition)
    for (const sent of queues.values()) {
      expect(sent.map(({ offset }) => offset)).toEqual(sent.map((_, index) => (sent[0]?.offset ?? 0n) + BigInt(index)))
    }
    const first = await readBack(sentOf(outcomes[0]))
    expect([large.equals(first.value ?? new Uint8Array()), (first.rocketmq?.sysFlag ?? 0) & 1]).toEqual([true, 1])
    const found = await findByHeader(reader, search('payments', 'many-0', 'many-59', 'never-sent'), deadline())
    expect([...found].sort()).toEqual([
      ['many-0', sentOf(outcomes[0])],
      ['many-59', sentOf(outcomes[59])],
    ])
  })

  test('what a broker would act on, or cannot hold, is refused before it is sent', async () => {
    const before = (await readAll(reader, 'payments')).length
    const headers = (key: string, value: string) => ({ headers: [{ key, value: Buffer.from(value) }], partition: 0 })
    const outcomes = await messages
      .sender()
      .send(
        [
          plain('payments', { ...headers('TRAN_MSG', 'true') }),
          plain('payments', { ...headers('fine', 'but behind one that failed') }),
          plain('payments', { ...headers('name', 'a\u0002b'), partition: 1 }),
        ],
        deadline(),
      )
    expect(outcomes).toMatchObject([
      { fault: { code: 'propertyNotSendable', facts: { property: 'TRAN_MSG' } }, isUncertain: false },
      { fault: { code: 'precedingMessageFailed' }, isUncertain: false },
      { fault: { code: 'propertyNotSendable', facts: { property: 'name' } }, isUncertain: false },
    ])
    const [tooLarge] = await messages
      .sender()
      .send([plain('payments', { ...headers('p', 'x'.repeat(33_000)) })], deadline())
    expect(tooLarge).toMatchObject({ fault: { code: 'messageRefused' }, isUncertain: false })
    expect(await readAll(reader, 'payments')).toHaveLength(before)
  })

  test('a topic that may only be written to is described, and not read', async () => {
    const { address } = cluster.broker('broker-a')
    await cluster.mqadmin('updateTopicPerm', ['-b', address, '-t', 'payments', '-p', '2'])
    const request = { topic: 'payments', partition: 0, broker: 'broker-a', fromOffset: 0n, maxBytes: 1_000 }
    await vi.waitFor(async () => {
      await expect(reader.read(request, deadline())).rejects.toMatchObject({
        fault: { code: 'notReadable', facts: { topic: 'payments', broker: 'broker-a' } },
        retriable: false,
      })
    }, SETTLE)
    expect((await reader.describe('payments', deadline())).partitions).toMatchObject([
      { startOffset: 0n, fault: null },
      { startOffset: 0n, fault: null },
    ])
    await cluster.mqadmin('updateTopicPerm', ['-b', address, '-t', 'payments', '-p', '6'])
    await vi.waitFor(() => reader.read(request, deadline()), SETTLE)
  })

  test('a broker that dies between storing and answering leaves it uncertain', async () => {
    const [master, slave] = [cluster.broker('broker-a', 0), cluster.broker('broker-a', 1)]
    const [both] = await messages.sender().send([tagged(COPIED, 'both', { partition: 0 })], deadline())
    expect(both).toMatchObject({ durability: 'confirmed' })
    const before = await endOf('payments')
    // The master stores, and then waits for a slave that hangs.
    process.kill(slave.pid as number, 'SIGSTOP')
    try {
      const sending = messages.sender().send([tagged('payments', 'torn', { partition: 0 })], deadline())
      await vi.waitFor(async () => expect(await endOf('payments')).toBe(before + 1n), { timeout: 10_000, interval: 20 })
      await master.kill()
      expect(await sending).toMatchObject([{ sent: null, fault: { code: 'connectionClosed' }, isUncertain: true }])
    } finally {
      process.kill(slave.pid as number, 'SIGCONT')
    }
  })

  async function endOf(topic: string): Promise<bigint> {
    return (await reader.describe(topic, deadline())).partitions[0]?.endOffset ?? 0n
  }

  test('without its master a broker is read from its slave, and nothing is sent to it', async () => {
    const request = { topic: COPIED, partition: 0, broker: 'broker-a', fromOffset: 0n, maxBytes: 1_000 }
    await vi.waitFor(async () => {
      const { messages: read, isAtEnd } = await reader.read(request, deadline())
      expect([read.map(({ value }) => value?.toString()), isAtEnd]).toEqual([['both'], true])
      expect(await endOf(COPIED)).toBe(1n)
    }, SETTLE)
    const [outcome] = await messages.sender().send([tagged(COPIED, 'nobody')], deadline())
    expect(outcome).toMatchObject({ sent: null, isUncertain: false })
    await cluster.broker('broker-a', 0).start()
  })

  test('what was uncertain is found where it lies', async () => {
    await vi.waitFor(async () => {
      const found = await findByHeader(reader, search('payments', 'torn', 'not-sent'), deadline())
      expect([...found.keys()]).toEqual(['torn'])
      expect((await readBack(found.get('torn') as SentMessage)).value?.toString()).toBe('torn')
    }, SETTLE)
  })

  test('without its slave a master stores and does not confirm, and nothing is sent twice', async () => {
    await cluster.broker('broker-a', 1).kill()
    const before = await readAll(reader, 'payments')
    // The master may not have noticed yet; then it waits for the slave in vain.
    const [outcome] = await messages.sender().send([tagged('payments', 'alone')], deadline())
    expect(outcome).toMatchObject({ fault: null, durability: 'unconfirmed' })
    const after = await readAll(reader, 'payments')
    expect(after).toHaveLength(before.length + 1)
    const found = await findByHeader(reader, search('payments', 'alone'), deadline())
    expect([...found]).toEqual([['alone', sentOf(outcome)]])
  })

  test('a broker that is gone leaves its queues unknown', async () => {
    await cluster.broker('broker-a', 0).kill()
    await vi.waitFor(async () => {
      const { partitions } = await reader.describe('payments', deadline())
      expect(partitions).toMatchObject([
        { partition: 0, broker: 'broker-a', startOffset: null, endOffset: null, fault: { code: 'leaderNotAvailable' } },
        { partition: 1, broker: 'broker-a', startOffset: null, endOffset: null, fault: { code: 'leaderNotAvailable' } },
      ])
    }, SETTLE)
    await expect(findByHeader(reader, search('payments', 'torn'), deadline())).rejects.toMatchObject({
      fault: { code: 'leaderNotAvailable' },
      retriable: true,
    })
  })
})
