/** Sign-in, certificates, permissions and advertised addresses, on real listeners. */
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { KafkaClusterConfig, SaslConfig } from '../../../lib/cluster/cluster-config.ts'
import { KafkaDriver } from '../../../lib/kafka/kafka-driver.ts'
import { clusterConfig, connectClients, EVERY_POLL, snapshotOf, type TestClients } from '../../servers/kafka-clients.ts'
import { type KafkaTestCluster, startKafkaCluster } from '../../servers/kafka-cluster.ts'
import { faultsOf, pollUntil, topicOf } from '../../servers/polls.ts'

const USERS = { console: 'secret-1', limited: 'secret-2' }
const UNREACHABLE = 'localhost:1'

let secured: KafkaTestCluster
let inner: TestClients

beforeAll(async () => {
  secured = await startKafkaCluster({
    brokers: 1,
    security: {
      tls: true,
      mechanisms: ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER'],
      users: USERS,
      authorize: true,
    },
  })
  inner = await connectClients(secured.internalServers)
  await inner.createTopic('open', [[1]])
  await inner.createTopic('closed', [[1]])
  await inner.createTopic('unread-settings', [[1]])
  // What the README asks for on behalf of the console.
  await grant('console', AclResourceTypes.CLUSTER, 'kafka-cluster', ['DESCRIBE', 'DESCRIBE_CONFIGS'])
  await grant('console', AclResourceTypes.TOPIC, '*', ['DESCRIBE', 'DESCRIBE_CONFIGS', 'READ'])
  await grant('console', AclResourceTypes.GROUP, '*', ['DESCRIBE'])
  // One topic hidden, one topic whose settings are refused, and none of the cluster's own requests.
  await grant('limited', AclResourceTypes.TOPIC, 'open', ['DESCRIBE', 'DESCRIBE_CONFIGS'])
  await grant('limited', AclResourceTypes.TOPIC, 'unread-settings', ['DESCRIBE'])
})

afterAll(async () => {
  await inner?.close()
  await secured?.stop()
})

type Operation = keyof typeof AclOperationTypes

async function grant(user: string, resourceType: AclResourceTypes, resourceName: string, operations: Operation[]) {
  const acl = operations.map((operation) => ({
    ...{ resourceType, resourceName, principal: `User:${user}`, host: '*' },
    resourcePatternType: ResourcePatternTypes.LITERAL,
    operation: AclOperationTypes[operation],
    permissionType: AclPermissionTypes.ALLOW,
  }))
  await inner.admin.createAcls({ acl })
}

function signedIn(sasl: SaslConfig | null, tls: Partial<KafkaClusterConfig['tls']> = {}): KafkaClusterConfig {
  const enabled = { enabled: true, ca: secured.ca, cert: null, key: null, rejectUnauthorized: true, ...tls }
  return clusterConfig(secured.bootstrapServers, { sasl, tls: enabled })
}

function plain(username: keyof typeof USERS, password = USERS[username]): SaslConfig {
  return { mechanism: 'plain', username, password }
}

/** An unsigned token: the test listener takes them. */
function unsignedToken(subject: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const nowSeconds = Math.floor(Date.now() / 1000)
  return `${part({ alg: 'none' })}.${part({ sub: subject, iat: nowSeconds, exp: nowSeconds + 600 })}.`
}

describe('sign-in over TLS', () => {
  const ways: [string, () => SaslConfig][] = [
    ['plain', () => plain('console')],
    ['scram-sha-256', () => ({ ...plain('console'), mechanism: 'scram-sha-256' }) as SaslConfig],
    ['scram-sha-512', () => ({ ...plain('console'), mechanism: 'scram-sha-512' }) as SaslConfig],
    ['oauthbearer', () => ({ mechanism: 'oauthbearer', token: unsignedToken('console') })],
  ]
  test.each(ways)('%s reads the cluster', async (_name, sasl) => {
    const snapshot = await snapshotOf(signedIn(sasl()))
    expect(snapshot.topics.map(({ name }) => name)).toEqual(expect.arrayContaining(['open', 'closed']))
    expect(snapshot.facts.filter(({ faultCount }) => faultCount > 0)).toEqual([])
  })

  test('with the rights that the console asks for, every step of the connection test passes', async () => {
    const driver = new KafkaDriver(signedIn(plain('console')))
    const steps = await driver.test(AbortSignal.timeout(30_000))
    await driver.close()
    expect(steps.map(({ name, ok }) => [name, ok])).toEqual(
      ['configuration', 'connect', 'tls', 'authenticate', 'metadata', 'reachBrokers', 'permissions'].map((name) => [
        name,
        true,
      ]),
    )
  })

  const failures: [string, () => KafkaClusterConfig, string, string][] = [
    ['a wrong password', () => signedIn(plain('console', 'wrong')), 'authenticate', 'authenticationFailed'],
    [
      'a wrong SCRAM password',
      () => signedIn({ mechanism: 'scram-sha-512', username: 'console', password: 'wrong' }),
      'authenticate',
      'authenticationFailed',
    ],
    ['no sign-in at all', () => signedIn(null), 'authenticate', 'saslExpectedByBroker'],
    ['a certificate nobody vouches for', () => signedIn(plain('console'), { ca: null }), 'tls', 'tlsUntrusted'],
    [
      'a plain connection to a TLS port',
      () => signedIn(plain('console'), { enabled: false }),
      'tls',
      'tlsExpectedByBroker',
    ],
    [
      'TLS on a plain port',
      () => ({ ...signedIn(null), bootstrapServers: [...secured.internalServers] }),
      'tls',
      'tlsHandshakeFailed',
    ],
    [
      'a sign-in on a port that has none',
      () => clusterConfig(secured.internalServers, { sasl: plain('console') }),
      'authenticate',
      'saslNotExpectedByBroker',
    ],
    ['nothing at the port', () => clusterConfig(['localhost:1']), 'connect', 'connectionRefused'],
  ]
  test.each(failures)('%s is named', async (_name, config, step, code) => {
    const driver = new KafkaDriver(config())
    const steps = await driver.test(AbortSignal.timeout(30_000))
    expect(steps.at(-1)).toMatchObject({ name: step, ok: false, fault: { code } })
    await expect(driver.poll(AbortSignal.timeout(30_000))).rejects.toMatchObject({ fault: { code } })
    expect(JSON.stringify(steps)).not.toContain('secret-')
    await driver.close()
  })
})

