/** Our protocol client against real NameServers and brokers: encodings, access control, TLS, stored messages. */
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { fastjsonEntries, parseFastjson } from '../../../lib/rocketmq/fastjson.ts'
import { readBody, unpackBatch } from '../../../lib/rocketmq/message-body.ts'
import { encodeOffsetId, parseMessageId } from '../../../lib/rocketmq/message-id.ts'
import { RemotingClient, type RemotingClientOptions } from '../../../lib/rocketmq/remoting-client.ts'
import type { RemotingReply } from '../../../lib/rocketmq/remoting-connection.ts'
import { RemotingFault } from '../../../lib/rocketmq/remoting-fault.ts'
import { encodeFrame } from '../../../lib/rocketmq/remoting-frame.ts'
import type { HeaderEncoding } from '../../../lib/rocketmq/remoting-header.ts'
import { RocketmqMessages } from '../../../lib/rocketmq/rocketmq-messages.ts'
import { decodeMessages, parseProperties, type StoredMessage } from '../../../lib/rocketmq/stored-message.ts'
import { NO_TLS } from '../../builders/no-tls.ts'
import { type RocketmqTestCluster, startRocketmqCluster } from '../../servers/rocketmq-cluster.ts'
import { rocketmqConfig } from '../../servers/rocketmq-polls.ts'

const PULL_MESSAGE = 11
const RUNTIME_INFO = 28
const MAX_OFFSET = 30
const CLUSTER_INFO = 106
const TOPIC_STATS = 202
const SEND_MESSAGE = 310
const UNKNOWN_REQUEST = 7_777

const SUCCESS = 0
const SYSTEM_ERROR = 1
const NOT_SUPPORTED = 3
const NO_PERMISSION = 16

const TLS = { ...NO_TLS, enabled: true }
const MIB = 2 ** 20

const clients: RemotingClient[] = []

function clientWith(options: Partial<RemotingClientOptions> = {}): RemotingClient {
  const client = new RemotingClient({
    credentials: null,
    tls: NO_TLS,
    addressMap: {},
    connectDeadlineMs: 5_000,
    requestDeadlineMs: 15_000,
    maxInFlightPerAddress: 16,
    ...options,
  })
  clients.push(client)
  return client
}

afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()))
})

async function faultCode(request: Promise<unknown>): Promise<string | null> {
  try {
    await request
    return null
  } catch (error) {
    if (error instanceof RemotingFault) return error.fault.code
    throw error
  }
}

/** The kind of header a server answers with: 0 JSON, 1 binary. */
function answeredHeaderType(address: string): Promise<number> {
  const header = { code: UNKNOWN_REQUEST, version: 477, opaque: 1, flag: 0, remark: null, ext: {} }
  const [host, port] = address.split(':')
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), host, () =>
      socket.write(encodeFrame({ header, body: Buffer.alloc(0) }, 'json')),
    )
    socket.once('error', reject).once('data', (bytes) => {
      socket.destroy()
      resolve(bytes.readUInt8(4))
    })
  })
}

function send(client: RemotingClient, address: string, topic: string, body: string): Promise<RemotingReply> {
  const ext = { a: 'test-producers', b: topic, c: 'TBW102', d: 4, e: 0, f: 0, g: Date.now(), h: 0, i: 'KEYS\x01k1' }
  return client.request(address, { code: SEND_MESSAGE, ext, body: Buffer.from(body) })
}

/** What the queues hold. A send is answered before its queue lists the message, so this waits for the first. */
function pull(client: RemotingClient, address: string, topic: string, ...queueIds: number[]): Promise<StoredMessage[]> {
  return vi.waitFor(
    async () => {
      const queues = await Promise.all(queueIds.map((queueId) => pullOnce(client, address, topic, queueId)))
      expect(queues.flat()).not.toEqual([])
      return queues.flat()
    },
    { timeout: 15_000, interval: 100 },
  )
}

