/** Looking changes nothing: what brokers and NameServers keep is the same before and after many polls and much browsing. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type FastjsonValue, fastjsonEntries, parseFastjson } from '../../../lib/rocketmq/fastjson.ts'
import { RemotingClient } from '../../../lib/rocketmq/remoting-client.ts'
import { RocketmqMessages } from '../../../lib/rocketmq/rocketmq-messages.ts'
import { findByHeader } from '../../servers/find-by-header.ts'
import { groupOf, pollOnce } from '../../servers/polls.ts'
import { startRocketmqClients } from '../../servers/rocketmq-clients.ts'
import { type RocketmqTestCluster, startRocketmqCluster } from '../../servers/rocketmq-cluster.ts'
import { commitOffsets } from '../../servers/rocketmq-offsets.ts'
import { rocketmqConfig, rocketmqDriver } from '../../servers/rocketmq-polls.ts'

/** A broker's topics, groups, and committed and pulled offsets, each with what this test puts there. */
const BROKER_TABLES = [
  [21, '"orders"'],
  [201, '"billing"'],
  [43, '"orders@billing"'],
] as const
/** A NameServer's topics. */
const ROUTED_TOPICS = 206
const POLLS = 5

let cluster: RocketmqTestCluster

beforeAll(async () => {
  cluster = await startRocketmqCluster()
  const clients = await startRocketmqClients(cluster)
  await cluster.mqadmin('updateTopic', ['-c', cluster.clusterName, '-t', 'orders', '-r', '2', '-w', '2'])
  await clients.send('orders', 20)
  await commitOffsets(cluster, 'billing', 'orders', [4, 0])
})
afterAll(() => cluster?.stop())

async function keptTables(): Promise<Record<string, unknown>> {
  const { tls, addressMap } = rocketmqConfig(cluster)
  const limits = { connectDeadlineMs: 5_000, requestDeadlineMs: 5_000, maxInFlightPerAddress: 1 }
  const client = new RemotingClient({ credentials: null, tls, addressMap, ...limits })
  const kept: Record<string, unknown> = {}
  try {
    for (const { address } of cluster.nameServers) {
      kept[address] = (await client.request(address, { code: ROUTED_TOPICS })).body
    }
    for (const { address } of cluster.brokers) {
      for (const [code] of BROKER_TABLES) kept[`${address} ${code}`] = (await client.request(address, { code })).body
    }
    return Object.fromEntries(Object.entries(kept).map(([name, body]) => [name, parseFastjson(body as Buffer)]))
  } finally {
    await client.close()
  }
}

/** 5.x notes in a table of its own how far the built-in group has pulled. It reads nothing from it. */
function withoutOwnPulls(kept: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(kept).map(([name, body]) => {
      const entries = (fastjsonEntries(body as FastjsonValue) ?? []).filter(([table]) => table !== 'pullOffsetTable')
      return [name, entries]
    }),
  )
}

/** Everything that a person who browses can make it do, also beyond what is there. */
async function browse(): Promise<void> {
  const access = new RocketmqMessages(rocketmqConfig(cluster))
  const reader = access.reader()
  const signal = AbortSignal.timeout(60_000)
  const search = { topic: 'orders', headerName: 'KEYS', values: ['orders-1', 'none'], sinceMs: Date.now() }
  try {
    const { partitions } = await reader.describe('orders', signal)
    for (const { partition, broker } of partitions) {
      for (const fromOffset of [-5n, 0n, 9n, 10n, 11n, 1_000_000n]) {
        await reader.read({ topic: 'orders', partition, broker, fromOffset, maxBytes: 1_000 }, signal)
      }
    }
    await reader.offsetsAtTime('orders', Date.now() - 1_000, signal)
    expect([...(await findByHeader(reader, search, signal)).keys()]).toEqual(['orders-1'])
    await expect(reader.describe('nowhere', signal)).rejects.toMatchObject({ fault: { code: 'topicDeleted' } })
    await expect(
      reader.read({ topic: 'orders', partition: 7, broker: 'broker-a', fromOffset: 0n, maxBytes: 1 }, signal),
    ).rejects.toMatchObject({ fault: { code: 'partitionNotFound' } })
  } finally {
    await access.close()
  }
}

test('topics, groups and offsets are the same after polls, a connection test, a lagging group’s age and browsing', async () => {
  const driver = rocketmqDriver(rocketmqConfig(cluster))
  try {
    // Once the slave has copied the master's tables nothing moves any more.
    const before = await vi.waitFor(
      async () => {
        const kept = await keptTables()
        for (const { address } of cluster.brokers) {
          for (const [code, name] of BROKER_TABLES) expect(JSON.stringify(kept[`${address} ${code}`])).toContain(name)
        }
        return kept
      },
      { timeout: 90_000, interval: 2_000 },
    )
    await driver.test(AbortSignal.timeout(30_000))
    for (let poll = 0; poll < POLLS; poll += 1) {
      const seen = await pollOnce(driver)
      expect(groupOf(seen, 'billing').partitions?.some(({ firstUnread }) => firstUnread !== null)).toBe(true)
    }
    expect(await keptTables()).toEqual(before)
    await browse()
    expect(withoutOwnPulls(await keptTables())).toEqual(withoutOwnPulls(before))
  } finally {
    await driver.close()
  }
})
