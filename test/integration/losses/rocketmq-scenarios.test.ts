/**
 * What can go wrong with RocketMQ brokers, done to real ones: the console finds exactly that and nothing else. Each test
 * leaves the cluster whole, but for the last, so that all of them share it; the ledger grows from test to test.
 */
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { ClusterSnapshot } from '../../../lib/cluster/snapshot.ts'
import type { RocketmqDriver } from '../../../lib/rocketmq/rocketmq-driver.ts'
import { MINUTE_MS } from '../../../lib/units.ts'
import { brokerOf, partitionOf, pollOnce, pollUntil } from '../../servers/polls.ts'
import { type RocketmqClients, type SendResults, startRocketmqClients } from '../../servers/rocketmq-clients.ts'
import {
  type RocketmqTestBroker,
  type RocketmqTestCluster,
  startRocketmqCluster,
} from '../../servers/rocketmq-cluster.ts'
import { commitOffsets } from '../../servers/rocketmq-offsets.ts'
import { rocketmqConfig, rocketmqDriver } from '../../servers/rocketmq-polls.ts'
import { canMount, mountOver } from '../db/small-disk.ts'
import { TwoConsoles } from './two-consoles.ts'

const MASTER = 'broker-a:0'
const SLAVE = 'broker-a:1'
const SMALL_DISK_MIB = 128
const QUICK = {
  slaveTimeout: '800',
  // A transaction is asked about twice, and then given up.
  ...{ transactionTimeOut: '1000', transactionCheckInterval: '1000', transactionCheckMax: '2' },
  // A decision is written down before the broker would ask about it: 5.x gathers them for three seconds otherwise.
  transactionOpBatchInterval: '100',
  // Many files for a little log, looked after each second.
  ...{ mappedFileSizeCommitLog: String(4 * 2 ** 20), cleanResourceInterval: '1000' },
  autoCreateTopicEnable: 'false',
}
/** Found for as long as they are kept. */
const ABANDONED = [`critical group.transactionsAbandoned broker ${MASTER}`]
/** What is found of a slave's settings cannot be seen while it is away. */
const UNSEEN_OF_SLAVE = [
  `info broker.forcedCleaning broker ${SLAVE}`,
  `warning broker.noAuthentication broker ${SLAVE}`,
]

interface Lab {
  cluster: RocketmqTestCluster
  clients: RocketmqClients
  onlooker: RocketmqDriver
  consoles: TwoConsoles
  master: RocketmqTestBroker
  slave: RocketmqTestBroker
  send(count: number, bytes?: number): Promise<SendResults>
  /** Transactions that nobody decides, sent so far. */
  undecided: bigint
}

/** One topic, of one queue, that a group has read five messages of. */
async function openLab(options: Parameters<typeof startRocketmqCluster>[0]): Promise<Lab> {
  const cluster = await startRocketmqCluster(options)
  const clients = await startRocketmqClients(cluster)
  const config = rocketmqConfig(cluster)
  const onlooker = rocketmqDriver(config)
  await cluster.mqadmin('updateTopic', ['-c', cluster.clusterName, '-t', 'orders', '-r', '1', '-w', '1'])
  await pollUntil(onlooker, isWhole)
  await clients.send('orders', 20)
  await commitOffsets(cluster, 'billing', 'orders', [5])
  const consoles = await TwoConsoles.open(config)
  await consoles.rest()
  const [master, slave] = [cluster.broker('broker-a', 0), cluster.broker('broker-a', 1)]
  const send: Lab['send'] = (count, bytes = 100) => clients.send('orders', count, { bytes })
  return { cluster, clients, onlooker, consoles, master, slave, send, undecided: 0n }
}

async function closeLab(lab: Lab | undefined): Promise<void> {
  await Promise.allSettled([lab?.consoles.close(), lab?.onlooker.close()])
  await lab?.cluster.stop()
}

const isWhole = (seen: ClusterSnapshot): void => {
  expect(partitionOf(seen, 'orders', 0, 'broker-a').isr).toEqual([MASTER, SLAVE])
}
const isWithout = (id: string) => (seen: ClusterSnapshot) => expect(seen.brokers.map((one) => one.id)).not.toContain(id)

