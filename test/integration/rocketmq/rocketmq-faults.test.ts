/** Servers fall out one by one: what cannot be known turns unknown, what is lost shows, and the rest goes on. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { RocketmqClusterConfig } from '../../../lib/cluster/cluster-config.ts'
import { ClusterUnavailableError } from '../../../lib/cluster/fault.ts'
import type { ClusterSnapshot } from '../../../lib/cluster/snapshot.ts'
import { topicKindClassifier } from '../../../lib/dlq/topic-kind.ts'
import type { Durability } from '../../../lib/durability/observation.ts'
import { observe } from '../../../lib/durability/observe.ts'
import type { ExpectedBroker } from '../../../lib/durability/observe-brokers.ts'
import { ObserveMemory } from '../../../lib/durability/observe-memory.ts'
import type { RocketmqDriver } from '../../../lib/rocketmq/rocketmq-driver.ts'
import { RocketmqMessages } from '../../../lib/rocketmq/rocketmq-messages.ts'
import { brokerOf, faultsOf, groupOf, partitionOf, pollOnce, pollUntil } from '../../servers/polls.ts'
import { type RocketmqClients, startRocketmqClients } from '../../servers/rocketmq-clients.ts'
import { type RocketmqTestCluster, startRocketmqCluster } from '../../servers/rocketmq-cluster.ts'
import { rocketmqConfig, rocketmqDriver, rocketmqSnapshot } from '../../servers/rocketmq-polls.ts'

const POLL_DEADLINE_MS = 60_000

let cluster: RocketmqTestCluster
let clients: RocketmqClients
let driver: RocketmqDriver
/** What the registry would keep. */
const expected = new Map<string, ExpectedBroker>()

beforeAll(async () => {
  cluster = await startRocketmqCluster({ nameServers: 2, brokers: ['broker-a', 'broker-b'] })
  clients = await startRocketmqClients(cluster)
  driver = rocketmqDriver(rocketmqConfig(cluster))
  await cluster.mqadmin('updateTopic', ['-c', cluster.clusterName, '-t', 'orders', '-r', '1', '-w', '1'])
  await clients.send('orders', 20)
  await clients.consume('billing', 'orders')
  await pollUntil(driver, (seen) => {
    const partitions = groupOf(seen, 'billing').partitions?.filter(({ topic }) => topic === 'orders') ?? []
    expect(partitions.reduce((sum, { committedOffset }) => sum + (committedOffset ?? 0n), 0n)).toBe(20n)
    for (const broker of ['broker-a', 'broker-b']) {
      expect(partitionOf(seen, 'orders', 0, broker).isr).toEqual([`${broker}:0`, `${broker}:1`])
    }
    for (const { id, host, port, rack, role } of seen.brokers) {
      expected.set(id, { id, host, port, rack, role, lastSeenAtMs: seen.finishedAtMs })
    }
  })
})

afterAll(async () => {
  await driver?.close()
  await cluster?.stop()
})

function placesOf(snapshot: ClusterSnapshot): Record<string, Durability> {
  const kindOf = topicKindClassifier({ include: [], exclude: [] })
  const expectedBrokers = [...expected.values()]
  const seen = observe({ snapshot, previous: null, expectedBrokers, kindOf, memory: new ObserveMemory() })
  const orders = seen.topics.find(({ name }) => name === 'orders')
  return Object.fromEntries(orders?.partitions.map(({ broker, durability }) => [broker, durability]) ?? [])
}

test('all is well at first', async () => {
  const snapshot = await pollOnce(driver)
  expect(snapshot.facts.filter(({ faultCount }) => faultCount > 0)).toEqual([])
  expect(placesOf(snapshot)).toEqual({ 'broker-a': 'healthy', 'broker-b': 'healthy' })
})

