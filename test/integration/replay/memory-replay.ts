/** A replay of a queue in memory, with the real database: what its worker does, life after life. */
import type { Database } from '../../../lib/db.ts'
import { BUILT_IN_PROFILES } from '../../../lib/dlq/built-in-profiles.ts'
import type { Durability } from '../../../lib/durability/observation.ts'
import type { SnapshotReader } from '../../../lib/history/snapshot-store.ts'
import { createHandledLedger } from '../../../lib/inbox/handled-ledger.ts'
import { queueOf } from '../../../lib/inbox/queues.ts'
import { createLogger } from '../../../lib/log.ts'
import { openRun } from '../../../lib/replay/open-run.ts'
import { watchOutcomes } from '../../../lib/replay/outcome-watch.ts'
import { profilesDigest } from '../../../lib/replay/plan-hash.ts'
import { createProgressStore } from '../../../lib/replay/progress-store.ts'
import { newJobId } from '../../../lib/replay/replay-id.ts'
import { createReplayStore } from '../../../lib/replay/replay-store.ts'
import type { PlanFacts, ReplayJob, ReplayPart, ReplayRequest } from '../../../lib/replay/replay-types.ts'
import { springOrigin, toHeaders } from '../../builders/dead-letters.ts'
import { Died, MemoryCluster } from '../../builders/memory-cluster.ts'
import { planFacts, planResult, replayPart, replayRequest, runsOf } from '../../builders/replays.ts'

const PARTITIONS = 2
export const RECORDS = 60
const log = createLogger({ logLevel: 'silent' }, [], { write: () => undefined })

/** What the newest poll of the target says; a test changes it. */
export interface Polls {
  atMs(): number
  /** Groups that read `orders`, and so far in each of its partitions. */
  committed: Record<string, bigint>
  /** Where each partition of `orders` begins. */
  start: bigint
  durability: Durability
}

export function snapshotsOf(polls: Polls): SnapshotReader {
  const group = (id: string) => ({
    ...{ id, topics: ['orders'], memberCount: 1 },
    partitions: Array.from({ length: PARTITIONS }, (_, partition) => ({
      ...{ topic: 'orders', partition, broker: null, committedOffset: polls.committed[id] ?? null, lagMessages: 0n },
      startOffset: polls.start,
    })),
  })
  return {
    summary: async () => ({ lastPollAtMs: polls.atMs(), pollIntervalMs: 1_000 }),
    groups: async () => Object.keys(polls.committed).map(group),
    group: async (_cluster: string, id: string) => group(id),
    topics: async () => [{ name: 'orders', durability: polls.durability }],
  } as unknown as SnapshotReader
}

function fill(cluster: MemoryCluster, target: MemoryCluster): void {
  cluster.createTopic('orders-dlt', PARTITIONS)
  target.createTopic('orders', PARTITIONS)
  for (let number = 0; number < RECORDS; number += 1) {
    const partition = number % PARTITIONS
    cluster.append('orders-dlt', partition, {
      key: Buffer.from(`k${number % 7}`),
      value: Buffer.from(String(number)),
      headers: toHeaders(
        springOrigin({ topic: 'orders', partition: (number >> 1) % PARTITIONS, offset: BigInt(number) }),
      ),
    })
    // Others write there, too.
    if (number % 5 === 0) target.append('orders', partition, { value: Buffer.from('other') })
  }
}

export interface World {
  database: Database
  source: MemoryCluster
  target: MemoryCluster
  id: string
  queueId: number
  polls: Polls
}

export async function prepare(
  database: Database,
  isSame: boolean,
  change: Partial<ReplayRequest> = {},
  /** All records when left out. */
  partsOf?: (queueId: number) => ReplayPart[] | Promise<ReplayPart[]>,
  known: Partial<PlanFacts> = {},
): Promise<World> {
  const source = new MemoryCluster()
  const target = isSame ? source : new MemoryCluster()
  fill(source, target)
  const id = newJobId()
  const topic = `orders-dlt`
  const clusterId = `cluster of ${id}`
  const request = replayRequest({
    clusterId,
    topic,
    target: { mode: 'origin', topic: null, clusterId: isSame ? clusterId : 'other' },
    ...change,
  })
  const store = createReplayStore(database)
  const rate = { recordsPerSecond: null, bytesPerSecond: null }
  await store.create({ id, request, rate, createdAtMs: 1, createdBy: 'tester' })
  const topicId = source.topics.get(topic)?.topicId ?? null
  const orders = { topicId: target.topics.get('orders')?.topicId ?? null, partitions: PARTITIONS }
  const facts = planFacts({
    ...{ sourceTopicId: topicId, profilesDigest: profilesDigest(BUILT_IN_PROFILES), plannedAtMs: 1 },
    targets: [{ topic: 'orders', ...orders, maxMessageBytes: null, isCompacted: false }],
    delivery: isSame ? 'exactlyOnce' : 'atLeastOnce',
    ...known,
  })
  const queue = await queueOf(database, { clusterId, topic, topicId }, 1)
  const all = (await partsOf?.(queue.id)) ?? everything()
  await store.savePlan(id, 'planned', planResult({ facts, parts: all, selected: BigInt(RECORDS) }))
  await store.change(id, 'planned', { state: 'running', startedAtMs: 2, hasOpenRun: true })
  return {
    database,
    source,
    target,
    id,
    queueId: queue.id,
    polls: { atMs: Date.now, committed: {}, start: 0n, durability: 'healthy' },
  }
}

function everything(): ReplayPart[] {
  return [0, 1].map((partition) => replayPart({ partition, selected: runsOf([0, RECORDS / 2]) }))
}

/** One life of the worker. @returns whether the replay ended in it */
export async function live(
  { database, source, target, id, queueId, polls }: World,
  signal = new AbortController().signal,
  patienceMs = 0,
): Promise<boolean> {
  const store = createReplayStore(database)
  const job = (await store.get(id)) as ReplayJob
  const { run, close } = openRun({
    ...{ job, parts: await store.parts(id), source, target, store, progress: createProgressStore(database) },
    ...{
      snapshots: snapshotsOf(polls),
      ledger: createHandledLedger(database),
      queueId,
      profiles: BUILT_IN_PROFILES,
      log,
    },
    ...{ now: Date.now, monotonicMs: () => performance.now(), batchRecords: 7, settleMs: 0, patienceMs },
  })
  try {
    await run.run(signal)
    return true
  } catch (error) {
    if (!(error instanceof Died)) throw error
    return false
  } finally {
    source.diesIn = null
    target.diesIn = null
    await close()
  }
}

/** Dies after so many operations each time, and lives to the end at last. */
export async function liveAndDie(world: World, deaths: readonly number[], on: 'source' | 'target'): Promise<void> {
  for (const operations of deaths) {
    world[on].diesIn = operations
    if (await live(world)) return
  }
  await live(world)
}

export function numbersIn(cluster: MemoryCluster, partition: number): number[] {
  return cluster
    .records('orders', partition)
    .map(({ value }) => String(value))
    .filter((value) => value !== 'other')
    .map(Number)
}

/** What the worker's watch does beside a run: writes down how far the groups have read. */
export async function watchOnce({ database, id, polls }: World, now: () => number = Date.now): Promise<void> {
  const store = createReplayStore(database)
  const job = (await store.get(id)) as ReplayJob
  await watchOutcomes([job], {
    ...{ store, progress: createProgressStore(database), snapshots: snapshotsOf(polls) },
    ...{ ledger: createHandledLedger(database), now },
  })
}