async function internalTopics({ onlooker }: Lab): Promise<string[]> {
  return (await pollOnce(onlooker)).topics.filter(({ internal }) => internal).map(({ name }) => name)
}

/** On both members: that they differ would be a finding of its own. */
async function setOnBoth({ cluster, master, slave }: Lab, setting: string, value: number): Promise<void> {
  for (const { address, running } of [master, slave]) {
    if (running) await cluster.mqadmin('updateBrokerConfig', ['-b', address, '-k', setting, '-v', String(value)])
  }
}

const setInSyncReplicas = (of: Lab, count: number): Promise<void> => setOnBoth(of, 'inSyncReplicas', count)

/** Three transactions, and a broker that goes on asking about them. */
async function keepUndecided(of: Lab): Promise<void> {
  await setOnBoth(of, 'transactionCheckMax', 1_000)
  // A transaction whose half message a slave has not confirmed is rolled back by its client.
  await vi.waitFor(async () => expect(await of.send(1)).toEqual({ SEND_OK: 1 }), { timeout: 30_000, interval: 500 })
  await of.clients.sendTransactions('orders', 3, 'UNKNOW')
  // A second try finds those of the first one.
  of.undecided += 3n
  await pollUntil(of.onlooker, (seen) => {
    const { atMost, oldest } = brokerOf(seen, MASTER).rocketmq?.undecided ?? {}
    expect({ atMost, ...oldest }).toMatchObject({
      ...{ atMost: of.undecided, topic: 'orders', producerGroup: 'test-transactions' },
    })
    expect(oldest?.checks).toBeGreaterThanOrEqual(2)
  })
}

const disk = mkdtempSync(join(tmpdir(), 'holdfast-small-store-'))
let lab: Lab
/** Its masters wait for a slave as their role says, without any other setting. */
let old: Lab
let unmount: (() => void) | null = null
const lost: object[] = []

beforeAll(async () => {
  if (canMount) unmount = mountOver(disk, SMALL_DISK_MIB)
  // The master alone lies on the small disk.
  const [ofMaster = '', ofSlave = ''] = [disk, `${disk}-of-slave`]
  const stores = { brokerConfig: { ...QUICK, ...storeIn(ofMaster) }, slaveConfig: storeIn(ofSlave) }
  const [opened, openedOld] = await Promise.all([openLab(stores), openLab({ version: '4.9.7', brokerConfig: QUICK })])
  lab = opened
  old = openedOld
})

afterAll(async () => {
  await Promise.all([closeLab(lab), closeLab(old)])
  unmount?.()
  for (const folder of [disk, `${disk}-of-slave`]) rmSync(folder, { recursive: true, force: true })
})

describe('transactions that nobody decides', () => {
  async function areGivenUp(count: bigint): Promise<void> {
    await pollUntil(lab.onlooker, (seen) => {
      expect(brokerOf(seen, MASTER).rocketmq?.givenUpHalfMessages).toBe(count)
    })
    await lab.consoles.find(ABANDONED)
  }

  test('do not wait where producers commit them', async () => {
    await lab.clients.sendTransactions('orders', 5, 'COMMIT_MESSAGE')
    await lab.consoles.find([])
    await pollUntil(lab.onlooker, (seen) => {
      expect(brokerOf(seen, MASTER).rocketmq?.undecided).toEqual({ atMost: 0n, oldest: null })
    })
    await lab.consoles.find([])
  })

  test('wait while the broker goes on asking, and nothing is lost yet', async () => {
    await keepUndecided(lab)
    await lab.consoles.find([`warning broker.halfMessagesWaiting broker ${MASTER}`])
    await lab.consoles.haveLost([])
  })

  test('are given up, and are one entry that grows', async () => {
    const entry = { kind: 'transactionsAbandoned', topic: null, broker: MASTER, group: null, countBound: 'lower' }
    await setOnBoth(lab, 'transactionCheckMax', Number(QUICK.transactionCheckMax))
    await areGivenUp(3n)
    await lab.consoles.haveLost([{ ...entry, count: 3n }])
    await lab.clients.sendTransactions('orders', 2, 'UNKNOW')
    await areGivenUp(5n)
    lost.unshift({ ...entry, count: 5n })
    await lab.consoles.haveLost(lost)
  })
})

