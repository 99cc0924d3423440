/** The RocketMQ servers, tools and clients that the other tests stand on. */
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type RocketmqClients, startRocketmqClients } from '../../servers/rocketmq-clients.ts'
import { type RocketmqTestCluster, startRocketmqCluster } from '../../servers/rocketmq-cluster.ts'
import {
  clusterMembers,
  configTable,
  groupProgress,
  groupTotals,
  masterReplication,
  queueOffsets,
  runtimeTable,
  topicNames,
} from '../../servers/rocketmq-tools.ts'

const SOON = { timeout: 60_000, interval: 500 }

describe.each(['5.5.0', '4.9.7'] as const)('RocketMQ %s', (version) => {
  let cluster: RocketmqTestCluster
  let clients: RocketmqClients

  beforeAll(async () => {
    cluster = await startRocketmqCluster({ version })
    clients = await startRocketmqClients(cluster)
    await createTopic('first', 1)
    // A slave of 4.9 confirms only some seconds after it has connected; until then a synchronous send times out.
    await vi.waitFor(async () => expect(await clients.send('first', 1)).toEqual({ SEND_OK: 1 }), SOON)
  })
  afterAll(() => cluster?.stop())

  async function createTopic(topic: string, queues: number): Promise<void> {
    const size = ['-r', String(queues), '-w', String(queues)]
    await cluster.mqadmin('updateTopic', ['-c', cluster.clusterName, '-t', topic, ...size])
  }

  async function lengthOf(topic: string): Promise<bigint> {
    const queues = Object.values(queueOffsets(await cluster.mqadmin('topicStatus', ['-t', topic])))
    return queues.reduce((sum, { min, max }) => sum + max - min, 0n)
  }

  test('acknowledges messages, and the tools count them', async () => {
    await createTopic('sent', 4)
    const before = await lengthOf('sent')
    expect(await clients.send('sent', 20)).toEqual({ SEND_OK: 20 })
    await clients.sendOneway('sent', 5)
    await vi.waitFor(async () => expect((await lengthOf('sent')) - before).toBe(25n), SOON)
    expect(topicNames(await cluster.mqadmin('topicList'))).toContain('sent')
  })

  test('a slow group lags', async () => {
    await createTopic('slow', 4)
    await clients.send('slow', 20)
    await clients.consume('slow-group', 'slow', { pauseMs: 60_000 })
    const progress = await vi.waitFor(async () => {
      const rows = groupProgress(await cluster.mqadmin('consumerProgress', ['-g', 'slow-group']))
      const ofTopic = rows.filter((row) => row.topic === 'slow')
      expect(ofTopic).toHaveLength(4)
      return ofTopic
    }, SOON)
    expect(progress.reduce((sum, { diff }) => sum + diff, 0n)).toBe(20n)
    const totals = groupTotals(await cluster.mqadmin('consumerProgress'))
    expect(totals['slow-group']).toEqual({ members: 1, diff: 20n })
  })

  test('a failing group fills its dead letters', async () => {
    await createTopic('failing', 4)
    await clients.consume('failing-group', 'failing', { maxRetries: 1, failedShare: 1 })
    await clients.send('failing', 3)
    await vi.waitFor(async () => expect(await lengthOf('%DLQ%failing-group')).toBe(3n), SOON)
    expect(await clients.handled('failing-group')).toBe(0)
    await clients.leave('failing-group')
  })

  test('a message that comes late waits in the delay topic', async () => {
    await createTopic('late', 1)
    await clients.send('late', 3, { delayLevel: 18 })
    expect(await lengthOf('late')).toBe(0n)
    expect(await lengthOf('SCHEDULE_TOPIC_XXXX')).toBeGreaterThanOrEqual(3n)
  })

  test('a transaction that never ends stays among the half messages', async () => {
    await createTopic('transacted', 1)
    await clients.sendTransactions('transacted', 2, 'COMMIT_MESSAGE')
    await clients.sendTransactions('transacted', 3, 'UNKNOW')
    await vi.waitFor(async () => expect(await lengthOf('transacted')).toBe(2n), SOON)
    // 4.x makes this topic with the first transaction; a NameServer hears of it a little later.
    await vi.waitFor(async () => expect(await lengthOf('RMQ_SYS_TRANS_HALF_TOPIC')).toBeGreaterThanOrEqual(5n), SOON)
  })

  test('tells the state and the settings of a broker', async () => {
    const master = ['-b', cluster.broker('broker-a').address]
    expect(runtimeTable(await cluster.mqadmin('brokerStatus', master))).toMatchObject({
      brokerVersionDesc: `V${version.replaceAll('.', '_')}`,
    })
    expect(configTable(await cluster.mqadmin('getBrokerConfig', master))).toMatchObject({
      brokerRole: 'SYNC_MASTER',
      flushDiskType: 'SYNC_FLUSH',
    })
  })

  test.runIf(version === '5.5.0')('tells of the connected slave (4.9 does not)', async () => {
    const master = ['-b', cluster.broker('broker-a').address]
    await vi.waitFor(async () => {
      const status = masterReplication(await cluster.mqadmin('haStatus', master))
      expect(status).toMatchObject({ slaves: 1, inSyncSlaves: 1, connections: [{ diff: 0n, status: 'OK' }] })
      expect(status.masterMaxOffset).toBeGreaterThan(0n)
    }, SOON)
  })

  test('a slave that was killed leaves the list, and comes back', async () => {
    const slave = cluster.broker('broker-a', 1)
    const ids = async (): Promise<number[]> => clusterMembers(await cluster.mqadmin('clusterList')).map(({ id }) => id)
    expect(await ids()).toEqual([0, 1])
    await slave.kill()
    await cluster.waitForBrokers()
    expect(await ids()).toEqual([0])
    await slave.start()
    await cluster.waitForBrokers()
    expect(await ids()).toEqual([0, 1])
  })

  test('an admin command that fails says why', async () => {
    await expect(cluster.mqadmin('topicStatus', ['-t', 'no-such-topic'])).rejects.toThrow('No topic route info')
    await expect(cluster.mqadmin('noSuchCommand')).rejects.toThrow('noSuchCommand')
  })
})

