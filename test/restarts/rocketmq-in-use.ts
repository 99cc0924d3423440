/**
 * Two masters of RocketMQ, each with a slave that it waits for, written and read all the while: a topic lies on both,
 * so that writers have a place to go while one restarts.
 */

import { RocketmqDriver } from '../../lib/rocketmq/rocketmq-driver.ts'
import { SECOND_MS } from '../../lib/units.ts'
import { startRocketmqClients } from '../servers/rocketmq-clients.ts'
import { startRocketmqCluster } from '../servers/rocketmq-cluster.ts'
import { EVERY_POLL, rocketmqConfig } from '../servers/rocketmq-polls.ts'
import { waitUntil } from '../servers/wait-until.ts'
import type { RestartedCluster } from './rolling-restarts.ts'

const PER_SECOND = 10

export async function startRocketmqInUse(): Promise<RestartedCluster> {
  const cluster = await startRocketmqCluster({ brokers: ['broker-a', 'broker-b'] })
  for (const topic of ['orders', 'payments']) {
    await cluster.mqadmin('updateTopic', ['-c', cluster.clusterName, '-t', topic, '-r', '4', '-w', '4'])
  }
  const clients = await startRocketmqClients(cluster)
  const topics = ['orders', 'payments']
  for (const topic of topics) {
    await waitUntil(() => clients.send(topic, 1), { timeout: 60 * SECOND_MS, interval: SECOND_MS })
    await clients.consume(`${topic}-readers`, topic, { maxRetries: 16 })
    await clients.sendEvery(topic, PER_SECOND, 200)
  }
  const config = rocketmqConfig(cluster, { id: 'rocketmq' })
  return {
    config,
    createDriver: () => new RocketmqDriver(config, { paces: EVERY_POLL }),
    brokers: cluster.brokers.map((broker) => ({
      id: `${broker.name}:${broker.id}`,
      stop: () => broker.stop(),
      start: () => broker.start(),
    })),
    async consumed() {
      const counts = await Promise.all(topics.map((topic) => clients.handled(`${topic}-readers`)))
      return counts.reduce((sum, count) => sum + count, 0)
    },
    close: () => cluster.stop(),
  }
}
