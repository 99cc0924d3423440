/**
 * A healthy cluster whose brokers are restarted in good order, one after the other, again and again, while it is written
 * and read: the console polls it all the while, and must say nothing that it did not say of the cluster at rest.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClusterConfig } from '../../lib/cluster/cluster-config.ts'
import type { ClusterDriver } from '../../lib/cluster/cluster-driver.ts'
import type { ClusterSnapshot } from '../../lib/cluster/snapshot.ts'
import type { ClusterPoller } from '../../lib/collector/cluster-poller.ts'
import type { Database } from '../../lib/db.ts'
import { identityOf } from '../../lib/durability/judge.ts'
import type { Finding, VerdictLevel } from '../../lib/durability/observation.ts'
import { createSnapshotReader } from '../../lib/history/snapshot-reader.ts'
import { createLossLedger } from '../../lib/losses/loss-ledger.ts'
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../lib/units.ts'
import { pollOnce } from '../servers/polls.ts'
import { storedPoller } from '../servers/stored-poller.ts'
import { waitUntil } from '../servers/wait-until.ts'

const POLL_EVERY_MS = 2 * SECOND_MS
/** What the restarts are measured against is what this many polls of the cluster at rest saw. */
const POLLS_AT_REST = 10
/** So that the machine also gets to something else, and clients to their work. */
const REST_MS = 25 * SECOND_MS
/** Far more than any needs: a broker that does not come back ends the run, whatever the machine. */
const WHOLE_WITHIN_MS = 4 * MINUTE_MS
/** The disk of the machine is filled by others, too. */
const OF_THE_DISK: ReadonlySet<string> = new Set(['broker.diskFull', 'broker.commitLogFull', 'broker.forcedCleaning'])

export interface RestartedCluster {
  config: ClusterConfig
  createDriver(): ClusterDriver
  brokers: readonly { id: string; stop(): Promise<void>; start(): Promise<void> }[]
  /** How much its consumers have handled. */
  consumed(): Promise<number>
  close(): Promise<void>
}

export interface RestartSum {
  restarts: number
  polls: number
  /** Polls that saw a broker away. */
  pollsWithout: number
  /** Messages, from the first restart on. */
  consumed: number
  /** Each once, however many polls saw it. */
  faults: string[]
}

export async function restartInTurn(
  cluster: RestartedCluster,
  database: Database,
  durationMs: number,
): Promise<RestartSum> {
  const watch = new Watch(cluster, database)
  const onlooker = cluster.createDriver()
  try {
    await untilWhole(cluster, onlooker)
    await watch.restAWhile()
    const stop = new AbortController()
    const polling = watch.pollUntil(stop.signal)
    const untilMs = performance.now() + durationMs
    const consumedBefore = await cluster.consumed()
    try {
      // Each of them at least once, however slow the machine is.
      for (let turn = 0; performance.now() < untilMs || turn < cluster.brokers.length; turn += 1) {
        const broker = cluster.brokers[turn % cluster.brokers.length]
        watch.restarting = broker?.id ?? ''
        await broker?.stop()
        await broker?.start()
        await untilWhole(cluster, onlooker)
        watch.sum.restarts += 1
        await sleep(REST_MS)
      }
    } finally {
      stop.abort()
      await polling
    }
    watch.sum.consumed = (await cluster.consumed()) - consumedBefore
    return watch.sum
  } finally {
    await onlooker.close()
    await watch.close()
  }
}

/** All brokers answer, and every copy of everything is in sync. */
async function untilWhole(cluster: RestartedCluster, onlooker: ClusterDriver): Promise<void> {
  await waitUntil(
    async () => {
      const missing = missingFrom(await pollOnce(onlooker), cluster.brokers.length)
      if (missing.length > 0) throw new Error(`after ${WHOLE_WITHIN_MS} ms still out of sync: ${missing.join(', ')}`)
    },
    { timeout: WHOLE_WITHIN_MS, interval: SECOND_MS },
  )
}

