/** Real brokers of RocketMQ stop and come back: who is told of what, and that it ends. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ClusterSnapshot } from '../../../lib/cluster/snapshot.ts'
import { partitionOf, pollUntil } from '../../servers/polls.ts'
import { type RocketmqTestCluster, startRocketmqCluster } from '../../servers/rocketmq-cluster.ts'
import { rocketmqConfig, rocketmqDriver } from '../../servers/rocketmq-polls.ts'
import { AlertConsole } from './alert-console.ts'

const [MASTER, SLAVE] = ['broker-a:0', 'broker-a:1']

let cluster: RocketmqTestCluster
let holdfast: AlertConsole

beforeAll(async () => {
  cluster = await startRocketmqCluster({ brokerConfig: { autoCreateTopicEnable: 'false' } })
  await cluster.mqadmin('updateTopic', ['-c', cluster.clusterName, '-t', 'orders', '-r', '1', '-w', '1'])
  const config = rocketmqConfig(cluster)
  const onlooker = rocketmqDriver(config)
  await pollUntil(onlooker, isWhole).finally(() => onlooker.close())
  holdfast = await AlertConsole.open(config, () => rocketmqDriver(config))
})

afterAll(async () => {
  await holdfast?.close()
  await cluster?.stop()
})

function isWhole(seen: ClusterSnapshot): void {
  expect(partitionOf(seen, 'orders', 0, 'broker-a').isr).toEqual([MASTER, SLAVE])
}

const CODES = ['broker.missing', 'partition.underMinIsr', 'partition.offline']
/** Of the brokers and of what people write to: topics that a broker keeps for itself lack the same copies. */
const firing = async (): Promise<string[]> =>
  (await holdfast.alertsOf(CODES))
    .filter(({ state, subject }) => state === 'firing' && (subject.type === 'broker' || subject.name === 'orders'))
    .map(
      ({ ruleCode, subject, inhibitedBy }) => `${ruleCode} ${subject.name}${inhibitedBy === null ? '' : ', inhibited'}`,
    )
    .sort()

test('a slave that is away is told by what its master cannot confirm, then itself, and all ends when it is back', async () => {
  await holdfast.poll()
  expect(await firing()).toEqual([])
  await cluster.broker('broker-a', 1).stop()
  await holdfast.pollUntil(firing, ['partition.underMinIsr orders'])
  await holdfast.missFor(SLAVE, 6)
  await holdfast.pollUntil(firing, [`broker.missing ${SLAVE}`, 'partition.underMinIsr orders, inhibited'])
  await cluster.broker('broker-a', 1).start()
  await holdfast.pollUntil(firing, [])
  const ended = new Set((await holdfast.alertsOf(CODES)).map(({ endReason }) => endReason))
  expect(ended).toEqual(new Set(['cleared']))
}, 300_000)

test('a master that is away takes its queues with it', async () => {
  await cluster.broker('broker-a', 0).stop()
  await holdfast.pollUntil(firing, ['partition.offline orders'])
  await cluster.broker('broker-a', 0).start()
  await holdfast.pollUntil(firing, [])
}, 240_000)