test('one of two NameServers down costs nothing but its own row', async () => {
  const [first, second] = cluster.nameServers
  await first?.kill()
  const snapshot = await pollOnce(driver)
  expect(snapshot.nameServers).toMatchObject([
    { address: first?.address, online: null, brokers: null, fault: { code: 'connectionRefused' } },
    { address: second?.address, online: true, fault: null, missingBrokers: [], missingTopicCount: 0 },
  ])
  expect(faultsOf(snapshot, 'metadata')).toEqual([`nameServer ${first?.address}: connectionRefused`])
  expect(placesOf(snapshot)).toEqual({ 'broker-a': 'healthy', 'broker-b': 'healthy' })
  await first?.start()
  // Brokers register every 30 s: until then the new one lists nothing, which the other one shows.
  const lacking = await pollOnce(driver)
  if (lacking.nameServers?.[0]?.brokers?.length === 0) {
    expect(lacking.nameServers[0].missingBrokers).toEqual(['broker-a:0', 'broker-a:1', 'broker-b:0', 'broker-b:1'])
  }
  expect(lacking.brokers).toHaveLength(4)
})

test('NameServers that have just started list nobody, and no queue is offline for it', async () => {
  await Promise.all(cluster.nameServers.map((server) => server.kill()))
  await Promise.all(cluster.nameServers.map((server) => server.start()))
  const ids = ['broker-a:0', 'broker-a:1', 'broker-b:0', 'broker-b:1']
  const lacking: unknown[] = []
  const places: unknown[] = []
  // The first poll may find its old connections closed.
  await vi.waitFor(() => pollOnce(driver), { timeout: 5_000, interval: 100 })
  await pollUntil(driver, (seen) => {
    lacking.push(...(seen.nameServers ?? []).map(({ missingBrokers }) => missingBrokers))
    places.push(placesOf(seen))
    expect(seen.nameServers).toMatchObject([{ brokers: ids }, { brokers: ids }])
  })
  // Which brokers were back at once is chance, and with 30 s between registrations never all of them.
  expect(lacking.flat()).not.toEqual([])
  expect(new Set(places.map((one) => JSON.stringify(one)))).toEqual(
    new Set([JSON.stringify({ 'broker-a': 'healthy', 'broker-b': 'healthy' })]),
  )
})

test('a slave that died leaves its queues below min ISR, and the others healthy', async () => {
  await cluster.broker('broker-a', 1).kill()
  const gone = await pollUntil(driver, (seen) => expect(seen.brokers.map(({ id }) => id)).not.toContain('broker-a:1'))
  expect(partitionOf(gone, 'orders', 0, 'broker-a')).toMatchObject({ leader: 'broker-a:0', isr: ['broker-a:0'] })
  expect(brokerOf(gone, 'broker-a:0').rocketmq?.replication?.connectedSlaves).toBe(0)
  // The test cluster's masters wait for one slave: without it, sends are not confirmed.
  expect(placesOf(gone)).toEqual({ 'broker-a': 'underMinIsr', 'broker-b': 'healthy' })
  await cluster.broker('broker-a', 1).start()
  await pollUntil(driver, (seen) => expect(placesOf(seen)).toEqual({ 'broker-a': 'healthy', 'broker-b': 'healthy' }))
})

test('a slave that hangs costs its own row only, and its copy is soon not counted', async () => {
  const slave = cluster.broker('broker-a', 1)
  process.kill(slave.pid as number, 'SIGSTOP')
  try {
    // The master hangs up after 20 s of silence; until then it vouches for the slave itself.
    const hung = await pollUntil(driver, (seen) => {
      expect(brokerOf(seen, 'broker-a:1')).toMatchObject({ online: null, fault: { code: 'requestTimeout' } })
      expect(partitionOf(seen, 'orders', 0, 'broker-a').isr).toEqual(['broker-a:0'])
    })
    expect(brokerOf(hung, 'broker-a:0')).toMatchObject({ online: true, fault: null })
    expect(brokerOf(hung, 'broker-b:1')).toMatchObject({ online: true, fault: null })
    expect(placesOf(hung)).toEqual({ 'broker-a': 'underMinIsr', 'broker-b': 'healthy' })
  } finally {
    process.kill(slave.pid as number, 'SIGCONT')
  }
  await pollUntil(driver, (seen) => expect(placesOf(seen)).toEqual({ 'broker-a': 'healthy', 'broker-b': 'healthy' }))
})

