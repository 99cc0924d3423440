/** Topics of a real RocketMQ, which have no ids, are deleted and created anew: the ledger says what groups had not read. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RocketmqDriver } from '../../../lib/rocketmq/rocketmq-driver.ts'
import { MINUTE_MS } from '../../../lib/units.ts'
import { partitionOf, pollUntil } from '../../servers/polls.ts'
import { type RocketmqClients, startRocketmqClients } from '../../servers/rocketmq-clients.ts'
import { type RocketmqTestCluster, startRocketmqCluster } from '../../servers/rocketmq-cluster.ts'
import { commitOffsets } from '../../servers/rocketmq-offsets.ts'
import { rocketmqConfig, rocketmqDriver } from '../../servers/rocketmq-polls.ts'
import { LossConsole } from './loss-console.ts'

const KEY = 'order-1'

describe.each(['5.5.0', '4.9.7'] as const)('RocketMQ %s', { timeout: 5 * MINUTE_MS }, (version) => {
  let cluster: RocketmqTestCluster
  let clients: RocketmqClients
  let onlooker: RocketmqDriver
  let holdfast: LossConsole

  beforeAll(async () => {
    // Without a slave that it would wait for, three seconds with each message.
    const brokerConfig = { autoCreateTopicEnable: 'false', inSyncReplicas: '1' }
    cluster = await startRocketmqCluster({ version, slaves: 0, brokerConfig })
    clients = await startRocketmqClients(cluster)
    onlooker = rocketmqDriver(rocketmqConfig(cluster))
    holdfast = await LossConsole.open(rocketmqConfig(cluster))
  })

  afterAll(async () => {
    await Promise.allSettled([holdfast?.close(), onlooker?.close()])
    await cluster?.stop()
  })

  const ofCluster = (): string[] => ['-c', cluster.clusterName, '-t', 'orders']
  const deleteTopic = (): Promise<string> => cluster.mqadmin('deleteTopic', ofCluster())
  const endsAre = (end: bigint) =>
    pollUntil(onlooker, (seen) => {
      for (const queue of [0, 1]) expect(partitionOf(seen, 'orders', queue, 'broker-a').endOffset).toBe(end)
    })

  async function createTopic(): Promise<void> {
    await cluster.mqadmin('updateTopic', [...ofCluster(), '-r', '2', '-w', '2'])
    await endsAre(0n)
  }

  /** Two queues of ten messages each: `billing` has twelve of them to read, `audit` none. */
  async function live(): Promise<void> {
    await clients.sendOne({ topic: 'orders', key: KEY, body: 'paid' })
    await clients.send('orders', 19)
    await endsAre(10n)
    await commitOffsets(cluster, 'billing', 'orders', [5, 3])
    await commitOffsets(cluster, 'audit', 'orders', [10, 10])
    await holdfast.poll()
  }

  const entry = {
    ...{ kind: 'topicRecreated', topic: 'orders', partition: null, broker: null, group: 'billing' },
    ...{ fromOffset: null, toOffset: null, count: 12n, countBound: 'upper', isAbandoned: false },
    evidence: { brokers: 'broker-a', queues: 2 },
  }

  test('a topic that is deleted and created anew between two looks takes with it what a group had not read', async () => {
    await createTopic()
    await live()
    expect(await holdfast.ledger()).toEqual([])
    await deleteTopic()
    await createTopic()
    await holdfast.poll(2)
    await holdfast.restart()
    await holdfast.poll()
    expect(await holdfast.ledger()).toMatchObject([entry])
    // As its recovery says.
    expect(await cluster.mqadmin('queryMsgByKey', ['-t', 'orders', '-k', KEY])).toMatch(/^[0-9A-F]{32,}\s/m)
  })

  test('another life of the same length that the console sees end, and begin only after a restart, is a second entry', async () => {
    await live()
    await deleteTopic()
    await holdfast.poll(2)
    await holdfast.restart()
    await createTopic()
    await clients.send('orders', 4)
    await endsAre(2n)
    await holdfast.poll(2)
    expect(await holdfast.ledger()).toMatchObject([entry, entry])
  })

  test('neither a position beyond the end nor a broker that starts again makes a topic another one', async () => {
    await commitOffsets(cluster, 'billing', 'orders', [90, 90])
    await holdfast.poll()
    await commitOffsets(cluster, 'billing', 'orders', [0, 0])
    await holdfast.poll()
    const master = cluster.broker('broker-a')
    await master.stop()
    await master.start()
    await cluster.waitForBrokers()
    await endsAre(2n)
    await holdfast.poll(2)
    expect(await holdfast.ledger()).toHaveLength(2)
  })

  test('one that is filled beyond its old end between two looks is told by its first message', async () => {
    await commitOffsets(cluster, 'billing', 'orders', [0, 1])
    await holdfast.poll()
    await deleteTopic()
    await createTopic()
    await clients.send('orders', 20)
    await endsAre(10n)
    await holdfast.poll(2)
    await holdfast.restart()
    await holdfast.poll(2)
    const ledger = await holdfast.ledger()
    expect(ledger.map(({ count }) => count).sort()).toEqual([12n, 12n, 3n])
    expect(ledger).toContainEqual(expect.objectContaining({ ...entry, count: 3n }))
  })
})