test('a controller makes the other member the master when the master is killed', async () => {
  const cluster = await startRocketmqCluster({ controller: true })
  const masterAddress = async (): Promise<string | undefined> =>
    clusterMembers(await cluster.mqadmin('clusterList')).find(({ id }) => id === 0)?.address
  try {
    const [first, second] = cluster.brokers
    expect(await masterAddress()).toBe(first?.address)
    const settings = configTable(await cluster.mqadmin('getBrokerConfig', ['-b', first?.address ?? '']))
    // A member that is not in the sync-state set yet may not become the master.
    await vi.waitFor(async () => {
      const set = await cluster.mqadmin('getSyncStateSet', ['-a', settings.controllerAddr ?? '', '-b', 'broker-a'])
      expect(set).toContain('#SyncStateSetNums\t2')
    }, SOON)
    await first?.kill()
    await vi.waitFor(async () => expect(await masterAddress()).toBe(second?.address), SOON)
    await first?.start()
    await cluster.waitForBrokers()
    expect(await masterAddress()).toBe(second?.address)
  } finally {
    await cluster.stop()
  }
}, 240_000)

test('a cluster that cannot start says why and leaves nothing behind', async () => {
  const ours = async (): Promise<string[]> =>
    (await readdir(tmpdir())).filter((name) => name.startsWith('holdfast-rocketmq-')).sort()
  const before = await ours()
  const start = startRocketmqCluster({ slaves: 0, brokerConfig: { namesrvAddr: 'not an address' } })
  await expect(start).rejects.toThrow(/broker broker-a:0 ended while it started:[\s\S]*Name Server Address/)
  expect(await ours()).toEqual(before)
})
