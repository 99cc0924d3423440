/** What the API says of a RocketMQ cluster: the shared fields in its words, and what only it has. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BrokerAnswer } from '../../lib/api/schemas/brokers.ts'
import type { GroupPartitionAnswer } from '../../lib/api/schemas/groups.ts'
import type { PartitionAnswer } from '../../lib/api/schemas/topics.ts'
import type { RocketmqClusterConfig } from '../../lib/cluster/cluster-config.ts'
import { fault } from '../../lib/cluster/fault.ts'
import { topicKindClassifier } from '../../lib/dlq/topic-kind.ts'
import { observe } from '../../lib/durability/observe.ts'
import { ObserveMemory } from '../../lib/durability/observe-memory.ts'
import { NO_TLS } from '../builders/no-tls.ts'
import { aRocketmqBroker, aRocketmqSnapshot } from '../builders/rocketmq.ts'
import { openConsole, type TestConsole } from './console.ts'
import { type DocumentChecker, documentChecker } from './openapi-check.ts'
import { readChecked } from './read-checked.ts'

const TRADE: RocketmqClusterConfig = {
  ...{ id: 'trade', name: 'Trade', kind: 'rocketmq', readOnly: true, nameServers: ['10.0.0.1:9876'] },
  tls: NO_TLS,
  ...{ addressMap: {}, acl: null },
}

let app: TestConsole
let document: DocumentChecker

beforeAll(async () => {
  app = await openConsole({ clusters: [TRADE] })
  const snapshot = aRocketmqSnapshot()
  const silent = aRocketmqBroker('c:0', { online: null, fault: fault('advertisedAddressUnreachable'), rocketmq: null })
  const observation = observe({
    snapshot: { ...snapshot, brokers: [...snapshot.brokers, silent] },
    ...{ previous: null, expectedBrokers: [], memory: new ObserveMemory() },
    kindOf: topicKindClassifier({ include: [], exclude: [] }),
  })
  await app.writer.saveObservation('trade', observation, 15_000)
  document = documentChecker((await app.call('GET', '/api/openapi.json', { token: null })).json)
})
afterAll(() => app.close())

const read = (path: string, template: string): ReturnType<typeof readChecked> =>
  readChecked(app, document, path, template)

describe('a cluster', () => {
  test('lists its NameServers one by one with what each lacks', async () => {
    const cluster = await read('/api/v1/clusters/trade', '/api/v1/clusters/{cluster}')
    expect(cluster).toMatchObject({ kind: 'rocketmq', quorum: null })
    expect(cluster.nameServers).toMatchObject([
      { address: '10.0.0.1:9876', online: true, topics: 5, missingBrokers: [], missingTopics: 0 },
      { address: '10.0.0.2:9876', online: true, topics: 4, missingBrokers: ['b:1'], missingTopics: 1 },
    ])
  })

  test('says its reasons in its own words', async () => {
    const { verdict } = await read('/api/v1/clusters/trade', '/api/v1/clusters/{cluster}')
    const reason = verdict.reasons.find(({ code }: { code: string }) => code === 'partition.underMinIsr')
    expect(reason.message).toContain('2 queues have')
    expect(reason.message).not.toMatch(/partition|acks/)
  })
})

describe('brokers', () => {
  const brokersOf = async () =>
    (await read('/api/v1/clusters/trade/brokers', '/api/v1/clusters/{cluster}/brokers')).items as BrokerAnswer[]

  test('have a role, and the state of their copies in numbers', async () => {
    const brokers = new Map((await brokersOf()).map((broker) => [broker.id, broker]))
    expect(brokers.get('a:0')).toMatchObject({
      role: 'SYNC_MASTER',
      logDirs: [{ usedRatio: 0.81, totalBytes: null, usedBytes: null }],
      rocketmq: {
        ...{
          brokerName: 'a',
          flushDiskType: 'ASYNC_FLUSH',
          minIsr: 2,
          halfMessages: 3,
          givenUpHalfMessages: 2,
          slaveCopy: null,
        },
        replication: { connectedSlaves: 1, behindBytes: 0 },
        runtime: { putPerSecond: 120.5, commitLogDiskRatio: 0.81, dispatchBehindBytes: 0, putLatencyP99Ms: null },
        delayLevels: [
          { level: 3, waitingMessages: 40 },
          { level: 18, waitingMessages: 0 },
        ],
      },
    })
    expect(brokers.get('b:1')).toMatchObject({
      role: 'SLAVE',
      rocketmq: {
        minIsr: null,
        givenUpHalfMessages: null,
        replication: { inSync: false, behindBytes: 52_428_800, behindMs: 42_000 },
      },
    })
  })

  test('that do not answer have nothing, and say why in words of RocketMQ', async () => {
    const silent = (await brokersOf()).find(({ id }) => id === 'c:0')
    expect(silent).toMatchObject({ online: null, rocketmq: null, fault: { code: 'advertisedAddressUnreachable' } })
    expect(JSON.stringify(silent?.fault)).toContain('brokerIP1')
  })
})

describe('topics and groups', () => {
  test('name each queue by broker and number', async () => {
    const topic = await read('/api/v1/clusters/trade/topics/orders', '/api/v1/clusters/{cluster}/topics/{topic}')
    const queues = topic.partitionStates.map((state: PartitionAnswer) => [
      ...[state.broker, state.partition, state.leader, state.durability],
    ])
    expect(queues).toEqual([
      ['a', 0, 'a:0', 'healthy'],
      ['a', 1, 'a:0', 'healthy'],
      ['b', 0, 'b:0', 'underMinIsr'],
      ['b', 1, 'b:0', 'underMinIsr'],
    ])
    expect(topic).toMatchObject({ minIsr: 2, rocketmq: { brokers: [{ broker: 'a', permission: 6 }, { broker: 'b' }] } })
  })

  test('keep the lags and members of two brokers apart', async () => {
    const group = await read('/api/v1/clusters/trade/groups/billing', '/api/v1/clusters/{cluster}/groups/{group}')
    expect(group).toMatchObject({ type: 'rocketmq', rocketmq: { settings: { retryMaxTimes: 16 } } })
    expect(
      group.partitions.map((one: GroupPartitionAnswer) => [
        ...[one.broker, one.partition, one.lagMessages, one.member],
      ]),
    ).toEqual([
      ['a', 0, 10, 'm-a'],
      ['a', 1, 0, 'm-a'],
      ['b', 0, 60, 'm-b'],
      ['b', 1, 0, 'm-b'],
    ])
  })

  test('are of the kind that their name or the system tells', async () => {
    const list = await read('/api/v1/clusters/trade/topics?internal=true', '/api/v1/clusters/{cluster}/topics')
    expect(Object.fromEntries(list.items.map(({ name, kind }: Record<string, string>) => [name, kind]))).toEqual({
      ...{ orders: 'normal', '%DLQ%billing': 'dlq', '%RETRY%billing': 'retry' },
      ...{ RMQ_SYS_TRANS_HALF_TOPIC: 'half', TRANS_CHECK_MAX_TIME_TOPIC: 'internal', SCHEDULE_TOPIC_XXXX: 'delay' },
    })
  })

  test('that only take messages in say so, and whose they are', async () => {
    const { items } = await read('/api/v1/dlqs', '/api/v1/dlqs')
    expect(items).toMatchObject([
      { topic: '%DLQ%billing', groups: ['billing'], sourceTopics: ['orders'], isReadable: false, depth: 200 },
    ])
    const expiresAt = { state: 'forecast', earliest: '1970-01-04T00:00:01.000Z', latest: null, because: 'overdue' }
    expect(items).toMatchObject([{ oldestAt: '1970-01-01T00:00:01.000Z', expiresAt }])
    const template = '/api/v1/clusters/{cluster}/topics/{topic}'
    expect(await read('/api/v1/clusters/trade/topics/%25RETRY%25billing', template)).toMatchObject({ group: 'billing' })
    expect(await read('/api/v1/clusters/trade/topics/orders', template)).toMatchObject({ group: null })
  })
})

test('Prometheus is told what is known of brokers and NameServers, and nothing else', async () => {
  const { text } = await app.call('GET', '/metrics')
  expect(text).toContain('holdfast_name_server_missing_brokers{cluster="trade",name_server="10.0.0.2:9876"} 1')
  expect(text).toContain('holdfast_broker_replication_behind_bytes{cluster="trade",broker="b:1"} 52428800')
  expect(text).not.toContain('holdfast_broker_replication_behind_bytes{cluster="trade",broker="a:0"}')
  expect(text).toContain('holdfast_broker_half_messages{cluster="trade",broker="a:0"} 3')
  expect(text).toMatch(/holdfast_broker_disk_used_ratio\{cluster="trade",broker="a:0",log_dir="[^"]+"\} 0\.81/)
  expect(text).not.toMatch(/holdfast_broker_(?:dispatch|half|replication)\w*\{cluster="trade",broker="c:0"/)
})
