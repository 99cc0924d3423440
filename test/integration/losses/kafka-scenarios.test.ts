/**
 * What can go wrong with a Kafka cluster, done to a real one: the console finds exactly that and nothing else. Each test
 * begins and ends, but for the last, with the cluster as it was, so that all of them share it.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Producer } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ClusterSnapshot, PartitionState } from '../../../lib/cluster/snapshot.ts'
import type { Forecast } from '../../../lib/durability/observation.ts'
import { RUNBOOKS } from '../../../lib/durability/runbooks/all-runbooks.ts'
import { withDiskForecasts } from '../../../lib/history/disk-forecasts.ts'
import { KafkaDriver } from '../../../lib/kafka/kafka-driver.ts'
import { HOUR_MS, MINUTE_MS } from '../../../lib/units.ts'
import { clusterConfig, connectClients, EVERY_POLL, type TestClients } from '../../servers/kafka-clients.ts'
import { type KafkaTestCluster, type KafkaTestNode, startKafkaCluster } from '../../servers/kafka-cluster.ts'
import { brokerOf, partitionOf, pollOnce, pollUntil } from '../../servers/polls.ts'
import { canMount, fillDisk, mountOver } from '../db/small-disk.ts'
import { TwoConsoles } from './two-consoles.ts'

/** Replicas that are away leave the ISR soon, dead brokers are noticed soon, and leaders go back where they belong. */
const QUICK_BROKERS = {
  'replica.lag.time.max.ms': '2000',
  'broker.heartbeat.interval.ms': '500',
  // What is found of a broker's settings would go while it is away.
  'auto.create.topics.enable': 'false',
}
const QUICK_CONTROLLER = {
  'broker.session.timeout.ms': '4000',
  'leader.imbalance.check.interval.seconds': '1',
  'leader.imbalance.per.broker.percentage': '0',
}
/** What is found of a broker's settings cannot be seen while it is away. */
const unseenOf = (broker: number): string[] =>
  ['broker.defaultMinIsrOne', 'broker.replicaLagTimeShort'].map((code) => `info ${code} broker ${broker}`)
/** Led by each broker in turn, with a replica at each. */
const EVERYWHERE = [
  [1, 2, 3],
  [2, 3, 1],
  [3, 1, 2],
]
const TRANSACTIONS = '__transaction_state'
const SMALL_DISK_MIB = 48
/** It writes twice a second, so that followers can tell that it lives. */
const QUORUM_WRITES_WITHIN_MS = 1_500

let cluster: KafkaTestCluster
let clients: TestClients
let onlooker: KafkaDriver
let consoles: TwoConsoles
let unmount: (() => void) | null = null

beforeAll(async () => {
  cluster = await startKafkaCluster({
    ...{ brokers: 3, logDirsPerBroker: 2, brokerConfig: QUICK_BROKERS, controllerConfig: QUICK_CONTROLLER },
  })
  clients = await connectClients(cluster.bootstrapServers)
  const config = clusterConfig(cluster.bootstrapServers)
  onlooker = new KafkaDriver(config, { paces: EVERY_POLL })
  await clients.createTopic('calm', EVERYWHERE, { 'min.insync.replicas': '2' })
  await clients.createTopic('orders', [[1, 2]], {
    ...{ 'min.insync.replicas': '1', 'unclean.leader.election.enable': 'true' },
  })
  await clients.createTopic('ledger', [[3, 1, 2]], { 'min.insync.replicas': '2' })
  await produce('calm', 30)
  await (await beginTransaction('before')).commit()
  consoles = await TwoConsoles.open(config)
  await untilRested()
  await consoles.rest()
})

afterAll(async () => {
  await Promise.allSettled([consoles?.close(), onlooker?.close(), clients?.close()])
  if (unmount !== null) {
    await brokerAt(3).kill()
    unmount()
  }
  await cluster?.stop()
})

function brokerAt(id: number): KafkaTestNode {
  const broker = cluster.brokers[id - 1]
  if (!broker) throw new Error(`no broker ${id}`)
  return broker
}

const systemNow = Date.now
/** The quorum writes something meanwhile, or it seems to stand still. */
async function laterBy(ms: number): Promise<void> {
  consoles.goAhead(ms)
  await sleep(QUORUM_WRITES_WITHIN_MS)
}

const produce = (topic: string, count: number, value = 'x'): Promise<void> =>
  clients.produce(
    topic,
    Array.from({ length: count }, (_, index) => ({
      ...{ value, partition: topic === 'calm' ? index % 3 : 0, timestamp: String(systemNow()) },
    })),
  )