/** Without leaving a trace: the group exists on every broker. */
async function pullOnce(
  client: RemotingClient,
  address: string,
  topic: string,
  queueId: number,
): Promise<StoredMessage[]> {
  const ext = {
    ...{ consumerGroup: 'TOOLS_CONSUMER', topic, queueId, queueOffset: 0, maxMsgNums: 32, sysFlag: 4, commitOffset: 0 },
    ...{ suspendTimeoutMillis: 0, subVersion: 0, subscription: '*', expressionType: 'TAG' },
  }
  const { messages, damagedBytes } = decodeMessages((await client.request(address, { code: PULL_MESSAGE, ext })).body)
  expect(damagedBytes).toBe(0)
  return messages
}

describe('RocketMQ 5.5.0', () => {
  let cluster: RocketmqTestCluster
  let nameServer: string
  let broker: string

  beforeAll(async () => {
    // As servers are that nobody told anything about TLS.
    const jvm = ['-Dtls.server.mode=permissive']
    cluster = await startRocketmqCluster({ slaves: 0, jvm, brokerConfig: { inSyncReplicas: '1' } })
    nameServer = cluster.nameServerList
    broker = cluster.broker('broker-a').address
  })
  afterAll(() => cluster?.stop())

  test.each<HeaderEncoding>(['json', 'rocketmq'])(
    'understands a %s header and answers in JSON',
    async (headerEncoding) => {
      const client = clientWith({ headerEncoding })
      const reply = await client.request(nameServer, { code: CLUSTER_INFO })
      expect([reply.code, reply.version]).toEqual([SUCCESS, 513])
      expect(parseFastjson(reply.body)).toMatchObject({
        brokerAddrTable: { 'broker-a': { brokerAddrs: { 0: broker }, brokerName: 'broker-a' } },
      })
      expect(await answeredHeaderType(nameServer)).toBe(0)
    },
  )

  test('answers what it does not know', async () => {
    expect(await clientWith().request(broker, { code: UNKNOWN_REQUEST })).toMatchObject({ code: NOT_SUPPORTED })
  })

  test('answers many requests over one connection, each its own', async () => {
    const client = clientWith()
    for (let index = 0; index < 8; index += 1) await send(client, broker, `many-${index}`, 'x')
    const requests = Array.from({ length: 400 }, (_, index) =>
      client.request(broker, { code: TOPIC_STATS, ext: { topic: `many-${index % 8}` } }),
    )
    const topics = (await Promise.all(requests)).map(({ body }) => {
      const table = new Map(fastjsonEntries(parseFastjson(body))).get('offsetTable')
      return fastjsonEntries(table)?.map(([queue]) => new Map(fastjsonEntries(queue)).get('topic'))
    })
    expect(topics).toEqual(requests.map((_, index) => Array(4).fill(`many-${index % 8}`)))
  })

  test('stores what it was sent, under the id that we write, too', async () => {
    const client = clientWith()
    const { code, ext } = await send(client, broker, 'plain', 'hello')
    const [message] = await pull(client, broker, 'plain', 0)
    expect(code).toBe(SUCCESS)
    expect(message).toMatchObject({ topic: 'plain', queueOffset: 0n, transaction: 'none', isBodyIntact: true })
    expect(message?.storedBody.toString()).toBe('hello')
    expect(parseProperties(message?.propertyBytes ?? Buffer.alloc(0)).get('KEYS')).toBe('k1')
    expect(message && encodeOffsetId(message.storeHost, message.physicalOffset)).toBe(ext.msgId)
    const id = parseMessageId(ext.msgId ?? '')
    expect(id).toEqual({ kind: 'offset', storeHost: message?.storeHost, physicalOffset: message?.physicalOffset })
  })

  test('keeps bodies that its own client compressed, and batches', async () => {
    const client = clientWith()
    const java = await cluster.startPeer('MessageKinds')
    const body = 'Holdfast 主题 '.repeat(5_000)
    for (const type of ['ZLIB', 'LZ4', 'ZSTD']) {
      const topic = `compressed-${type}`
      const [offsetId = '', uniqueId = ''] = (await java.call('compressed', topic, type, body)).split(' ')
      expect(parseMessageId(offsetId)?.kind).toBe('offset')
      expect(parseMessageId(uniqueId)).toEqual({ kind: 'unique' })
      const [message] = await pull(client, broker, topic, 0, 1, 2, 3)
      expect([message?.isBodyIntact, (message?.sysFlag ?? 0) & 1]).toEqual([true, 1])
      expect(message && readBody(message, MIB).body?.toString()).toBe(body)
      expect(message && readBody(message, 1_000).fault).toBe('tooLarge')
      expect(parseProperties(message?.propertyBytes ?? Buffer.alloc(0)).get('UNIQ_KEY')).toBe(uniqueId)
    }
    await cluster.mqadmin('updateTopic', [
      '-c',
      cluster.clusterName,
      '-t',
      'batches',
      '-a',
      '+queue.type=BatchCQ',
      '-r',
      '1',
      '-w',
      '1',
    ])
    expect(await java.call('batch', 'batches', '5')).toBe('SEND_OK')
    const [batch] = await pull(client, broker, 'batches', 0)
    const inner = batch && unpackBatch(batch, readBody(batch, MIB).body ?? Buffer.alloc(0))
    expect(inner?.map(({ queueOffset, body: one }) => `${queueOffset} ${one}`)).toEqual(
      [0, 1, 2, 3, 4].map((index) => `${index} batched-${index}`),
    )
    expect(inner?.map(({ propertyBytes }) => parseProperties(propertyBytes).get('KEYS'))).toContain('key-4')

    expect(await java.call('batch', 'batches', '3')).toBe('SEND_OK')
    const access = new RocketmqMessages(rocketmqConfig(cluster))
    const request = { topic: 'batches', partition: 0, broker: 'broker-a', fromOffset: 3n, maxBytes: 10_000 }
    const read = await vi.waitFor(
      async () => {
        const some = await access.reader().read(request, AbortSignal.timeout(30_000))
        expect(some.nextOffset).toBe(8n)
        return some
      },
      { timeout: 15_000, interval: 100 },
    )
    await access.close()
    expect(read.messages.map(({ offset, value, key }) => `${offset} ${value} ${key}`)).toEqual(
      [3, 4, 0, 1, 2].map((one, index) => `${index + 3} batched-${one} key-${one}`),
    )
    expect(read).toMatchObject({ nextOffset: 8n, isAtEnd: true, unreadable: [] })
  })

  test('takes TLS at the same port, with a certificate that proves nothing', async () => {
    expect(await faultCode(clientWith({ tls: TLS }).request(broker, { code: RUNTIME_INFO }))).toBe('tlsUntrusted')
    const trusting = clientWith({ tls: { ...TLS, rejectUnauthorized: false } })
    expect((await trusting.request(broker, { code: RUNTIME_INFO })).code).toBe(SUCCESS)
  })

  test('is reached again after it was away', async () => {
    const client = clientWith({ addressMap: { '10.9.8.7:10911': broker } })
    const ask = () => client.request('10.9.8.7:10911', { code: MAX_OFFSET, ext: { topic: 'plain', queueId: 0 } })
    const { offset } = (await ask()).ext
    expect(Number(offset)).toBeGreaterThan(0)
    await cluster.broker('broker-a').kill()
    expect(['connectionClosed', 'connectionRefused']).toContain(await faultCode(ask()))
    expect(await faultCode(ask())).toBe('connectionRefused')
    await cluster.broker('broker-a').start()
    expect((await ask()).ext.offset).toBe(offset)
  })
})

