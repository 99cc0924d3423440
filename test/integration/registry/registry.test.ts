import { expect, test } from 'vitest'
import { createSecretBox } from '../../../lib/auth/secret-box.ts'
import type { KafkaClusterConfig } from '../../../lib/cluster/cluster-config.ts'
import type { Database } from '../../../lib/db.ts'
import type { ObservedBroker } from '../../../lib/durability/observation.ts'
import { type ClusterRegistry, createClusterRegistry } from '../../../lib/registry/cluster-registry.ts'
import { createExpectedBrokers } from '../../../lib/registry/expected-brokers.ts'
import { NO_TLS } from '../../builders/no-tls.ts'
import { aBroker } from '../../builders/snapshots.ts'
import { onBothDatabases } from '../db/databases.ts'

function kafka(id: string): KafkaClusterConfig {
  return {
    id,
    name: id,
    kind: 'kafka',
    readOnly: true,
    bootstrapServers: ['localhost:9092'],
    addressMap: {},
    tls: NO_TLS,
    sasl: { mechanism: 'plain', username: 'console', password: 'very secret' },
    schemaRegistry: null,
  }
}

function registryOf(database: Database, secret = 'one'): { registry: ClusterRegistry; unreadable: string[] } {
  const unreadable: string[] = []
  const registry = createClusterRegistry(database, {
    fileClusters: [kafka('file')],
    box: createSecretBox(secret),
    now: () => 1,
    onUnreadable: (clusterId) => unreadable.push(clusterId),
  })
  return { registry, unreadable }
}

const observed = (id: string, online: boolean | null = true): ObservedBroker => ({
  ...aBroker(id),
  online,
  lastSeenAtMs: null,
  leaderPartitions: null,
  replicaPartitions: null,
  logDirs: null,
})

onBothDatabases('registry', ({ open }) => {
  test('clusters of the file and clusters added at run time', async () => {
    const database = await open()
    const { registry } = registryOf(database)
    await registry.add(kafka('added'), 'ann')
    expect(await registry.list()).toEqual([
      { config: kafka('file'), source: 'file' },
      { config: kafka('added'), source: 'runtime' },
    ])
    expect(
      JSON.stringify((await database.client.configuredCluster.findMany()).map((row) => row.sealedConfig)),
    ).not.toContain('secret')
    await expect(registry.add(kafka('added'), 'ann')).rejects.toMatchObject({ code: 'conflict' })
    await expect(registry.add(kafka('file'), 'ann')).rejects.toMatchObject({ code: 'cluster_configured_in_file' })
    await expect(registry.remove('file')).rejects.toMatchObject({ code: 'cluster_configured_in_file' })
    await registry.remove('added')
    await expect(registry.remove('added')).rejects.toMatchObject({ code: 'cluster_not_found' })
    expect(await registry.list()).toHaveLength(1)
  })

  test('a cluster sealed with another secret is left out and named once', async () => {
    const database = await open()
    await registryOf(database).registry.add(kafka('added'), 'ann')
    const { registry, unreadable } = registryOf(database, 'two')
    expect(await registry.list()).toHaveLength(1)
    expect(await registry.list()).toHaveLength(1)
    expect(unreadable).toEqual(['added'])
  })

  test('a broker that was seen once is expected until it is retired, and again when it comes back', async () => {
    const brokers = createExpectedBrokers(await open(), () => 99)
    const ids = async (): Promise<unknown> =>
      (await brokers.list('c')).map(({ id, lastSeenAtMs }) => [id, lastSeenAtMs]).sort()
    await brokers.saw('c', [observed('1'), observed('2')], 1_000)
    await brokers.saw('c', [observed('1'), observed('2')], 2_000)
    await brokers.saw('c', [observed('1'), observed('2', false)], 3_000)
    expect(await ids()).toEqual([
      ['1', 3_000],
      ['2', 2_000],
    ])
    await brokers.retire('c', '2')
    expect(await ids()).toEqual([['1', 3_000]])
    await expect(brokers.retire('c', '2')).rejects.toMatchObject({ code: 'broker_not_found' })
    await brokers.saw('c', [observed('1'), observed('2', null)], 4_000)
    expect(await ids()).toEqual([['1', 3_000]])
    await brokers.saw('c', [observed('1'), observed('2')], 5_000)
    expect(await ids()).toEqual([
      ['1', 5_000],
      ['2', 5_000],
    ])
    expect(await brokers.list('other')).toEqual([])
  })
})