function missingFrom({ brokers, topics }: ClusterSnapshot, wanted: number): string[] {
  const online = brokers.filter((broker) => broker.online === true && broker.role !== 'controller').length
  const behind = topics.flatMap(({ name, partitions }) =>
    partitions
      .filter(({ leader, replicas, isr }) => leader === null || isr === null || isr.length < replicas.length)
      .map(({ broker, partition }) => `${name} ${broker ?? ''} ${partition}`),
  )
  return online < wanted ? [`${online} of ${wanted} brokers`, ...behind] : behind
}

class Watch {
  readonly sum: RestartSum = { restarts: 0, polls: 0, pollsWithout: 0, consumed: 0, faults: [] }
  restarting = ''
  readonly #cluster: RestartedCluster
  readonly #database: Database
  readonly #poller: ClusterPoller
  /** Identities of the findings of the cluster at rest. */
  readonly #known = new Set<string>()
  readonly #told = new Set<string>()
  #level: VerdictLevel | null = null

  constructor(cluster: RestartedCluster, database: Database) {
    const { config, createDriver } = cluster
    this.#cluster = cluster
    this.#database = database
    this.#poller = storedPoller({ config, createDriver, database, complain: (text) => this.#tell('log', text) })
  }

  close(): Promise<void> {
    return this.#poller.close()
  }

  /** Waits for the clients, and notes what is found without any restart. */
  async restAWhile(): Promise<void> {
    await waitUntil(
      async () => {
        if ((await this.#cluster.consumed()) === 0) throw new Error('nothing is consumed')
      },
      { timeout: WHOLE_WITHIN_MS, interval: SECOND_MS },
    )
    for (let poll = 0; poll < POLLS_AT_REST; poll += 1) {
      await this.#poll()
      const { findings, level } = await this.#read()
      for (const finding of findings.filter(isGrave)) this.#known.add(identityOf(finding))
      this.#level = level
      await sleep(POLL_EVERY_MS)
    }
  }

  async pollUntil(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#poll()
      await this.#look()
      await sleep(POLL_EVERY_MS)
    }
  }

  async #poll(): Promise<void> {
    this.sum.polls += 1
    if (!(await this.#poller.poll(AbortSignal.timeout(MINUTE_MS)))) this.#tell('poll', 'it failed')
  }

  async #read(): Promise<{ findings: Finding[]; level: VerdictLevel | null }> {
    const snapshots = createSnapshotReader(this.#database)
    const { id } = this.#cluster.config
    const [findings, summary] = await Promise.all([snapshots.findings(id), snapshots.summary(id)])
    return { findings: findings ?? [], level: summary?.verdict?.level ?? null }
  }

  async #look(): Promise<void> {
    const { findings, level } = await this.#read()
    if (findings.some(({ code }) => code === 'broker.missing')) this.sum.pollsWithout += 1
    for (const finding of findings.filter(isGrave)) {
      const identity = identityOf(finding)
      if (!this.#known.has(identity)) this.#tell(`finding ${identity}`, JSON.stringify(finding))
    }
    if (level !== this.#level) this.#tell(`verdict ${level}`, `was ${this.#level}`)
    for (const { id, ...loss } of await createLossLedger(this.#database).list()) {
      this.#tell(`loss ${id}`, JSON.stringify(loss, bigintAsText))
    }
    await this.#lookAhead()
  }

  /** Retention is of days: whatever waits while a broker is away, is read long before. */
  async #lookAhead(): Promise<void> {
    const groups = (await createSnapshotReader(this.#database).groups(this.#cluster.config.id)) ?? []
    for (const { id, lossAt } of groups) {
      const isNear = lossAt.earliestAtMs !== null && lossAt.earliestAtMs < Date.now() + DAY_MS
      if (isNear) this.#tell(`forecast ${id}`, JSON.stringify(lossAt))
    }
  }

  #tell(what: string, more: string): void {
    if (this.#told.has(what)) return
    this.#told.add(what)
    this.sum.faults.push(`while ${this.restarting || 'nothing'} restarts, poll ${this.sum.polls}: ${what}: ${more}`)
  }
}

function isGrave({ code, severity }: Finding): boolean {
  return severity !== 'info' && !OF_THE_DISK.has(code)
}

function bigintAsText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}