test('a master that died leaves its queues offline, and its slave’s copy readable', async () => {
  await pollUntil(driver, (seen) => {
    expect(brokerOf(seen, 'broker-a:1').rocketmq?.slaveCopy).toMatchObject({ missingTopics: 0, missingGroups: 0 })
  })
  await cluster.broker('broker-a', 0).kill()
  const gone = await pollUntil(driver, (seen) => expect(seen.brokers.map(({ id }) => id)).not.toContain('broker-a:0'))
  expect(placesOf(gone)).toEqual({ 'broker-a': 'offline', 'broker-b': 'healthy' })
  // Ten of the twenty messages were sent to each broker; the slave has them all.
  expect(partitionOf(gone, 'orders', 0, 'broker-a')).toMatchObject({ leader: null, isr: [], endOffset: 10n })
  expect(faultsOf(gone, 'offsets')).toContain('broker broker-a: leaderNotAvailable')
  const group = groupOf(gone, 'billing').partitions?.find(
    ({ topic, broker }) => topic === 'orders' && broker === 'broker-a',
  )
  // A slave’s copy may be missing (5.5.0) or old: that is unknown, and no group that never committed or fell behind.
  expect(group).toMatchObject(group?.committedOffset === null ? { isCommitUnknown: true } : { committedOffset: 10n })
})

test('a broker that is gone with all its members keeps its queues, offline and unknown', async () => {
  await cluster.broker('broker-a', 1).kill()
  const gone = await pollUntil(driver, (seen) => {
    expect(seen.brokers.map(({ id }) => id)).toEqual(['broker-b:0', 'broker-b:1'])
  })
  expect(placesOf(gone)).toEqual({ 'broker-a': 'offline', 'broker-b': 'healthy' })
  expect(partitionOf(gone, 'orders', 0, 'broker-a')).toMatchObject({ leader: null, startOffset: null, endOffset: null })
  expect(partitionOf(gone, 'orders', 0, 'broker-b')).toMatchObject({ leader: 'broker-b:0', endOffset: 10n })
  const committed = groupOf(gone, 'billing').partitions?.filter(({ topic }) => topic === 'orders') ?? []
  expect(
    committed.map(({ broker, committedOffset, isCommitUnknown }) => [broker, committedOffset, isCommitUnknown]),
  ).toEqual(
    expect.arrayContaining([
      ['broker-a', null, true],
      ['broker-b', 10n, false],
    ]),
  )
})

test('all NameServers down fails the poll', async () => {
  await Promise.all(cluster.nameServers.map((server) => server.kill()))
  // The first one finds its old connections closed.
  await expect(pollOnce(driver)).rejects.toThrow(ClusterUnavailableError)
  await expect(pollOnce(driver)).rejects.toMatchObject({ fault: { code: 'connectionRefused' } })
  const steps = await driver.test(AbortSignal.timeout(POLL_DEADLINE_MS))
  expect(steps.at(-1)).toMatchObject({ name: 'connect', ok: false, fault: { code: 'connectionRefused' } })
})