async function beginTransaction(id: string, topic = 'ledger') {
  const options = { transactionalId: id, idempotent: true, maxInFlightRequests: 1, transactionTimeout: 15 * MINUTE_MS }
  const producer: Producer = clients.kafka.producer(options)
  await producer.connect()
  const transaction = await producer.transaction()
  await transaction.send({ topic, messages: [{ value: 'debit' }, { value: 'credit' }] })
  return {
    async commit() {
      await transaction.commit()
      await producer.disconnect()
    },
    leave: () => producer.disconnect(),
  }
}

const partitionsOf = ({ topics }: ClusterSnapshot) => topics.flatMap(({ partitions }) => partitions)

const untilRested = (): Promise<ClusterSnapshot> =>
  pollUntil(onlooker, (seen) => {
    for (const { leader, replicas, isr } of partitionsOf(seen)) {
      expect(leader).toBe(replicas[0])
      expect(isr).toHaveLength(replicas.length)
    }
  })

const untilGone = (id: string): Promise<ClusterSnapshot> =>
  pollUntil(onlooker, (seen) => {
    for (const { isr, leader } of partitionsOf(seen)) {
      expect(isr).not.toContain(id)
      expect(leader).not.toBe(id)
    }
  })

describe('while nothing is wrong', () => {
  test('a broker that is restarted the orderly way makes replicas too few for a while, and loses nothing', async () => {
    await produce('calm', 30)
    await consoles.poll()
    await brokerAt(3).stop()
    await untilGone('3')
    await produce('calm', 30)
    await consoles.find(
      [
        'info broker.missing broker 3',
        ...['calm', 'ledger', TRANSACTIONS].map((topic) => `info partition.atMinIsr topic ${topic} info`),
      ],
      unseenOf(3),
    )
    await brokerAt(3).start()
    await untilRested()
    await consoles.find([])
    await consoles.haveLost([])
  })
})

describe('a transaction that its producer left open', () => {
  test('is found once no transaction may take that long, and ends by the command that the finding gives', async () => {
    const transaction = await beginTransaction('left')
    await transaction.leave()
    const before = await pollUntil(onlooker, (seen) => {
      const { lastStableOffset, endOffset } = partitionOf(seen, 'ledger', 0)
      expect(endOffset).toBeGreaterThan(lastStableOffset ?? 0n)
    })
    await consoles.poll()
    await laterBy(17 * MINUTE_MS)
    const { watching } = consoles
    await watching.poll()
    expect((await consoles.changesOf(watching)).more).toEqual(['high transaction.hanging topic ledger'])

    const finding = (await watching.snapshots.findings('test'))?.find(({ code }) => code === 'transaction.hanging')
    if (finding === undefined) throw new Error('it was found a moment ago')
    const steps = RUNBOOKS.kafka['transaction.hanging']?.({ address: 'kafka:9092', finding })
    const abort = steps?.find(({ key }) => key === 'abort')?.command ?? ''
    expect(abort).toBe(
      'kafka-transactions.sh --bootstrap-server kafka:9092 abort --topic ledger --partition 0 --start-offset START_OFFSET',
    )
    const [, , , ...parts] = abort.split(' ')
    const startOffset = String(partitionOf(before, 'ledger', 0).lastStableOffset)
    await cluster.cli(
      'kafka-transactions',
      parts.map((part) => part.replace('START_OFFSET', startOffset)),
    )
    await pollUntil(onlooker, (seen) => {
      const { lastStableOffset, endOffset } = partitionOf(seen, 'ledger', 0)
      expect(lastStableOffset).toBe(endOffset)
    })
    await consoles.find([])
    await consoles.haveLost([])
  })
})

describe('a replica that lacked messages and became leader', () => {
  test('has lost what it lacked, although new messages have filled it up before anybody looked', async () => {
    await produce('orders', 100)
    await consoles.poll()
    await brokerAt(2).stop()
    await untilGone('2')
    await produce('orders', 50)
    await pollUntil(onlooker, (seen) => expect(partitionOf(seen, 'orders', 0).endOffset).toBe(150n))
    await consoles.poll()
    await consoles.haveLost([])
    const epochBefore = partitionOf(await pollOnce(onlooker), 'orders', 0).leaderEpoch

    await brokerAt(1).kill()
    await brokerAt(2).start()
    await untilGone('1')
    await pollUntil(onlooker, (seen) => expect(partitionOf(seen, 'orders', 0).leader).toBe('2'))
    await produce('orders', 200)
    await pollUntil(onlooker, (seen) => {
      expect(partitionOf(seen, 'orders', 0).endOffset).toBe(300n)
      for (const { replicas, isr, leader } of partitionsOf(seen)) {
        expect(isr).toHaveLength(replicas.length - 1)
        if (isr?.includes(replicas[0] ?? '')) expect(leader).toBe(replicas[0])
      }
    })
    const losses = [
      {
        ...{ kind: 'uncleanElection', topic: 'orders', partition: 0, broker: null, group: null },
        ...{ fromOffset: 100n, toOffset: 150n, count: 50n, countBound: 'lower' },
        evidence: {
          ...{ endBefore: 150, endNow: 100, filledUpTo: 300, inSyncBefore: '1' },
          ...{ leaderBefore: '1', leaderNow: '2', epochBefore, epochNow: expect.any(Number) },
        },
      },
    ]
    await consoles.find(
      [
        'info broker.missing broker 1',
        'high partition.atMinIsr topic orders',
        ...['calm', 'ledger', TRANSACTIONS].map((topic) => `info partition.atMinIsr topic ${topic} info`),
      ],
      unseenOf(1),
    )
    await consoles.haveLost(losses)

    await brokerAt(1).start()
    await untilRested()
    await consoles.find([])
    await consoles.haveLost(losses)
  })
})

