/** A real broker stops and comes back: who is told of what, how often, and by which alert. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { KafkaDriver } from '../../../lib/kafka/kafka-driver.ts'
import { clusterConfig, connectClients, EVERY_POLL, type TestClients } from '../../servers/kafka-clients.ts'
import { type KafkaTestCluster, startKafkaCluster } from '../../servers/kafka-cluster.ts'
import { AlertConsole } from './alert-console.ts'

/** Brokers are missed after three seconds instead of nine. */
const QUICK_FENCING = { 'broker.session.timeout.ms': '3000', 'broker.heartbeat.interval.ms': '500' }
const STOPPED = '3'

let cluster: KafkaTestCluster
let clients: TestClients
let holdfast: AlertConsole

beforeAll(async () => {
  cluster = await startKafkaCluster({ controllerConfig: QUICK_FENCING, brokerConfig: QUICK_FENCING })
  clients = await connectClients(cluster.bootstrapServers)
  const config = clusterConfig(cluster.bootstrapServers)
  holdfast = await AlertConsole.open(config, () => new KafkaDriver(config, { paces: EVERY_POLL }))
})

afterAll(async () => {
  await Promise.allSettled([holdfast?.close(), clients?.close()])
  await cluster?.stop()
})

test('the broker is told once, what lacks it is not, and all ends when it is back', async () => {
  await clients.createTopic('orders', [[1, 2, 3]], { 'min.insync.replicas': '2' })
  await clients.createTopic('alone', [[Number(STOPPED)]])
  await holdfast.poll()
  const codes = ['broker.missing', 'partition.offline', 'partition.atMinIsr']
  expect(await holdfast.alertsOf(codes)).toEqual([])

  await cluster.brokers[Number(STOPPED) - 1]?.stop()
  await holdfast.pollUntil(() => holdfast.found(codes), ['broker.missing', 'partition.atMinIsr', 'partition.offline'])
  // It may be restarting: only what refuses messages is told.
  expect((await holdfast.alertsOf(codes)).map(({ ruleCode }) => ruleCode)).toEqual(['partition.offline'])

  await holdfast.missFor(STOPPED, 6)
  await holdfast.poll(3)
  const [missing] = await holdfast.alertsOf(['broker.missing'])
  expect(missing).toMatchObject({ state: 'firing', severity: 'high', subject: { type: 'broker', name: STOPPED } })
  const lacking = await holdfast.alertsOf(['partition.offline', 'partition.atMinIsr'])
  expect(lacking.map(({ ruleCode, subject }) => `${ruleCode} ${subject.name}`).sort()).toEqual([
    'partition.atMinIsr orders',
    'partition.offline alone',
  ])
  for (const { state, inhibitedBy } of lacking) expect([state, inhibitedBy]).toEqual(['firing', missing?.id])

  await cluster.brokers[Number(STOPPED) - 1]?.start()
  const states = async (): Promise<string[]> => (await holdfast.alertsOf(codes)).map(({ state }) => state)
  await holdfast.pollUntil(states, ['resolved', 'resolved', 'resolved'])
  const all = await holdfast.alertsOf(codes)
  expect(all.map(({ endReason }) => endReason)).toEqual(['cleared', 'cleared', 'cleared'])
  const words = new Map(
    await Promise.all(all.map(async (alert) => [alert.ruleCode, await holdfast.told(alert)] as const)),
  )
  expect(words.get('broker.missing')).toEqual(['raised firing', 'cleared resolved'])
  expect(words.get('partition.atMinIsr')?.[0]).toBe('raised firing, inhibited')
  expect(words.get('partition.offline')?.slice(0, 2)).toEqual(['raised firing', 'inhibited firing, inhibited'])
})
