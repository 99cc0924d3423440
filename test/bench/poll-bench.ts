/**
 * One whole poll, part by part, from the wire to the stored history: in a process of its own that is started as a
 * collector is, since Node's flags decide a good part of what a poll costs.
 */

import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createAlertStore } from '../../lib/alerting/alert-store.ts'
import { BUILT_IN_RULES } from '../../lib/alerts/built-in-rules.ts'
import type { ClusterConfig, KafkaClusterConfig, RocketmqClusterConfig } from '../../lib/cluster/cluster-config.ts'
import type { ClusterDriver } from '../../lib/cluster/cluster-driver.ts'
import { systemClock } from '../../lib/collector/clock.ts'
import { ClusterPoller } from '../../lib/collector/cluster-poller.ts'
import { restAfterPoll } from '../../lib/collector/rest-after-poll.ts'
import { StoreWatch } from '../../lib/collector/store-watch.ts'
import { openDatabase } from '../../lib/db.ts'
import { topicKindClassifier } from '../../lib/dlq/topic-kind.ts'
import { NO_INBOX_FACTS } from '../../lib/durability/unresolved.ts'
import { createChunkHistory } from '../../lib/history/chunk-history.ts'
import { createEventHistory } from '../../lib/history/event-history.ts'
import type { History } from '../../lib/history/history.ts'
import type { SnapshotWriter } from '../../lib/history/snapshot-store.ts'
import { createSnapshotWriter } from '../../lib/history/snapshot-writer.ts'
import { readOpenCounts } from '../../lib/inbox/open-counts.ts'
import { KafkaDriver } from '../../lib/kafka/kafka-driver.ts'
import { COLLECTOR_ENV, COLLECTOR_FLAGS } from '../../lib/launch/collector-flags.ts'
import { createLossLedger } from '../../lib/losses/loss-ledger.ts'
import { createExpectedBrokers } from '../../lib/registry/expected-brokers.ts'
import { RocketmqDriver } from '../../lib/rocketmq/rocketmq-driver.ts'
import { SECOND_MS } from '../../lib/units.ts'
import { NO_HOLDS } from '../builders/hold-facts.ts'
import { NO_TLS } from '../builders/no-tls.ts'
import { type Cost, costOf, median, medianCost, treeUse } from './measure.ts'

const INTERVAL_MS = 15 * SECOND_MS
const DEADLINE_MS = 60 * SECOND_MS
const WARM_UP_POLLS = 5
const POLLS = 20
const SILENT = { info: () => undefined, warn: console.warn, error: console.error }

type Phase = 'read' | 'conclude' | 'storeSnapshot' | 'appendHistory' | 'whole'

export interface PollBench {
  polls: number
  /** The median of each phase. */
  phases: Record<Phase, Cost>
  /** The median of what the servers used of CPU while a poll ran. */
  serverCpuMs: number
  residentMb: number
}

interface PollPlan {
  config: ClusterConfig
  /** Keeps the brokers from being measured while they still breathe from the poll before. */
  pauseMs: number
  /** Whose CPU time is told beside our own. */
  serverPids: readonly number[]
}

export async function benchPoll(plan: PollPlan): Promise<PollBench> {
  const args = [...COLLECTOR_FLAGS, fileURLToPath(import.meta.url), JSON.stringify(plan)]
  const env = { ...process.env, ...COLLECTOR_ENV }
  const { stdout } = await promisify(execFile)(process.execPath, args, { env })
  return JSON.parse(stdout)
}

