import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { RocketmqClient } from '../../../lib/rocketmq/rocketmq-client.ts'
import { TOPIC_STATS } from '../../../lib/rocketmq/rocketmq-requests.ts'
import { askPlace, type TopicPlace, TopicPlaces } from '../../../lib/rocketmq/topic-places.ts'
import { HOUR_MS } from '../../../lib/units.ts'
import { NO_TLS } from '../../builders/no-tls.ts'
import { type Heard, type Peer, startPeer } from './loopback-peer.ts'

const CLUSTER_INFO = 106
const ROUTE = 105
const NOT_THERE = { code: 17 }

/** Broker names with the addresses of their members by number. */
type Brokers = Record<string, Record<number, string>>

function route(brokers: Brokers, perm = 6): Buffer {
  return Buffer.from(
    JSON.stringify({
      brokerDatas: Object.entries(brokers).map(([brokerName, brokerAddrs]) => ({ brokerName, brokerAddrs })),
      queueDatas: Object.keys(brokers).map((brokerName) => ({ brokerName, readQueueNums: 2, writeQueueNums: 1, perm })),
    }),
  )
}

function list(brokers: Brokers): Buffer {
  const table = Object.entries(brokers).map(([name, brokerAddrs]) => [name, { brokerAddrs }])
  return Buffer.from(JSON.stringify({ brokerAddrTable: Object.fromEntries(table) }))
}

/** NameServers that answer so; the answers may change. */
async function places(...answers: ((heard: Heard) => void)[]) {
  const peers = await Promise.all(answers.map((answer) => startPeer(answer)))
  const nameServers = peers.map(({ address }) => address)
  const client = clientOf(nameServers)
  const known = new TopicPlaces(nameServers)
  return { find: () => known.find(client.during(AbortSignal.timeout(5_000)), 'orders') }
}

function clientOf(nameServers: string[]): RocketmqClient {
  const config = { id: 't', name: 't', kind: 'rocketmq', readOnly: true, addressMap: {}, acl: null } as const
  const client = new RocketmqClient({ ...config, nameServers, tls: NO_TLS }, { connectMs: 1_000, requestMs: 300 })
  onTestFinished(() => client.close())
  return client
}

const A = { a: { 0: 'a:1', 1: 'a:2' } }
const B = { b: { 2: 'b:3', 1: 'b:2' } }
const knows =
  (brokers: Brokers, perm?: number) =>
  ({ header, reply }: Heard) =>
    reply({}, header.code === ROUTE ? route(brokers, perm) : list(brokers))
/** Of the topic; `listed` are the brokers that run. */
const knowsNothing =
  (listed: Brokers) =>
  ({ header, reply }: Heard) =>
    header.code === CLUSTER_INFO ? reply({}, list(listed)) : reply(NOT_THERE)