describe('RocketMQ 5.5.0 with access control 2.0 and binary headers', () => {
  let cluster: RocketmqTestCluster
  let broker: string

  beforeAll(async () => {
    cluster = await startRocketmqCluster({
      ...{ slaves: 0, acl: true, binaryHeaders: true },
      brokerConfig: { inSyncReplicas: '1' },
    })
    broker = cluster.broker('broker-a').address
  })
  afterAll(() => cluster?.stop())

  test.each<HeaderEncoding>(['json', 'rocketmq'])('lets the right user in with a %s header', async (headerEncoding) => {
    const { superUser = null, readOnlyUser = null } = cluster.credentials ?? {}
    const writer = clientWith({ credentials: superUser, headerEncoding })
    // The body is signed, too.
    expect((await send(writer, broker, `signed-${headerEncoding}`, 'hello')).code).toBe(SUCCESS)
    const reader = clientWith({ credentials: readOnlyUser, headerEncoding })
    const stats = await reader.request(broker, { code: TOPIC_STATS, ext: { topic: `signed-${headerEncoding}` } })
    expect([stats.code, stats.version]).toEqual([SUCCESS, 513])
    expect((await pull(reader, broker, `signed-${headerEncoding}`, 0))[0]?.storedBody.toString()).toBe('hello')
    expect((await send(reader, broker, `signed-${headerEncoding}`, 'no')).code).toBe(NO_PERMISSION)
  })

  test('really answers in binary', async () => {
    expect([await answeredHeaderType(cluster.nameServerList), await answeredHeaderType(broker)]).toEqual([1, 1])
  })

  test.each([
    ['no credentials', null],
    ['a wrong secret', { accessKey: 'console', secretKey: 'wrong' }],
    ['an unknown user', { accessKey: 'nobody', secretKey: 'wrong' }],
  ])('keeps out %s', async (_name, credentials) => {
    const reply = await clientWith({ credentials }).request(broker, {
      code: TOPIC_STATS,
      ext: { topic: 'signed-json' },
    })
    expect([reply.code, reply.body.length]).toEqual([NO_PERMISSION, 0])
  })
})

