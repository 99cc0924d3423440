import { describe, expect, it, onTestFinished } from 'vitest'
import type { OutgoingMessage, SendOutcome } from '../../../lib/cluster/messages.ts'
import { RocketmqMessages } from '../../../lib/rocketmq/rocketmq-messages.ts'
import { NO_TLS } from '../../builders/no-tls.ts'
import { encodeMessage } from '../../builders/rocketmq-messages.ts'
import { type Heard, type Peer, startPeer } from './loopback-peer.ts'

const ROUTE = 105
const SEND = 310
const VIEW = 33
const RETRY = '%RETRY%billing'

/** A NameServer and a master in one. */
async function send(
  answer: (heard: Heard, sends: number) => void,
  messages: Partial<OutgoingMessage>[],
  signal = AbortSignal.timeout(10_000),
  master: string | null = null,
): Promise<{ outcomes: SendOutcome[]; peer: Peer; sends: Heard[] }> {
  let sends = 0
  const peer = await startPeer((heard) => {
    if (heard.header.code === ROUTE) heard.reply({}, route(master ?? peer.address))
    else answer(heard, heard.header.code === SEND ? ++sends : sends)
  })
  const access = new RocketmqMessages({
    ...{
      id: 't',
      name: 't',
      kind: 'rocketmq',
      readOnly: false,
      nameServers: [peer.address],
      addressMap: {},
      acl: null,
    },
    tls: NO_TLS,
  })
  onTestFinished(() => access.close())
  const nothing = {
    topic: 'orders',
    partition: 0,
    broker: 'broker-a',
    key: null,
    value: null,
    headers: [],
    timestampMs: null,
  }
  const outcomes = await access.sender().send(
    messages.map((message) => ({ ...nothing, ...message })),
    signal,
  )
  return { outcomes, peer, sends: peer.heard.filter(({ header }) => header.code === SEND) }
}

function route(address: string): Buffer {
  return Buffer.from(
    JSON.stringify({
      brokerDatas: [{ brokerName: 'broker-a', cluster: 'c', brokerAddrs: { 0: address } }],
      queueDatas: [{ brokerName: 'broker-a', readQueueNums: 2, writeQueueNums: 2, perm: 6 }],
    }),
  )
}

const PLACE = { msgId: '7F000001000051AF00000000000000E8', queueId: '0', queueOffset: '42' }
const store = ({ reply }: Heard, code = 0) => reply({ code, ext: PLACE })