describe('a slave that is stopped', () => {
  beforeAll(async () => {
    await lab.slave.stop()
    await pollUntil(lab.onlooker, isWithout(SLAVE))
  })

  test('leaves a master that waits for it without confirmation', async () => {
    expect(await lab.send(2)).toEqual({ FLUSH_SLAVE_TIMEOUT: 2 })
    const internal = await internalTopics(lab)
    await lab.consoles.find(
      [
        ...ABANDONED,
        `info broker.missing broker ${SLAVE}`,
        'high partition.underMinIsr topic orders',
        // Nobody but the broker itself writes to these.
        ...internal.map((topic) => `info partition.underMinIsr topic ${topic} info`),
      ],
      UNSEEN_OF_SLAVE,
    )
    await lab.consoles.haveLost(lost)
  })

  test('goes unnoticed by a master that waits in name only', async () => {
    onTestFinished(() => setInSyncReplicas(lab, 2))
    await setInSyncReplicas(lab, 1)
    expect(await lab.send(2)).toEqual({ SEND_OK: 2 })
    const internal = await internalTopics(lab)
    await lab.consoles.find(
      [
        ...ABANDONED,
        `critical broker.syncMasterInNameOnly broker ${MASTER}`,
        `info broker.missing broker ${SLAVE}`,
        // Its last copy.
        ...['orders', ...internal].map((topic) => `high partition.atMinIsr topic ${topic}`),
      ],
      UNSEEN_OF_SLAVE,
    )
    await lab.consoles.haveLost(lost)
  })

  test('catches up when it is back, and nothing is lost', async () => {
    await lab.slave.start()
    await pollUntil(lab.onlooker, isWhole)
    expect(await lab.send(2)).toEqual({ SEND_OK: 2 })
    await lab.consoles.find(ABANDONED)
    await lab.consoles.haveLost(lost)
  })
})

test('a slave of 4.9 that is stopped leaves its master without confirmation until it is back', async () => {
  await old.slave.stop()
  await pollUntil(old.onlooker, isWithout(SLAVE))
  expect(await old.send(2)).toEqual({ SLAVE_NOT_AVAILABLE: 2 })
  const internal = await internalTopics(old)
  await old.consoles.find(
    [
      `info broker.missing broker ${SLAVE}`,
      'high partition.underMinIsr topic orders',
      ...internal.map((topic) => `info partition.underMinIsr topic ${topic} info`),
    ],
    [...UNSEEN_OF_SLAVE, `warning broker.vulnerableVersion broker ${SLAVE} CVE-2024-23321`],
  )
  await old.slave.start()
  await pollUntil(old.onlooker, isWhole)
  await old.consoles.find([])
  await old.consoles.haveLost([])
})

test('a broker of 4.9 tells of transactions that wait, too', async () => {
  await keepUndecided(old)
  await old.consoles.find([`warning broker.halfMessagesWaiting broker ${MASTER}`])
})