describe.runIf(canMount)('a disk that others fill (needs root to mount a small one)', () => {
  /** The second log dir of broker 3. */
  async function moveToSmallDisk(): Promise<string> {
    const folder = brokerAt(3).logDirs[1] ?? ''
    // A second try finds it there: mounted twice, it would be left behind.
    if (unmount !== null) return folder
    await brokerAt(3).stop()
    unmount = mountOver(folder, SMALL_DISK_MIB)
    await brokerAt(3).start()
    return folder
  }

  const fill = (file: string, share: number): void =>
    writeFileSync(file, Buffer.alloc(Math.floor(share * SMALL_DISK_MIB * 2 ** 20), 1))

  async function forecastOf(path: string): Promise<Forecast | undefined> {
    const { clusterId, history, snapshots } = consoles.watching
    const brokers = (await snapshots.brokers(clusterId)) ?? []
    // Pages are in a process of their own, which remembers other reads than the collector.
    const asPagesRead: typeof history.read = (request) => history.read(request)
    const rows = await withDiskForecasts({ read: asPagesRead }, await snapshots.summary(clusterId), brokers)
    return rows.flatMap(({ logDirs, fullAt }) => fullAt.filter((_, index) => logDirs?.[index]?.path === path))[0]
  }

  const topicsWith = ({ topics }: ClusterSnapshot, isMeant: (partition: PartitionState) => boolean): string[] =>
    topics.filter(({ partitions }) => partitions.some(isMeant)).map(({ name }) => name)

  test('is forecast to be full, found to be nearly full, and takes its replicas with it when it is', async () => {
    const smallDisk = await moveToSmallDisk()
    await untilRested()
    // What was told of the disk that lay there before is longer ago than forecasts look.
    await laterBy(25 * HOUR_MS)
    await consoles.find([])
    const lost = await consoles.watching.ledger()
    for (let step = 1; step <= 6; step += 1) {
      await laterBy(15 * MINUTE_MS)
      fill(join(smallDisk, `others-${step}`), 1 / 12)
      await consoles.watching.poll()
    }
    // More than half is full, and a twelfth is filled in a quarter of an hour.
    const full = await forecastOf(smallDisk)
    expect(full).toMatchObject({ state: 'forecast', because: 'growth' })
    const leftMinutes = ((full?.earliestAtMs ?? 0) - Date.now()) / MINUTE_MS
    expect(leftMinutes).toBeGreaterThan(45)
    expect(leftMinutes).toBeLessThan(90)

    fill(join(smallDisk, 'others-more'), 5 / 12)
    await consoles.find([`critical broker.diskFull broker 3 ${smallDisk}`])

    const isOnIt = ({ replicaSizes }: PartitionState): boolean =>
      replicaSizes?.some(({ broker, logDir }) => broker === '3' && logDir === smallDisk) ?? false
    const onIt = topicsWith(await pollOnce(onlooker), isOnIt)
    expect(onIt).toContain('calm')
    fillDisk(join(smallDisk, 'others-rest'))
    await produce('calm', 3, 'x'.repeat(100_000))
    await pollUntil(onlooker, (seen) => {
      expect(brokerOf(seen, '3').logDirs?.find(({ path }) => path === smallDisk)?.error).toBeTruthy()
      expect(topicsWith(seen, ({ replicas, isr }) => replicas.includes('3') && isr?.includes('3') === false)).toEqual(
        onIt,
      )
    })
    // What one poll alone does not tell is less than a warning.
    await consoles.poll()
    await consoles.find([
      `high broker.logDirFailed broker 3 ${smallDisk}`,
      // What the copies there take.
      'warning cluster.partlyUnknown cluster ',
      ...onIt.map((topic) => `warning partition.atMinIsr topic ${topic} warning`),
    ])
    await consoles.haveLost(lost.map(({ kind, toOffset }) => ({ kind, toOffset })))
  })
})