describe('what a broker says of a message', () => {
  it.each([
    [0, 'confirmed'],
    [10, 'unconfirmed'],
    [11, 'unconfirmed'],
    [12, 'unconfirmed'],
  ])('%i: it is stored, and sent once', async (code, durability) => {
    const { outcomes, sends } = await send((heard) => store(heard, code), [{}])
    const sent = { topic: 'orders', partition: 0, broker: 'broker-a', offset: 42n }
    expect(outcomes).toEqual([{ sent, fault: null, durability }])
    expect(sends).toHaveLength(1)
  })

  it.each<[number, string, boolean]>([
    [1, 'brokerError', true],
    [2, 'brokerError', false],
    [13, 'messageRefused', false],
    [14, 'brokerError', false],
    [16, 'authorizationFailed', false],
    [17, 'topicDeleted', false],
    [26, 'groupNotFound', false],
    [215, 'brokerError', false],
    [999, 'brokerError', true],
  ])('%i: it is not stored, or nobody knows', async (code, fault, isUncertain) => {
    const { outcomes, sends } = await send(({ reply }) => reply({ code }), [{}])
    expect(outcomes).toMatchObject([{ sent: null, fault: { code: fault }, isUncertain }])
    expect(sends).toHaveLength(1)
  })

  it('what belongs together goes into one queue, whatever its keys are', async () => {
    const messages = Array.from({ length: 8 }, (_, index) => ({
      ...{ partition: null, broker: null, key: index % 2 === 0 ? Buffer.from(`k${index}`) : null },
      together: Buffer.from('orders of one customer'),
    }))
    const { sends } = await send((heard) => store(heard), messages)
    expect(sends).toHaveLength(8)
    expect(new Set(sends.map(({ header }) => header.ext.e)).size).toBe(1)
  })

  it('what names its queue goes there, and with its like when there is no such queue', async () => {
    const like = { key: null, together: Buffer.from('orders of one customer') }
    const queueOf = async (partition: number | null, broker: string | null): Promise<number> => {
      const { sends } = await send((heard) => store(heard), [{ partition, broker, ...like }])
      return Number(sends[0]?.header.ext.e)
    }
    expect([await queueOf(0, 'broker-a'), await queueOf(1, 'broker-a')]).toEqual([0, 1])
    const stray = await queueOf(null, null)
    expect([await queueOf(2, 'broker-a'), await queueOf(0, 'broker-z')]).toEqual([stray, stray])
  })

  it('nothing, and hangs up: nobody knows, and it is not sent again', async () => {
    const { outcomes, sends } = await send(({ socket }) => socket.destroy(), [{}, {}, { partition: 1 }])
    expect(outcomes[0]).toMatchObject({ sent: null, fault: { code: 'connectionClosed' }, isUncertain: true })
    // The second was to follow the first, and so never left.
    expect(outcomes[1]).toMatchObject({ sent: null, fault: { code: 'precedingMessageFailed' }, isUncertain: false })
    expect(outcomes[2]).toMatchObject({ sent: null, isUncertain: true })
    expect(sends).toHaveLength(2)
  })

  it('nothing, since nobody can reach it: it is not stored', async () => {
    const { outcomes } = await send(() => undefined, [{}], AbortSignal.timeout(10_000), '127.0.0.1:1')
    const fault = { code: 'advertisedAddressUnreachable', facts: { reason: 'connectionRefused' } }
    expect(outcomes).toMatchObject([{ sent: null, fault, isUncertain: false }])
  })

  it('nothing in time: nobody knows', async () => {
    const { outcomes } = await send(() => undefined, [{}, {}], AbortSignal.timeout(300))
    expect(outcomes).toMatchObject([
      { fault: { code: 'requestTimeout' }, isUncertain: true },
      { fault: { code: 'precedingMessageFailed' }, isUncertain: false },
    ])
  })

  it('words that make no sense: nobody knows', async () => {
    const { outcomes } = await send(({ reply }) => reply({ code: 0, ext: { queueId: '0' } }), [{}])
    expect(outcomes).toMatchObject([{ sent: null, fault: { code: 'invalidAnswer' }, isUncertain: true }])
  })

  it('one after the other in one queue, and behind one that failed nothing more', async () => {
    const { outcomes, sends } = await send(
      (heard, count) => (count === 2 ? heard.reply({ code: 2 }) : store(heard)),
      [{ value: Buffer.from('1') }, { value: Buffer.from('2') }, { value: Buffer.from('3') }],
    )
    expect(outcomes.map(({ fault }) => fault?.code ?? null)).toEqual([null, 'brokerError', 'precedingMessageFailed'])
    expect(sends.map(({ body }) => body.toString())).toEqual(['1', '2'])
  })
})

describe('what is sent', () => {
  it('asks for no topic to be made, and to wait for flush and slaves', async () => {
    const headers = [{ key: 'tenant', value: Buffer.from('acme') }]
    const { sends } = await send(
      (heard) => store(heard),
      [{ headers, key: Buffer.from('k'), timestampMs: 1_700, flag: 9 }],
    )
    expect(sends[0]?.header.ext).toMatchObject({
      ...{ b: 'orders', c: 'orders', e: '0', f: '0', g: '1700', h: '9', m: 'false' },
      i: 'tenant\x01acme\x02KEYS\x01k\x02WAIT\x01true\x02',
    })
  })

  it('to a retry topic is looked at where it was stored: the broker may have put it elsewhere', async () => {
    const stored = (topic: string) => (heard: Heard) =>
      heard.header.code === VIEW ? heard.reply({}, encodeMessage({ topic })) : store(heard)
    const diverted = await send(stored('%DLQ%billing'), [{ topic: RETRY }])
    expect(diverted.outcomes).toMatchObject([{ sent: { topic: '%DLQ%billing', offset: 42n }, fault: null }])
    expect(diverted.peer.heard.at(-1)?.header.ext).toMatchObject({ offset: String(0xe8) })
    expect((await send(stored(RETRY), [{ topic: RETRY }])).outcomes).toMatchObject([{ sent: { topic: RETRY } }])
    const blind = await send(
      (heard) => (heard.header.code === VIEW ? heard.reply({ code: 16 }) : store(heard)),
      [{ topic: RETRY }],
    )
    expect(blind.outcomes).toMatchObject([{ sent: { topic: RETRY }, fault: null }])
  })
})
