/**
 * The whole way from real brokers to what is stored, on both databases at once: brokers are stopped one by one and come
 * back, the controller apart, and every place on the ladder is seen to come and go in its order.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../../../lib/config.ts'
import type { SeriesResult } from '../../../lib/history/history.ts'
import type { MetricName } from '../../../lib/history/metrics.ts'
import type { ClusterSummary } from '../../../lib/history/snapshot-store.ts'
import { type RunningCollector, startCollector, startWeb, type WebRuntime } from '../../../lib/runtime.ts'
import { MINUTE_MS, SECOND_MS } from '../../../lib/units.ts'
import { createFleet } from '../../bench/fleet.ts'
import { type KafkaTestCluster, startKafkaCluster } from '../../servers/kafka-cluster.ts'
import { startPostgres, type TestPostgres } from '../../servers/postgres.ts'

const CLUSTER_ID = 'orders'
const PARTITIONS = 6
/** Brokers are missed after three seconds instead of nine. */
const QUICK_FENCING = { 'broker.session.timeout.ms': '3000', 'broker.heartbeat.interval.ms': '500' }
const SEEN_DEADLINE_MS = 90 * SECOND_MS

interface Watch {
  name: string
  collector: RunningCollector
  web: WebRuntime
}

let cluster: KafkaTestCluster
let postgres: TestPostgres
let folder: string
const watches: Watch[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-ladder-'))
  ;[cluster, postgres] = await Promise.all([
    startKafkaCluster({ controllerConfig: QUICK_FENCING, brokerConfig: QUICK_FENCING }),
    startPostgres(),
  ])
  await createFleet(cluster.bootstrapServers, {
    topics: [{ name: 'orders', partitions: PARTITIONS }],
    replicationFactor: 3,
    topicConfig: { 'min.insync.replicas': '2' },
    groups: [],
    recordsPerPartition: 2,
  })
  const servers = JSON.stringify(cluster.bootstrapServers)
  await writeFile(
    join(folder, 'holdfast.yaml'),
    `clusters: [{ id: ${CLUSTER_ID}, name: Orders, kind: kafka, bootstrapServers: ${servers} }]
poll: { intervalSeconds: 1 }
`,
  )
  watches.push(await watch('SQLite', `file:${join(folder, 'console.db')}`))
  watches.push(await watch('PostgreSQL', await postgres.createDatabase()))
})

afterAll(async () => {
  for (const { collector, web } of watches) {
    await collector.stop()
    await web.close()
  }
  await Promise.all([cluster?.stop(), postgres?.stop()])
  await rm(folder, { recursive: true, force: true })
})

async function watch(name: string, databaseUrl: string): Promise<Watch> {
  const secret = 'only-for-this-test-0123456789abcdef'
  const config = loadConfig({ DATABASE_URL: databaseUrl, HOLDFAST_SECRET: secret, HOLDFAST_AUTH: 'off' }, folder)
  return {
    name,
    collector: await startCollector(config, () => undefined),
    web: await startWeb(config, { collectorStatus: () => null, wakeWorker: () => undefined }),
  }
}

