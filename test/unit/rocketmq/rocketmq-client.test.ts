import { describe, expect, it, onTestFinished } from 'vitest'
import type { RocketmqClusterConfig } from '../../../lib/cluster/cluster-config.ts'
import { RocketmqClient } from '../../../lib/rocketmq/rocketmq-client.ts'
import { HA_STATUS, ROUTED_TOPICS, RUNTIME_INFO, TOPIC_STATS } from '../../../lib/rocketmq/rocketmq-requests.ts'
import { NO_TLS } from '../../builders/no-tls.ts'
import { type Heard, startPeer } from './loopback-peer.ts'

const NOT_SUPPORTED = 3

async function clientOf(onRequest: (heard: Heard) => void, over: Partial<RocketmqClusterConfig> = {}) {
  const peer = await startPeer(onRequest)
  const config: RocketmqClusterConfig = {
    ...{ id: 't', name: 't', kind: 'rocketmq', readOnly: true, nameServers: [], addressMap: {}, acl: null },
    tls: NO_TLS,
    ...over,
  }
  const client = new RocketmqClient(config, { connectMs: 2_000, requestMs: 200 })
  onTestFinished(() => client.close())
  return { client, peer }
}

describe('a server', () => {
  it('that falls silent is asked no more in this poll, and again in the next', async () => {
    const { client, peer } = await clientOf(() => undefined)
    const silent = { fault: { code: 'requestTimeout', facts: { api: 'GET_BROKER_RUNTIME_INFO' } } }
    expect(await client.call(peer.address, RUNTIME_INFO)).toMatchObject(silent)
    expect(await client.call(peer.address, HA_STATUS)).toMatchObject(silent)
    expect(peer.heard.map(({ header }) => header.code)).toEqual([28])
    client.begin(AbortSignal.any([]))
    expect(await client.call(peer.address, HA_STATUS)).toMatchObject({ fault: { code: 'requestTimeout' } })
    expect(peer.heard.map(({ header }) => header.code)).toEqual([28, 907])
  })

  it('that refuses one question is asked the others', async () => {
    const { client, peer } = await clientOf(({ header, reply }) =>
      header.code === 28 ? reply({ code: 1 }) : reply({}, Buffer.from('{"topicList":[]}')),
    )
    expect(await client.call(peer.address, RUNTIME_INFO)).toMatchObject({ fault: { code: 'brokerError' } })
    expect(await client.call(peer.address, ROUTED_TOPICS)).toMatchObject({ fault: null })
  })

  it('is not asked again what it does not know, until it has another version', async () => {
    let version = 409
    const { client, peer } = await clientOf(({ header, reply }) =>
      header.code === 907
        ? reply({ code: NOT_SUPPORTED, version })
        : reply({ version }, Buffer.from('{"topicList":[]}')),
    )
    const ask = () => client.call(peer.address, HA_STATUS)
    const asked = () => peer.heard.filter(({ header }) => header.code === 907).length
    expect(await ask()).toMatchObject({ fault: { code: 'unsupportedByBroker' } })
    expect(await ask()).toMatchObject({ fault: { code: 'unsupportedByBroker' } })
    expect(asked()).toBe(1)
    version = 513
    await client.call(peer.address, ROUTED_TOPICS)
    await ask()
    expect(asked()).toBe(2)
  })

  it('whose table did not change gives the very same answer', async () => {
    let body = '{"topicList":["a"]}'
    const { client, peer } = await clientOf(({ reply }) => reply({}, Buffer.from(body)))
    const ask = async () => (await client.call(peer.address, ROUTED_TOPICS)).value
    const first = await ask()
    expect(await ask()).toBe(first)
    body = '{"topicList":["b"]}'
    expect(await ask()).toEqual(new Set(['b']))
  })

  it('whose topic rests gives the very same offsets, and those of no other topic', async () => {
    const maxOf: Record<string, number> = { orders: 5, payments: 5 }
    const tableOf = (topic: string) =>
      `{"offsetTable":{{"brokerName":"a","queueId":0,"topic":"t"}:{"minOffset":0,"maxOffset":${maxOf[topic]}}}}`
    const { client, peer } = await clientOf(({ header, reply }) =>
      reply({}, Buffer.from(tableOf(header.ext.topic ?? ''))),
    )
    const ask = async (topic: string) => (await client.call(peer.address, TOPIC_STATS, topic)).value
    const [orders, payments] = [await ask('orders'), await ask('payments')]
    expect(payments).not.toBe(orders)
    expect(await ask('orders')).toBe(orders)
    maxOf.orders = 6
    expect(await ask('orders')).toEqual([{ min: 0n, max: 6n, lastStoredAtMs: null }])
    expect(await ask('payments')).toBe(payments)
    // Polls in which it was not asked for, as after the topic was deleted: it is parsed anew then.
    for (let poll = 0; poll < 30; poll += 1) client.begin(AbortSignal.any([]))
    expect(await ask('payments')).not.toBe(payments)
    expect(await ask('payments')).toEqual(payments)
  })

  it.each([
    ['nothing', ''],
    ['no table', '{}'],
    ['no fastjson', '{"table":'],
  ])('that answers success with %s gave no answer', async (_, body) => {
    const { client, peer } = await clientOf(({ reply }) => reply({}, Buffer.from(body)))
    expect(await client.call(peer.address, RUNTIME_INFO)).toEqual({
      value: null,
      fault: { code: 'invalidAnswer', facts: { address: peer.address, api: 'GET_BROKER_RUNTIME_INFO' } },
    })
  })

  it('that was never reached where it advertises itself has most likely a wrong address', async () => {
    const { client } = await clientOf(() => undefined, { addressMap: { '10.0.0.1:10911': '127.0.0.1:1' } })
    expect(await client.call('10.0.0.1:10911', RUNTIME_INFO)).toMatchObject({
      fault: { code: 'advertisedAddressUnreachable', facts: { dialled: '127.0.0.1:1', reason: 'connectionRefused' } },
    })
  })
})