describe('RocketMQ 5.5.0 that insists on TLS', () => {
  let cluster: RocketmqTestCluster
  let broker: string

  beforeAll(async () => {
    cluster = await startRocketmqCluster({ slaves: 0, tls: 'enforcing', brokerConfig: { inSyncReplicas: '1' } })
    broker = cluster.broker('broker-a').address
  })
  afterAll(() => cluster?.stop())

  test('answers who trusts its authority', async () => {
    const client = clientWith({ tls: { ...TLS, ca: cluster.ca } })
    const replies = await Promise.all([
      client.request(cluster.nameServerList, { code: CLUSTER_INFO }),
      client.request(broker, { code: RUNTIME_INFO }),
    ])
    expect(replies.map(({ code }) => code)).toEqual([SUCCESS, SUCCESS])
  })

  test('is not believed without its authority', async () => {
    expect(await faultCode(clientWith({ tls: TLS }).request(broker, { code: RUNTIME_INFO }))).toBe('tlsUntrusted')
  })

  test('drops who speaks plainly, and is found to want TLS', async () => {
    const client = clientWith({ maxInFlightPerAddress: 2 })
    const requests = Array.from({ length: 5 }, () => faultCode(client.request(broker, { code: RUNTIME_INFO })))
    expect(await Promise.all(requests)).toEqual(Array(5).fill('tlsExpectedByBroker'))
  })
})

describe('RocketMQ 4.9.7 with access control 1.0', () => {
  let cluster: RocketmqTestCluster
  let broker: string

  beforeAll(async () => {
    cluster = await startRocketmqCluster({
      version: '4.9.7',
      slaves: 0,
      acl: true,
      brokerConfig: { brokerRole: 'ASYNC_MASTER' },
    })
    broker = cluster.broker('broker-a').address
  })
  afterAll(() => cluster?.stop())

  test.each<HeaderEncoding>(['json', 'rocketmq'])('lets the right user in with a %s header', async (headerEncoding) => {
    const client = clientWith({ credentials: cluster.credentials?.superUser ?? null, headerEncoding })
    expect((await send(client, broker, `signed-${headerEncoding}`, 'hello')).code).toBe(SUCCESS)
    const [message] = await pull(client, broker, `signed-${headerEncoding}`, 0)
    expect(message?.storedBody.toString()).toBe('hello')
    expect((await client.request(broker, { code: RUNTIME_INFO })).version).toBe(407)
  })

  test.each([
    ['no credentials', null],
    ['a wrong secret', { accessKey: 'rocketmq', secretKey: 'wrong' }],
    ['an unknown user', { accessKey: 'nobody', secretKey: 'wrong' }],
  ])('keeps out %s', async (_name, credentials) => {
    const ext = { topic: 'signed-json', queueId: 0 }
    expect((await clientWith({ credentials }).request(broker, { code: MAX_OFFSET, ext })).code).toBe(SYSTEM_ERROR)
  })
})