describe('brokers that stop one by one', () => {
  it('starts safe', () =>
    everyWatchSees(
      'every copy in sync',
      (seen) => ladderOf(seen).join() === '0,0,0,0' && seen.verdict?.level === 'safe',
    ))

  it('is at min ISR with one broker gone, and names the broker, which may be restarting', async () => {
    await cluster.brokers[0]?.stop()
    const seen = await everyWatchSees(
      'at min ISR',
      (now) => now.totals?.atMinIsr === allPartitionsOf(now) && onlineOf(now) === 2,
    )
    for (const { verdict } of seen) expect(verdict?.level).toBe('safe')
    for (const { web } of watches) {
      // Metadata of the moment of its going may still list it: then it is unreachable, and missing at the next poll.
      await expect
        .poll(async () =>
          (await web.services.snapshots.findings(CLUSTER_ID))?.map(({ code, severity }) => [code, severity]),
        )
        .toEqual(
          expect.arrayContaining([
            ['partition.atMinIsr', 'info'],
            ['broker.missing', 'info'],
          ]),
        )
    }
  })

  it('is below min ISR with two gone', async () => {
    await cluster.brokers[1]?.stop()
    const seen = await everyWatchSees(
      'below min ISR',
      (now) => now.totals?.underMinIsr === allPartitionsOf(now) && onlineOf(now) === 1,
    )
    for (const { verdict } of seen) {
      expect(verdict?.level).toBe('atRisk')
      expect(verdict?.reasons[0]?.code).toBe('partition.underMinIsr')
    }
  })

  it('is unknown, not safe, when no broker answers', async () => {
    await cluster.brokers[2]?.stop()
    const seen = await everyWatchSees('a poll that failed', (now) => now.pollError !== null)
    for (const { pollError, totals } of seen) {
      expect(pollError?.fault.code).toBe('connectionRefused')
      // What was seen last stays visible, and says how old it is.
      // The last broker may have answered once more while it left, when its own partitions had no leader already.
      const { underMinIsr, offline, unknownPartitions } = totals ?? {}
      expect((underMinIsr ?? 0) + (offline ?? 0) + (unknownPartitions ?? 0)).toBeGreaterThan(0)
    }
  })

  it('is offline while the only copy that was in sync is missing', async () => {
    await cluster.brokers[0]?.start()
    const seen = await everyWatchSees(
      'offline partitions',
      (now) => now.pollError === null && (now.totals?.offline ?? 0) > 0,
    )
    for (const { verdict } of seen) {
      expect(verdict?.level).toBe('atRisk')
      expect(verdict?.reasons[0]).toMatchObject({ severity: 'critical' })
      expect(verdict?.reasons[0]?.code).toMatch(/^partition\.(offline|noEligibleLeader)$/)
    }
  })

  it('climbs back to safe when all have returned', async () => {
    await cluster.brokers[2]?.start()
    await cluster.brokers[1]?.start()
    await everyWatchSees(
      'every copy in sync',
      (now) => ladderOf(now).join() === '0,0,0,0' && onlineOf(now) === 3 && now.verdict?.level === 'safe',
    )
  })

  it('remembers the way down and up, in order, with the silence as a gap', async () => {
    for (const { name, web } of watches) {
      const firstSeen = await Promise.all(
        (['atMinIsr', 'underMinIsr', 'offline'] as const).map((metric) => firstTimeAbove0(web, metric)),
      )
      expect(firstSeen, name).toEqual([...firstSeen].sort((one, other) => one - other))
      expect(firstSeen.every(Number.isFinite), name).toBe(true)
      const [online] = await read(web, 'brokersOnline')
      expect(
        online?.gaps.map((gap) => gap.reason),
        name,
      ).toContain('pollFailed')
      expect(Math.min(...(online?.points.map((point) => point.min) ?? [])), name).toBe(1)
      expect(online?.points.at(-1)?.last, name).toBe(3)
    }
  })
})

function ladderOf({ totals }: ClusterSummary): (number | null | undefined)[] {
  return [totals?.underReplicated, totals?.atMinIsr, totals?.underMinIsr, totals?.offline]
}

function allPartitionsOf({ totals }: ClusterSummary): number | undefined {
  return totals?.partitions
}

function onlineOf({ totals }: ClusterSummary): number | undefined {
  return totals?.brokersOnline
}

/** Waits until each database holds what is looked for; answers the summaries that did. */
async function everyWatchSees(what: string, isSeen: (summary: ClusterSummary) => boolean): Promise<ClusterSummary[]> {
  return Promise.all(
    watches.map(async ({ name, web }) => {
      for (const deadline = Date.now() + SEEN_DEADLINE_MS; ; ) {
        const summary = await web.services.snapshots.summary(CLUSTER_ID)
        if (summary !== null && isSeen(summary)) return summary
        if (Date.now() > deadline) {
          throw new Error(`${name} never saw ${what}; last: ${JSON.stringify(summary, bigintAsText)}`)
        }
        await new Promise((resolve) => setTimeout(resolve, SECOND_MS / 5))
      }
    }),
  )
}

function bigintAsText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}

async function read(web: WebRuntime, metric: MetricName): Promise<SeriesResult[]> {
  const toMs = Date.now()
  return web.services.history.read({
    clusterId: CLUSTER_ID,
    metric,
    labels: {},
    fromMs: toMs - 30 * MINUTE_MS,
    toMs,
    stepMs: SECOND_MS,
    maxSeries: 1,
  })
}

async function firstTimeAbove0(web: WebRuntime, metric: MetricName): Promise<number> {
  const [series] = await read(web, metric)
  return series?.points.find((point) => point.max > 0)?.t ?? Number.POSITIVE_INFINITY
}