describe.each(['5.5.0', '4.9.7'] as const)('credentials and addresses of %s', (version) => {
  let guarded: RocketmqTestCluster
  let config: RocketmqClusterConfig

  beforeAll(async () => {
    guarded = await startRocketmqCluster({ version, acl: true, slaves: 0 })
    config = rocketmqConfig(guarded)
  })
  afterAll(() => guarded?.stop())

  test('a user that may only read sees everything', async () => {
    const reader = rocketmqDriver(config)
    // In its first second 4.9 answers for its run-time numbers with an error; what it does not have it does not refuse.
    const snapshot = await pollUntil(reader, ({ facts }) => {
      const codes = facts.flatMap(({ faults }) => faults.map(({ fault }) => fault.code))
      expect(codes.filter((code) => code !== 'unsupportedByBroker')).toEqual([])
    })
    await reader.close()
    expect(partitionOf(snapshot, 'TBW102', 0, 'broker-a')).toMatchObject({ startOffset: 0n, endOffset: 0n })
    const secrets = brokerOf(snapshot, 'broker-a:0').config?.filter(({ sensitive }) => sensitive) ?? []
    if (version === '5.5.0') expect(secrets.map(({ name }) => name)).toContain('innerClientAuthenticationCredentials')
    const told = JSON.stringify(snapshot, (_, value) => (typeof value === 'bigint' ? String(value) : value))
    for (const account of Object.values(guarded.credentials ?? {})) expect(told).not.toContain(account.secretKey)
  })

  test.each([
    ['a wrong secret', { accessKey: '', secretKey: 'wrong-secret' }],
    ['an unknown user', { accessKey: 'nobody', secretKey: 'wrong-secret' }],
    ['no credentials', null],
  ])('%s: the broker is listed, and nothing of it is known', async (_, acl) => {
    const accessKey = acl?.accessKey || (config.acl?.accessKey ?? '')
    const wrong = { ...config, acl: acl && { ...acl, accessKey } }
    const snapshot = await rocketmqSnapshot(wrong)
    expect(brokerOf(snapshot, 'broker-a:0')).toMatchObject({ online: null, fault: { code: 'authenticationFailed' } })
    expect(faultsOf(snapshot, 'metadata')).toContain('broker broker-a:0: authenticationFailed')
    expect(JSON.stringify(snapshot.facts)).not.toContain('wrong-secret')
    const other = rocketmqDriver(wrong)
    const steps = await other.test(AbortSignal.timeout(POLL_DEADLINE_MS))
    expect(steps.at(-1)).toMatchObject({ name: 'authenticate', ok: false, fault: { code: 'authenticationFailed' } })
    await other.close()
  })

  test('a user that may only read browses, and sends nothing', async () => {
    const messages = new RocketmqMessages(config)
    const topic = 'TBW102'
    const [message] = [
      { topic, partition: 0, broker: 'broker-a', key: null, value: null, headers: [], timestampMs: null },
    ]
    const signal = AbortSignal.timeout(POLL_DEADLINE_MS)
    const read = { topic, partition: 0, broker: 'broker-a', fromOffset: 0n, maxBytes: 1_000 }
    const refusal = version === '5.5.0' ? 'authorizationFailed' : 'authenticationFailed'
    expect(await messages.sender().send([message], signal)).toMatchObject([
      { sent: null, fault: { code: refusal }, isUncertain: false },
    ])
    expect(await messages.reader().read(read, signal)).toMatchObject({ messages: [], isAtEnd: true, endOffset: 0n })
    await messages.close()
    const stranger = new RocketmqMessages({ ...config, acl: null })
    await expect(stranger.reader().read(read, signal)).rejects.toMatchObject({ retriable: false })
    await stranger.close()
  })

  test('an advertised address that cannot be reached is told, and mapped', async () => {
    const real = guarded.broker('broker-a').address
    const nowhere = { ...config, addressMap: { [real]: '127.0.0.1:1' } }
    expect(brokerOf(await rocketmqSnapshot(nowhere), 'broker-a:0')).toMatchObject({
      online: null,
      fault: { code: 'advertisedAddressUnreachable', facts: { address: real, dialled: '127.0.0.1:1' } },
    })
    const mapped = {
      ...config,
      nameServers: ['10.255.255.1:9876'],
      addressMap: { '10.255.255.1:9876': config.nameServers[0] ?? '' },
    }
    expect(brokerOf(await rocketmqSnapshot(mapped), 'broker-a:0')).toMatchObject({ online: true, fault: null })
  })
})
