/** The RocketMQ servers that the other tests stand on. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RocketmqTestCluster, startRocketmqCluster } from '../../servers/rocketmq-cluster.ts'

describe.each(['5.5.0', '4.9.7'] as const)('RocketMQ %s', (version) => {
  let cluster: RocketmqTestCluster

  beforeAll(async () => {
    cluster = await startRocketmqCluster({ version })
  })
  afterAll(() => cluster?.stop())

  test('lists its master and its slave', async () => {
    const list = await cluster.mqadmin('clusterList')
    expect(list).toContain(cluster.broker('broker-a').address)
    expect(list).toContain(cluster.broker('broker-a', 1).address)
  })

  test('a slave that was killed leaves the list, and comes back', async () => {
    const slave = cluster.broker('broker-a', 1)
    await slave.kill()
    await cluster.waitForBrokers()
    expect(await cluster.mqadmin('clusterList')).not.toContain(slave.address)
    await slave.start()
    await cluster.waitForBrokers()
    expect(await cluster.mqadmin('clusterList')).toContain(slave.address)
  })

  test('an admin command that fails says why', async () => {
    await expect(cluster.mqadmin('topicStatus', ['-t', 'no-such-topic'])).rejects.toThrow('No topic route info')
  })
})
