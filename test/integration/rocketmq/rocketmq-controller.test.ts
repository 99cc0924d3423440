/** Where a controller elects the masters a member keeps its name whoever leads. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RocketmqDriver } from '../../../lib/rocketmq/rocketmq-driver.ts'
import { brokerOf, partitionOf, pollUntil } from '../../servers/polls.ts'
import { type RocketmqTestCluster, startRocketmqCluster } from '../../servers/rocketmq-cluster.ts'
import { rocketmqConfig, rocketmqDriver } from '../../servers/rocketmq-polls.ts'

let cluster: RocketmqTestCluster
let driver: RocketmqDriver

beforeAll(async () => {
  cluster = await startRocketmqCluster({ controller: true })
  driver = rocketmqDriver(rocketmqConfig(cluster))
})
afterAll(async () => {
  await driver?.close()
  await cluster?.stop()
})

test('members have the numbers the controller gave them, before and after a failover', async () => {
  const whole = await pollUntil(
    driver,
    (seen) => {
      expect(seen.brokers.map(({ id }) => id)).toEqual(['broker-a:1', 'broker-a:2'])
      expect(partitionOf(seen, 'TBW102', 0, 'broker-a').isr).toHaveLength(2)
      expect(brokerOf(seen, 'broker-a:1').rocketmq?.syncStateSet?.inSync).toEqual([1, 2])
    },
    90_000,
  )
  const { leader } = partitionOf(whole, 'TBW102', 0, 'broker-a')
  const follower = leader === 'broker-a:1' ? 'broker-a:2' : 'broker-a:1'
  const master = brokerOf(whole, leader ?? '')
  expect(master).toMatchObject({ online: true, role: expect.stringMatching('_MASTER$') })
  expect(brokerOf(whole, follower).role).toBe('SLAVE')
  expect(master.rocketmq?.syncStateSet).toMatchObject({ master: master.rocketmq?.brokerNumber, notInSync: [] })

  await cluster.brokers.find(({ address }) => address.endsWith(`:${master.port}`))?.kill()
  const after = await pollUntil(
    driver,
    (seen) => {
      expect(partitionOf(seen, 'TBW102', 0, 'broker-a').leader).toBe(follower)
      expect(brokerOf(seen, follower).rocketmq?.syncStateSet?.master).toBe(
        brokerOf(seen, follower).rocketmq?.brokerNumber,
      )
    },
    90_000,
  )
  expect(after.brokers.map(({ id }) => id)).toEqual([follower])
  expect(partitionOf(after, 'TBW102', 0, 'broker-a')).toMatchObject({ isr: [follower] })
})