describe('permissions', () => {
  test('what is refused is unknown and named, the rest is read', async () => {
    const driver = new KafkaDriver(signedIn(plain('limited')), { paces: EVERY_POLL })
    const snapshot = await pollUntil(driver, (seen) => expect(topicOf(seen, 'open').partitions[0]?.endOffset).toBe(0n))
    expect(snapshot.topics.map(({ name }) => name).sort()).toEqual(['open', 'unread-settings'])
    expect(topicOf(snapshot, 'open')).toMatchObject({ fault: null, settings: { minIsr: 1 } })
    expect(topicOf(snapshot, 'unread-settings')).toMatchObject({
      config: null,
      settings: { minIsr: null },
      fault: { code: 'authorizationFailed', facts: { api: 'DescribeConfigs' } },
      partitions: [{ endOffset: 0n }],
    })
    expect(faultsOf(snapshot, 'configs')).toContain('topic unread-settings: authorizationFailed')
    expect(faultsOf(snapshot, 'logDirs')).toEqual(['broker 1: authorizationFailed'])
    expect(faultsOf(snapshot, 'quorum')).toEqual(['broker 1: authorizationFailed'])
    expect(snapshot.quorum).toBeNull()
    expect(snapshot.brokers[0]).toMatchObject({ online: true, logDirs: null })
    const steps = await driver.test(AbortSignal.timeout(30_000))
    expect(steps.at(-1)).toMatchObject({ name: 'permissions', ok: false, fault: { code: 'authorizationFailed' } })
    await driver.close()
  })

  test('a topic that is kept from us is named, because disks tell that it exists', async () => {
    await grant('limited', AclResourceTypes.CLUSTER, 'kafka-cluster', ['DESCRIBE'])
    const driver = new KafkaDriver(signedIn(plain('limited')), { paces: EVERY_POLL })
    const snapshot = await pollUntil(driver, (seen) =>
      expect(topicOf(seen, 'closed').fault).toMatchObject({ code: 'authorizationFailed' }),
    )
    await driver.close()
    expect(topicOf(snapshot, 'closed')).toMatchObject({ partitions: [], config: null })
    expect(faultsOf(snapshot, 'metadata')).toEqual(['topic closed: authorizationFailed'])
    expect(faultsOf(snapshot, 'logDirs')).toEqual([])
  })
})

describe('advertised addresses', () => {
  let cluster: KafkaTestCluster

  beforeAll(async () => {
    cluster = await startKafkaCluster({
      brokers: 2,
      advertised: (id, port) => (id === 2 ? UNREACHABLE : `localhost:${port}`),
    })
    const ownClients = await connectClients(cluster.internalServers)
    await ownClients.createTopic('on-1', [[1]])
    await ownClients.createTopic('on-2', [[2]])
    await ownClients.close()
  })

  afterAll(async () => {
    await cluster?.stop()
  })

  test('one that cannot be reached has a fault of its own and costs its broker only', async () => {
    const config = clusterConfig(cluster.bootstrapServers.slice(0, 1))
    const snapshot = await snapshotOf(config)
    const facts = { broker: 2, address: UNREACHABLE, reason: 'connectionRefused' }
    expect(snapshot.brokers[1]).toMatchObject({ online: null, fault: { code: 'advertisedAddressUnreachable', facts } })
    expect(topicOf(snapshot, 'on-1').partitions[0]).toMatchObject({ endOffset: 0n })
    expect(topicOf(snapshot, 'on-2').partitions[0]).toMatchObject({ leader: '2', endOffset: null })
    const driver = new KafkaDriver(config)
    const steps = await driver.test(AbortSignal.timeout(30_000))
    await driver.close()
    expect(steps.at(-1)).toMatchObject({
      name: 'reachBrokers',
      ok: false,
      fault: { code: 'advertisedAddressUnreachable' },
    })
  })

  test('addressMap leads to the right place', async () => {
    const addressMap = { [UNREACHABLE]: cluster.bootstrapServers[1] ?? '' }
    const snapshot = await snapshotOf(clusterConfig(cluster.bootstrapServers.slice(0, 1), { addressMap }))
    expect(snapshot.brokers.map(({ online }) => online)).toEqual([true, true])
    expect(topicOf(snapshot, 'on-2').partitions[0]).toMatchObject({ endOffset: 0n })
  })
})
