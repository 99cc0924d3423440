/** What a real broker keeps of a topic or group, changed by one value: all the rest of it stays. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RocketmqBrokerSettings } from '../../../lib/rocketmq/rocketmq-broker-settings.ts'
import { topicOf } from '../../servers/polls.ts'
import { type RocketmqTestCluster, startRocketmqCluster } from '../../servers/rocketmq-cluster.ts'
import { rocketmqConfig, rocketmqSnapshot } from '../../servers/rocketmq-polls.ts'

const MEMBER = 'broker-a:0'
const PERMISSION = `${MEMBER} perm`
const RETRIES = `${MEMBER} retryMaxTimes`
const QUEUES = `${MEMBER} retryQueueNums`
const signal = (): AbortSignal => AbortSignal.timeout(30_000)

describe.each(['5.5.0', '4.9.7'] as const)('RocketMQ %s', (version) => {
  let cluster: RocketmqTestCluster
  let settings: RocketmqBrokerSettings

  beforeAll(async () => {
    cluster = await startRocketmqCluster({ version, slaves: 0, brokerConfig: { brokerRole: 'ASYNC_MASTER' } })
    settings = new RocketmqBrokerSettings(rocketmqConfig(cluster, { readOnly: false }))
    const typed = version === '5.5.0' ? ['-a', '+message.type=FIFO'] : []
    const where = ['-c', cluster.clusterName]
    await cluster.mqadmin('updateTopic', [...where, '-t', 'orders', '-r', '3', '-w', '2', '-p', '2', ...typed])
    // Dropped where consumption fails once, read from slaves too, by members that are not told of each other.
    const group = ['-g', 'billing', '-q', '0', '-r', '0', '-d', 'true', '-w', '1', '-a', 'false']
    await cluster.mqadmin('updateSubGroup', [...where, ...group])
  })
  afterAll(async () => {
    await settings?.close()
    await cluster?.stop()
  })

  const valuesOf = async (subject: string, ...names: string[]) => {
    const { settings: read, unanswered } = await settings.read(subject, names, signal())
    expect(unanswered).toEqual([])
    return read.map(({ override }) => override)
  }
  const change = (subject: string, name: string, override: string) =>
    settings.change(subject, [{ name, override }], signal())

  /** In the tool's own words, without what is to change. */
  async function restOfGroup(): Promise<string[]> {
    const text = await cluster.mqadmin('getConsumerConfig', ['-g', 'billing'])
    const lines = text.split('\n').map((line) => line.replaceAll(/\s+/g, ' ').trim())
    return lines.filter((line) => line !== '' && !/retryQueueNums|retryMaxTimes/.test(line)).sort()
  }

  test('a topic that nobody can read can be read, with its queues and its type as they were', async () => {
    expect(await valuesOf('orders', PERMISSION)).toEqual(['2'])
    const seen = async () => topicOf(await rocketmqSnapshot(rocketmqConfig(cluster)), 'orders').rocketmq?.brokers
    const kept = { readQueues: 3, writeQueues: 2, messageType: version === '5.5.0' ? 'FIFO' : null }
    expect(await seen()).toMatchObject([{ ...kept, permission: 2 }])
    await change('orders', PERMISSION, '6')
    expect(await valuesOf('orders', PERMISSION)).toEqual(['6'])
    expect(await seen()).toMatchObject([{ ...kept, permission: 6 }])
  })

  test('a group that dropped what failed tries again, and is otherwise as it was', async () => {
    expect(await valuesOf('billing', QUEUES, RETRIES)).toEqual(['0', '0'])
    const before = await restOfGroup()
    expect(before).toContainEqual(expect.stringMatching(/^whichBrokerWhenConsumeSlowly = 1$/))
    await change('billing', QUEUES, '1')
    await change('billing', RETRIES, '16')
    expect(await valuesOf('billing', QUEUES, RETRIES)).toEqual(['1', '16'])
    expect(await restOfGroup()).toEqual(before)
  })

  test('what is not there is not made', async () => {
    expect(await valuesOf('nobody', RETRIES)).toEqual([null])
    await expect(change('nobody', RETRIES, '16')).rejects.toMatchObject({ fault: { code: 'settingRefused' } })
    await expect(change('nobody', PERMISSION, '6')).rejects.toMatchObject({ retriable: false })
    expect(await valuesOf('nobody', RETRIES, PERMISSION)).toEqual([null, null])
  })

  test.each([PERMISSION, RETRIES, QUEUES, `${MEMBER} consumeEnable`])(
    '%s takes no value that is none',
    async (name) => {
      await expect(change('orders', name, 'all')).rejects.toMatchObject({ retriable: false })
    },
  )
})
