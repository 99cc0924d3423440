/** A real broker stops and comes back: who is told of what, how often, and by which alert. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AlertStore, createAlertStore, type StoredAlert } from '../../../lib/alerting/alert-store.ts'
import type { AlertRule } from '../../../lib/alerts/alert-rule.ts'
import { BUILT_IN_RULES } from '../../../lib/alerts/built-in-rules.ts'
import type { ClusterPoller } from '../../../lib/collector/cluster-poller.ts'
import { type Database, openDatabase } from '../../../lib/db.ts'
import { createSnapshotReader } from '../../../lib/history/snapshot-reader.ts'
import { KafkaDriver } from '../../../lib/kafka/kafka-driver.ts'
import { MINUTE_MS } from '../../../lib/units.ts'
import { clusterConfig, connectClients, EVERY_POLL, type TestClients } from '../../servers/kafka-clients.ts'
import { type KafkaTestCluster, startKafkaCluster } from '../../servers/kafka-cluster.ts'
import { storedPoller } from '../../servers/stored-poller.ts'

/** Brokers are missed after three seconds instead of nine. */
const QUICK_FENCING = { 'broker.session.timeout.ms': '3000', 'broker.heartbeat.interval.ms': '500' }
const POLL_DEADLINE_MS = 60_000
const SEEN = { timeout: 90_000, interval: 500 }
const STOPPED = '3'

/** At once, so that the test waits for nothing but the brokers, and told from one missing copy on. */
const RULES = BUILT_IN_RULES.map((rule): AlertRule => {
  const quick = { ...rule, forMs: 0, keepFiringForMs: 0 }
  const { when } = rule
  return when.kind === 'finding' && rule.code === 'partition.atMinIsr'
    ? { ...quick, when: { ...when, from: 'warning' } }
    : quick
})

const folder = mkdtempSync(join(tmpdir(), 'holdfast-alerts-'))
let cluster: KafkaTestCluster
let clients: TestClients
let database: Database
let store: AlertStore
let poller: ClusterPoller

beforeAll(async () => {
  cluster = await startKafkaCluster({ controllerConfig: QUICK_FENCING, brokerConfig: QUICK_FENCING })
  clients = await connectClients(cluster.bootstrapServers)
  database = await openDatabase(`file:${join(folder, 'console.db')}`)
  store = createAlertStore(database)
  poller = aPoller()
})

afterAll(async () => {
  await Promise.allSettled([poller?.close(), clients?.close(), database?.close()])
  await cluster?.stop()
  rmSync(folder, { recursive: true, force: true })
})

function aPoller(): ClusterPoller {
  const config = clusterConfig(cluster.bootstrapServers)
  const alertRules = { holding: async () => RULES }
  const createDriver = (): KafkaDriver => new KafkaDriver(config, { paces: EVERY_POLL })
  return storedPoller({ config, createDriver, database, alertRules, complain: (text) => expect.fail(text) })
}

const poll = async (): Promise<void> => {
  expect(await poller.poll(AbortSignal.timeout(POLL_DEADLINE_MS))).toBe(true)
}

/** Of what the test is about: settings of a small cluster are found as well. */
async function alertsOf(...codes: string[]): Promise<StoredAlert[]> {
  return (await store.list(0)).filter(({ ruleCode }) => codes.includes(ruleCode))
}

const told = async (alert: StoredAlert): Promise<string[]> =>
  (await store.transitions(alert.id)).map(
    ({ reason, to, isInhibited }) => `${reason} ${to}${isInhibited ? ', inhibited' : ''}`,
  )

test('the broker is told once, what lacks it is not, and all ends when it is back', async () => {
  await clients.createTopic('orders', [[1, 2, 3]], { 'min.insync.replicas': '2' })
  await clients.createTopic('alone', [[Number(STOPPED)]])
  await poll()
  const codes = ['broker.missing', 'partition.offline', 'partition.atMinIsr']
  expect(await alertsOf(...codes)).toEqual([])

  await cluster.brokers[Number(STOPPED) - 1]?.stop()
  const snapshots = createSnapshotReader(database)
  await expect
    .poll(async () => {
      await poll()
      return (await snapshots.findings('test'))
        ?.filter(({ code }) => codes.includes(code))
        .map(({ code }) => code)
        .sort()
    }, SEEN)
    .toEqual(['broker.missing', 'partition.atMinIsr', 'partition.offline'])
  // It may be restarting: only what refuses messages is told.
  expect((await alertsOf(...codes)).map(({ ruleCode }) => ruleCode)).toEqual(['partition.offline'])

  // Six minutes later, by the clock of the store.
  await poller.close()
  const lastSeenAtMs = BigInt(Date.now() - 6 * MINUTE_MS)
  await database.client.expectedBroker.updateMany({ where: { brokerId: STOPPED }, data: { lastSeenAtMs } })
  poller = aPoller()
  for (let time = 0; time < 3; time += 1) await poll()
  const [missing] = await alertsOf('broker.missing')
  expect(missing).toMatchObject({ state: 'firing', severity: 'high', subject: { type: 'broker', name: STOPPED } })
  const lacking = await alertsOf('partition.offline', 'partition.atMinIsr')
  expect(lacking.map(({ ruleCode, subject }) => `${ruleCode} ${subject.name}`).sort()).toEqual([
    'partition.atMinIsr orders',
    'partition.offline alone',
  ])
  for (const { state, inhibitedBy } of lacking) expect([state, inhibitedBy]).toEqual(['firing', missing?.id])

  await cluster.brokers[Number(STOPPED) - 1]?.start()
  await expect
    .poll(async () => {
      await poll()
      return (await alertsOf(...codes)).map(({ state }) => state)
    }, SEEN)
    .toEqual(['resolved', 'resolved', 'resolved'])
  const all = await alertsOf(...codes)
  expect(all.map(({ endReason }) => endReason)).toEqual(['cleared', 'cleared', 'cleared'])
  const words = new Map(await Promise.all(all.map(async (alert) => [alert.ruleCode, await told(alert)] as const)))
  expect(words.get('broker.missing')).toEqual(['raised firing', 'cleared resolved'])
  expect(words.get('partition.atMinIsr')?.[0]).toBe('raised firing, inhibited')
  expect(words.get('partition.offline')?.slice(0, 2)).toEqual(['raised firing', 'inhibited firing, inhibited'])
})
