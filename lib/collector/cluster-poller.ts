/** One poll of one cluster, from the driver to the store. Whatever fails is noted and never thrown. */
import type { ClusterConfig } from '../cluster/cluster-config.ts'
import type { ClusterDriver } from '../cluster/cluster-driver.ts'
import { ClusterUnavailableError, type Fault, fault } from '../cluster/fault.ts'
import type { ClusterSnapshot } from '../cluster/snapshot.ts'
import type { Observation, TopicKindOf } from '../durability/observation.ts'
import { observe } from '../durability/observe.ts'
import { ObserveMemory } from '../durability/observe-memory.ts'
import { HoldfastError } from '../errors.ts'
import type { History } from '../history/history.ts'
import type { SnapshotWriter } from '../history/snapshot-store.ts'
import type { ExpectedBrokers } from '../registry/expected-brokers.ts'
import { SECOND_MS } from '../units.ts'
import type { Clock } from './clock.ts'
import { samplesOf } from './samples.ts'

export interface CollectorLog {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

export interface PollerOptions {
  config: ClusterConfig
  createDriver(config: ClusterConfig): ClusterDriver
  snapshots: SnapshotWriter
  history: Pick<History, 'append'>
  expectedBrokers: Pick<ExpectedBrokers, 'list' | 'saw'>
  kindOf: TopicKindOf
  intervalMs: number
  clock: Clock
  log: CollectorLog
}

/** Long enough for a cluster with a dead broker, whose requests each have their own, shorter deadline. */
const SHORTEST_DEADLINE_MS = 30 * SECOND_MS
/** A driver that has not ended this long after its signal aborted is given up and replaced. */
const GRACE_MS = 10 * SECOND_MS

export class ClusterPoller {
  readonly #options: PollerOptions
  #driver: ClusterDriver | null = null
  #previous: Observation | null = null
  #memory = new ObserveMemory()
  #failuresInARow = 0
  /** What was logged last about the cluster; the same trouble is told once. */
  #pollTrouble: string | null = null
  /** What was logged last about storing; the same trouble is told once. */
  #storeTrouble: string | null = null

  constructor(options: PollerOptions) {
    this.#options = options
  }

  /** True when the cluster answered, also if storing the answer failed. */
  async poll(signal: AbortSignal): Promise<boolean> {
    try {
      const snapshot = await this.#ask(signal)
      this.#failuresInARow = 0
      if (this.#pollTrouble !== null) this.#options.log.info({ cluster: this.#options.config.id }, 'polls work again')
      this.#pollTrouble = null
      await this.#store(() => this.#keep(snapshot))
      return true
    } catch (error) {
      // Being stopped is no failure of the cluster.
      if (signal.aborted) return false
      this.#failuresInARow += 1
      const { fault: found, isOurs } = describeFailure(error)
      const cluster = this.#options.config.id
      if (isOurs) this.#options.log.error({ cluster, err: error }, 'a poll failed for a reason of our own')
      else if (found.code !== this.#pollTrouble) this.#options.log.warn({ cluster, fault: found }, 'a poll failed')
      this.#pollTrouble = found.code
      await this.#store(() => this.#keepFailure(found))
      return false
    }
  }

  async close(): Promise<void> {
    await this.#dropDriver()
  }

  async #ask(stop: AbortSignal): Promise<ClusterSnapshot> {
    const { clock, config, createDriver, intervalMs } = this.#options
    const deadlineMs = Math.max(intervalMs, SHORTEST_DEADLINE_MS)
    const deadline = new AbortController()
    const done = new AbortController()
    const tooLate = new DeadlineError(deadlineMs)
    const wait = AbortSignal.any([done.signal, stop])
    const watch = async (): Promise<never> => {
      await clock.sleep(deadlineMs, wait)
      if (done.signal.aborted) return new Promise<never>(() => undefined)
      deadline.abort(stop.aborted ? stop.reason : tooLate)
      await clock.sleep(GRACE_MS, done.signal)
      if (done.signal.aborted) return new Promise<never>(() => undefined)
      await this.#dropDriver()
      throw tooLate
    }
    this.#driver ??= createDriver(config)
    try {
      return await Promise.race([this.#driver.poll(deadline.signal), watch()])
    } catch (error) {
      throw deadline.signal.aborted && !stop.aborted ? tooLate : error
    } finally {
      done.abort()
    }
  }

  async #dropDriver(): Promise<void> {
    const driver = this.#driver
    this.#driver = null
    try {
      await driver?.close()
    } catch (error) {
      this.#options.log.warn({ cluster: this.#options.config.id, err: error }, 'closing the driver failed')
    }
  }

  async #keep(snapshot: ClusterSnapshot): Promise<void> {
    const { config, expectedBrokers, history, intervalMs, kindOf, snapshots } = this.#options
    const observation = observe({
      snapshot,
      previous: this.#previous,
      expectedBrokers: await expectedBrokers.list(config.id),
      kindOf,
      memory: this.#memory,
    })
    this.#previous = observation
    await snapshots.saveObservation(config.id, observation, intervalMs)
    await expectedBrokers.saw(config.id, observation.brokers, observation.atMs)
    const samples = samplesOf(observation)
    await history.append({ clusterId: config.id, atMs: observation.atMs, samples, pollFailed: false, intervalMs })
  }

  async #keepFailure(found: Fault): Promise<void> {
    const { clock, config, history, intervalMs, snapshots } = this.#options
    const atMs = clock.now()
    const error = { fault: found, atMs, consecutive: this.#failuresInARow }
    await snapshots.savePollError(config.id, config.kind, error, intervalMs)
    await history.append({ clusterId: config.id, atMs, samples: [], pollFailed: true, intervalMs })
  }

  /** A store that fails costs this poll's record, not the next one's: each write is whole or not there. */
  async #store(work: () => Promise<void>): Promise<void> {
    const cluster = this.#options.config.id
    try {
      await work()
      if (this.#storeTrouble !== null) this.#options.log.info({ cluster }, 'storing works again')
      this.#storeTrouble = null
    } catch (error) {
      const trouble = error instanceof HoldfastError ? error.code : String(error)
      if (trouble === this.#storeTrouble) return
      this.#storeTrouble = trouble
      this.#options.log.error({ cluster, err: error }, 'a poll could not be stored; the next one is tried')
    }
  }
}

class DeadlineError extends Error {
  readonly deadlineMs: number

  constructor(deadlineMs: number) {
    super(`no answer within ${deadlineMs} ms`)
    this.name = 'DeadlineError'
    this.deadlineMs = deadlineMs
  }
}

function describeFailure(error: unknown): { fault: Fault; isOurs: boolean } {
  if (error instanceof ClusterUnavailableError) return { fault: error.fault, isOurs: false }
  if (error instanceof DeadlineError) {
    return { fault: fault('requestTimeout', { api: 'poll', timeoutMs: error.deadlineMs }), isOurs: false }
  }
  return { fault: fault('internalError', { detail: error instanceof Error ? error.name : 'unknown' }), isOurs: true }
}