describe.runIf(canMount)('a disk that others fill (needs root to mount a small one)', () => {
  const others = ['others', 'more-others'].map((name) => join(disk, name))

  /** To where the broker cleans by force, and does not yet refuse messages. */
  function fill(file: string | undefined): void {
    const { blocks, bavail, bsize } = statfsSync(disk)
    writeFileSync(file ?? '', Buffer.alloc(Math.floor((bavail - 0.13 * blocks) * bsize), 1))
  }

  test('makes the broker delete what a group has not read', async () => {
    await lab.send(200, 100_000)
    await lab.consoles.find(ABANDONED)
    fill(others[0])
    // It begins to look after its files a minute after its start.
    const cleaned = await pollUntil(
      lab.onlooker,
      (seen) => expect(partitionOf(seen, 'orders', 0, 'broker-a').startOffset).toBeGreaterThan(100n),
      2 * MINUTE_MS,
    )
    const { startOffset: start, endOffset: end } = partitionOf(cleaned, 'orders', 0, 'broker-a')
    // There is nothing left that the broker could delete; what was given up is gone, too.
    fill(others[1])
    await lab.consoles.find(
      [
        `critical broker.commitLogFull broker ${MASTER} ${join(disk, 'commitlog')}`,
        `critical broker.forcedCleaning broker ${MASTER}`,
        'critical group.lossForecast group billing',
        'warning group.unreadDeleted group billing',
      ],
      [`info broker.forcedCleaning broker ${MASTER}`],
    )
    lost.unshift({
      ...{ kind: 'retentionOverranGroup', topic: 'orders', partition: 0, broker: 'broker-a', group: 'billing' },
      ...{ fromOffset: 5n, toOffset: start, count: (start ?? 0n) - 5n, countBound: 'exact' },
    })
    await lab.consoles.haveLost(lost)

    for (const file of others) rmSync(file)
    await lab.consoles.find(['warning group.unreadDeleted group billing'])
    await commitOffsets(lab.cluster, 'billing', 'orders', [Number(end)])
    await lab.consoles.find([])
    await lab.consoles.haveLost(lost)
  })
})

describe('a slave that hangs while its master takes messages and dies', () => {
  const logEnd = (seen: ClusterSnapshot, id: string): number =>
    Number(brokerOf(seen, id).rocketmq?.replication?.commitLogMaxOffset)

  test('lacks them', async () => {
    await setInSyncReplicas(lab, 1)
    const internal = await internalTopics(lab)
    process.kill(lab.slave.pid ?? 0, 'SIGSTOP')
    // More than lies in the buffers between them.
    expect(await lab.send(200, 100_000)).toEqual({ SEND_OK: 200 })
    await lab.consoles.poll()
    const masterEnd = logEnd(await pollOnce(lab.onlooker), MASTER)
    await lab.master.kill()
    process.kill(lab.slave.pid ?? 0, 'SIGCONT')
    const gone = await pollUntil(lab.onlooker, (seen) => {
      isWithout(MASTER)(seen)
      expect(logEnd(seen, SLAVE)).toBeGreaterThan(0)
    })
    await lab.consoles.poll()
    await lab.consoles.haveLost(lost)

    lab.consoles.goAhead(6 * MINUTE_MS)
    // Topics that the slave has not heard of yet are nowhere for whoever has not seen them.
    await lab.consoles.restarted.restart()
    await lab.consoles.poll()
    expect(await lab.consoles.changesOf(lab.consoles.watching)).toEqual({
      more: [
        ...['orders', ...internal].map((topic) => `critical partition.offline topic ${topic}`),
        `high broker.masterMissing broker ${MASTER}`,
        `high broker.missing broker ${MASTER}`,
        'warning cluster.partlyUnknown cluster ',
      ].sort(),
      less: [
        ...['autoCreateGroups', 'forcedCleaning', 'noAutomaticFailover'].map((code) => `info broker.${code}`),
        'warning broker.noAuthentication',
      ].map((finding) => `${finding} broker ${MASTER}`),
    })
    const behindMiB = Math.ceil((masterEnd - logEnd(gone, SLAVE)) / 2 ** 20)
    expect(behindMiB).toBeGreaterThan(1)
    lost.unshift({
      ...{ kind: 'replicaBehindAtFailover', topic: null, partition: null, broker: MASTER, group: null, count: null },
      evidence: { replica: SLAVE, behindMiB },
    })
    await lab.consoles.haveLost(lost)

    await lab.master.start()
    await pollUntil(lab.onlooker, isWhole)
    await lab.consoles.poll()
    await lab.consoles.haveLost(lost)
  })
})

function storeIn(folder: string): Record<string, string> {
  return { storePathRootDir: folder, storePathCommitLog: join(folder, 'commitlog') }
}
