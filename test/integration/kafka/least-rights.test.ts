/** README names the least rights the console needs, as commands: run exactly those, and everything must be known. */
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { KafkaClusterConfig } from '../../../lib/cluster/cluster-config.ts'
import type { ClusterSnapshot } from '../../../lib/cluster/snapshot.ts'
import { KafkaDriver } from '../../../lib/kafka/kafka-driver.ts'
import { createFleet } from '../../bench/fleet.ts'
import { NO_TLS } from '../../builders/no-tls.ts'
import { type KafkaTestCluster, startKafkaCluster } from '../../servers/kafka-cluster.ts'

const USER = 'holdfast'
const PASSWORD = 'least-rights'
let cluster: KafkaTestCluster

beforeAll(async () => {
  cluster = await startKafkaCluster({
    brokers: 1,
    security: { mechanisms: ['PLAIN'], users: { [USER]: PASSWORD }, authorize: true },
  })
  await createFleet(cluster.internalServers, {
    topics: [{ name: 'orders', partitions: 2 }],
    replicationFactor: 1,
    groups: [{ id: 'billing', topics: ['orders'] }],
    recordsPerPartition: 3,
  })
})

afterAll(() => cluster?.stop())

it('README’s rights make every fact known, and without them each missing part is named', async () => {
  const without = await poll()
  expect(without.topics.map((topic) => topic.name)).not.toContain('orders')
  expect(without.groups).toEqual([])
  const refused = without.facts.filter((fact) => fact.faultCount > 0)
  expect(refused.map((fact) => fact.kind)).toEqual(expect.arrayContaining(['logDirs', 'quorum']))
  for (const { fault } of refused.flatMap((fact) => fact.faults)) expect(fault.code).toBe('authorizationFailed')

  for (const args of await readmeCommands()) await cluster.cli('kafka-acls', args)

  const seen = await poll()
  expect(seen.facts.filter((fact) => fact.faultCount > 0)).toEqual([])
  const orders = seen.topics.find((topic) => topic.name === 'orders')
  expect(orders).toMatchObject({ fault: null, settings: { minIsr: 1 } })
  expect(orders?.partitions).toHaveLength(2)
  for (const partition of orders?.partitions ?? []) {
    expect(partition).toMatchObject({ startOffset: 0n, endOffset: 3n, lastStableOffset: 3n, isr: ['1'] })
    expect(partition.replicaSizes).toHaveLength(1)
  }
  expect(seen.quorum?.leader).not.toBeNull()
  expect(seen.brokers[0]?.logDirs?.[0]?.totalBytes).toBeGreaterThan(0n)
  expect(seen.brokers[0]?.config?.length).toBeGreaterThan(0)
  const billing = seen.groups.find((group) => group.id === 'billing')
  expect(billing).toMatchObject({ state: 'Empty', fault: null })
  for (const partition of billing?.partitions ?? []) {
    expect(partition.committedOffset).toBe(2n)
    expect(partition.firstUnread?.offset).toBe(2n)
  }
})

async function poll(): Promise<ClusterSnapshot> {
  const driver = new KafkaDriver(config())
  try {
    return await driver.poll(AbortSignal.timeout(60_000))
  } finally {
    await driver.close()
  }
}

function config(): KafkaClusterConfig {
  return {
    id: 'least',
    name: 'Least rights',
    kind: 'kafka',
    readOnly: true,
    bootstrapServers: cluster.bootstrapServers,
    addressMap: {},
    tls: NO_TLS,
    sasl: { mechanism: 'plain', username: USER, password: PASSWORD },
    schemaRegistry: null,
  }
}

/** The arguments of each `kafka-acls.sh` command of README; where to connect is the test's own business. */
async function readmeCommands(): Promise<string[][]> {
  const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8')
  const commands = readme.replaceAll('\\\n', ' ').match(/^kafka-acls\.sh .*$/gm) ?? []
  expect(commands.length).toBeGreaterThan(0)
  return commands.map((command) => {
    const words = command.split(/\s+/).map((word) => word.replace(/^'(.*)'$/, '$1'))
    return words.slice(words.indexOf('--add'))
  })
}
