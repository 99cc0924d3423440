/**
 * Polls a RocketMQ cluster whenever its parent asks, as a console on a machine of its own would: what it computes takes
 * no processor time from broker and producer that want it. `fork('poll-apart.ts', [CONFIG_JSON])`.
 */
import { constants, setPriority } from 'node:os'
import type { RocketmqClusterConfig } from '../../lib/cluster/cluster-config.ts'
import { RocketmqDriver } from '../../lib/rocketmq/rocketmq-driver.ts'
import { SECOND_MS } from '../../lib/units.ts'

const DEADLINE_MS = 15 * SECOND_MS

const driver = new RocketmqDriver(JSON.parse(process.argv[2] ?? '') as RocketmqClusterConfig)
setPriority(constants.priority.PRIORITY_LOW)
process.on('message', async () => {
  const { topics } = await driver.poll(AbortSignal.timeout(DEADLINE_MS))
  process.send?.(topics.length)
})
process.once('disconnect', () => driver.close())