async function measurePolls({ config, pauseMs, serverPids }: PollPlan): Promise<PollBench> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-bench-'))
  const database = await openDatabase(`file:${join(folder, 'bench.db')}`)
  const meter = new PhaseMeter()
  const serverCpuMs: number[] = []
  const poller = new ClusterPoller({
    config,
    findingsBefore: async () => null,
    mutes: { list: async () => [] },
    severities: {},
    tunings: [],
    pollBefore: async () => null,
    losses: createLossLedger(database),
    alerts: createAlertStore(database),
    alertRules: { holding: async () => BUILT_IN_RULES },
    inboxFacts: async (clusterId) => ({
      ...NO_INBOX_FACTS,
      counts: await readOpenCounts(database, clusterId),
    }),
    holdFacts: async () => NO_HOLDS,
    createDriver: (created) =>
      meter.driver(created.kind === 'kafka' ? new KafkaDriver(created) : new RocketmqDriver(created)),
    snapshots: meter.snapshots(createSnapshotWriter(database)),
    history: meter.history(
      createChunkHistory(database, { rawHours: 48, fiveMinuteDays: 30, hourlyDays: 400, now: systemClock.now }),
    ),
    events: createEventHistory(database),
    expectedBrokers: createExpectedBrokers(database, systemClock.now),
    stores: new StoreWatch(() => undefined),
    kindOf: topicKindClassifier({ include: [], exclude: [] }),
    intervalMs: INTERVAL_MS,
    clock: systemClock,
    log: SILENT,
  })
  try {
    for (let poll = 0; poll < WARM_UP_POLLS + POLLS; poll++) {
      if (poll === WARM_UP_POLLS) meter.reset()
      const serverCpuBeforeMs = await cpuOf(serverPids)
      await meter.whole(async () => {
        const isGood = await poller.poll(AbortSignal.timeout(DEADLINE_MS))
        restAfterPoll()
        return isGood
      })
      serverCpuMs.push((await cpuOf(serverPids)) - serverCpuBeforeMs)
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
    return {
      polls: POLLS,
      phases: meter.medians(),
      serverCpuMs: median(serverCpuMs.slice(WARM_UP_POLLS)),
      residentMb: Math.round(process.memoryUsage.rss() / 2 ** 20),
    }
  } finally {
    await poller.close()
    await database.close()
    await rm(folder, { recursive: true, force: true })
  }
}

const PLAIN = {
  id: 'bench',
  name: 'Bench',
  readOnly: true,
  addressMap: {},
  tls: NO_TLS,
}

export function kafkaConfig(bootstrapServers: string[]): KafkaClusterConfig {
  return { ...PLAIN, kind: 'kafka', bootstrapServers, sasl: null, schemaRegistry: null }
}

export function rocketmqConfig(nameServers: string[]): RocketmqClusterConfig {
  return { ...PLAIN, kind: 'rocketmq', nameServers, acl: null }
}

async function cpuOf(pids: readonly number[]): Promise<number> {
  const uses = await Promise.all(pids.map(treeUse))
  return uses.reduce((sum, use) => sum + use.cpuMs, 0)
}

/** Wraps the parts of a poller and notes what each takes; what is left of the whole is the conclusion. */
class PhaseMeter {
  #costs = new Map<Phase, Cost[]>()

  reset(): void {
    this.#costs = new Map()
  }

  async whole(work: () => Promise<boolean>): Promise<void> {
    const ok = await this.#measure('whole', work)
    if (!ok) throw new Error('A poll failed; see the warning above.')
    const [whole, ...parts] = (['whole', 'read', 'storeSnapshot', 'appendHistory'] as const).map(
      (phase) => this.#costs.get(phase)?.at(-1) ?? { wallMs: 0, cpuMs: 0 },
    )
    const rest = (key: keyof Cost): number => parts.reduce((left, part) => left - part[key], whole?.[key] ?? 0)
    this.#note('conclude', { wallMs: rest('wallMs'), cpuMs: rest('cpuMs') })
  }

  driver(driver: ClusterDriver): ClusterDriver {
    return {
      kind: driver.kind,
      poll: (signal) => this.#measure('read', () => driver.poll(signal)),
      test: (signal) => driver.test(signal),
      close: () => driver.close(),
    }
  }

  snapshots(writer: SnapshotWriter): SnapshotWriter {
    return {
      saveObservation: (...args) => this.#measure('storeSnapshot', () => writer.saveObservation(...args)),
      savePollError: (...args) => writer.savePollError(...args),
    }
  }

  history(history: History): Pick<History, 'append' | 'read'> {
    const append: History['append'] = (batch) => this.#measure('appendHistory', () => history.append(batch))
    return { append, read: (query) => history.read(query) }
  }

  medians(): Record<Phase, Cost> {
    const of = (phase: Phase): Cost => medianCost(this.#costs.get(phase) ?? [])
    return {
      read: of('read'),
      conclude: of('conclude'),
      storeSnapshot: of('storeSnapshot'),
      appendHistory: of('appendHistory'),
      whole: of('whole'),
    }
  }

  async #measure<T>(phase: Phase, work: () => Promise<T>): Promise<T> {
    let result: T | undefined
    const cost = await costOf(async () => {
      result = await work()
    })
    this.#note(phase, cost)
    return result as T
  }

  #note(phase: Phase, cost: Cost): void {
    this.#costs.set(phase, [...(this.#costs.get(phase) ?? []), cost])
  }
}

if (import.meta.main) console.log(JSON.stringify(await measurePolls(JSON.parse(process.argv[2] ?? ''))))