describe('where a topic is', () => {
  it('is what any NameServer says, the master apart from the slaves', async () => {
    const { find } = await places(knows(A), knows({ ...A, ...B }), knowsNothing(A))
    expect(await find()).toMatchObject([
      {
        brokerName: 'a',
        master: 'a:1',
        slaves: ['a:2'],
        queues: 2,
        writeQueues: 1,
        isReadable: true,
        isWritable: true,
      },
      { brokerName: 'b', master: null, slaves: ['b:2', 'b:3'] },
    ])
    expect(await (await places(knows(A, 2))).find()).toMatchObject([{ isReadable: false, isWritable: true }])
    expect(await (await places(knows(A, 4))).find()).toMatchObject([{ isReadable: true, isWritable: false }])
  })

  it('is nowhere only when all say so, and know at least one broker', async () => {
    const gone = { fault: { code: 'topicDeleted', facts: { topic: 'orders' } }, retriable: false }
    await expect((await places(knowsNothing(A))).find()).rejects.toMatchObject(gone)
    const silent = await places(knowsNothing(A), () => undefined)
    await expect(silent.find()).rejects.toMatchObject({ fault: { code: 'requestTimeout' }, retriable: true })
    // As after a restart of all NameServers.
    await expect((await places(knowsNothing({}))).find()).rejects.toMatchObject({
      fault: { code: 'noBrokers' },
      retriable: true,
    })
  })

  it('stays in mind for an hour', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    let answer = knows({ ...A, ...B })
    const { find } = await places((heard) => answer(heard))
    await find()
    answer = knows(A)
    vi.setSystemTime(Date.now() + HOUR_MS - 1)
    expect((await find()).map(({ brokerName }) => brokerName)).toEqual(['a', 'b'])
    vi.setSystemTime(Date.now() + 1)
    expect((await find()).map(({ brokerName }) => brokerName)).toEqual(['a'])
  })

  it('stays in mind when its broker is gone, and is forgotten when that is back without it', async () => {
    let answer = knows({ ...A, ...B })
    const { find } = await places((heard) => answer(heard))
    await find()
    answer = knows(A)
    expect(await find()).toMatchObject([{ brokerName: 'a' }, { brokerName: 'b', master: null, slaves: [] }])
    answer = knowsNothing({})
    expect(await find()).toMatchObject([
      { brokerName: 'a', master: null },
      { brokerName: 'b', master: null },
    ])
    answer = ({ header, reply }) => reply({}, header.code === ROUTE ? route(A) : list({ ...A, ...B }))
    expect((await find()).map(({ brokerName }) => brokerName)).toEqual(['a'])
    answer = knowsNothing({ ...A, ...B })
    await expect(find()).rejects.toMatchObject({ fault: { code: 'topicDeleted' } })
  })
})

describe('asking a place', () => {
  const stats = Buffer.from(
    '{"offsetTable":{{"brokerName":"a","queueId":0,"topic":"orders"}:{"minOffset":0,"maxOffset":7}}}',
  )

  async function ask(master: ((heard: Heard) => void) | null, ...slaves: ((heard: Heard) => void)[]) {
    const start = (answer: (heard: Heard) => void): Promise<Peer> => startPeer(answer)
    const [first, others] = [master && (await start(master)), await Promise.all(slaves.map(start))]
    const place: TopicPlace = {
      ...{ brokerName: 'a', queues: 1, writeQueues: 1, isReadable: true, isWritable: true },
      master: first?.address ?? null,
      slaves: others.map(({ address }) => address),
    }
    const { value, fault } = await askPlace(
      clientOf([]).during(AbortSignal.timeout(5_000)),
      place,
      TOPIC_STATS,
      'orders',
    )
    return { max: value?.[0]?.max, code: fault?.code, asked: [first, ...others].map((peer) => peer?.heard.length ?? 0) }
  }

  const tells = ({ reply }: Heard) => reply({}, stats)
  const hangsUp = ({ socket }: Heard) => socket.destroy()
  const lacksIt = ({ reply }: Heard) => reply(NOT_THERE)

  it('leaves its slaves alone while the master answers, also with a refusal', async () => {
    expect(await ask(tells, tells)).toEqual({ max: 7n, code: undefined, asked: [1, 0] })
    expect(await ask(({ reply }) => reply({ code: 16 }), tells)).toMatchObject({
      code: 'authorizationFailed',
      asked: [1, 0],
    })
    expect(await ask(lacksIt, tells)).toMatchObject({ code: 'topicDeleted', asked: [1, 0] })
  })

  it('asks a slave when the master is away', async () => {
    expect(await ask(null, tells)).toMatchObject({ max: 7n, asked: [0, 1] })
    expect(await ask(hangsUp, hangsUp, tells)).toMatchObject({ max: 7n, asked: [1, 1, 1] })
    expect(await ask(hangsUp, hangsUp)).toMatchObject({ code: 'connectionClosed' })
  })

  it('does not take a slave’s word that the topic is gone', async () => {
    expect(await ask(null, lacksIt, tells)).toMatchObject({ max: 7n, asked: [0, 1, 1] })
    expect(await ask(null, lacksIt)).toMatchObject({ code: 'leaderNotAvailable' })
    expect(await ask(hangsUp, lacksIt)).toMatchObject({ code: 'connectionClosed' })
  })
})
