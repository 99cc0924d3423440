/** One poll of one cluster, from the driver to the store. Whatever fails is noted and never thrown. */
import type { AlertStore } from '../alerting/alert-store.ts'
import type { OwnRules } from '../alerting/own-rules.ts'
import type { AlertRule } from '../alerts/alert-rule.ts'
import type { ClusterConfig } from '../cluster/cluster-config.ts'
import type { ClusterDriver, EpochsSeen, PollHints } from '../cluster/cluster-driver.ts'
import { ClusterUnavailableError, type Fault, fault } from '../cluster/fault.ts'
import type { ClusterSnapshot } from '../cluster/snapshot.ts'
import {
  type ClockReading,
  type ClusterEvent,
  clockEventBetween,
  eventsBetween,
  withKnown,
} from '../durability/events.ts'
import { findingEvents } from '../durability/finding-events.ts'
import type { StoredPoll } from '../durability/losses/loss-memory.ts'
import { isMutedNow } from '../durability/mutes.ts'
import type { Finding, Observation, TopicKindOf } from '../durability/observation.ts'
import { observe } from '../durability/observe.ts'
import type { ExpectedBroker } from '../durability/observe-brokers.ts'
import { ObserveMemory } from '../durability/observe-memory.ts'
import { type Severities, severityFinder, type Tuning } from '../durability/severities.ts'
import type { HoldFacts } from '../durability/troubled-holds.ts'
import { type InboxFacts, NO_INBOX_FACTS, withUnresolved } from '../durability/unresolved.ts'
import { HoldfastError } from '../errors.ts'
import type { EventHistory } from '../history/event-history.ts'
import type { History, SampleBatch } from '../history/history.ts'
import type { SnapshotWriter } from '../history/snapshot-store.ts'
import type { LossLedger } from '../losses/loss-ledger.ts'
import type { ExpectedBrokers } from '../registry/expected-brokers.ts'
import type { Mute, Mutes } from '../registry/mutes.ts'
import { SECOND_MS } from '../units.ts'
import { AlertWatch } from './alert-watch.ts'
import type { Clock } from './clock.ts'
import { LossWatch } from './loss-watch.ts'
import { PendingPolls } from './pending-polls.ts'
import { samplesOf } from './samples.ts'
import type { StoreWatch } from './store-watch.ts'

export interface CollectorLog {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

export interface PollerOptions {
  config: ClusterConfig
  createDriver(config: ClusterConfig): ClusterDriver
  snapshots: SnapshotWriter
  history: Pick<History, 'append' | 'read'>
  events: Pick<EventHistory, 'append'>
  expectedBrokers: Pick<ExpectedBrokers, 'list' | 'saw'>
  mutes: Pick<Mutes, 'list'>
  severities: Severities
  tunings: readonly Tuning[]
  stores: Pick<StoreWatch, 'failed' | 'ended'>
  kindOf: TopicKindOf
  inboxFacts(clusterId: string): Promise<InboxFacts>
  holdFacts(clusterId: string): Promise<HoldFacts>
  /** Of the newest stored poll; null when there is none. */
  findingsBefore(clusterId: string): Promise<Finding[] | null>
  losses: Pick<LossLedger, 'record' | 'list'>
  alerts: Pick<AlertStore, 'read' | 'record'>
  alertRules: Pick<OwnRules, 'holding'>
  /** As it is stored; null when there is none. */
  pollBefore(clusterId: string): Promise<StoredPoll | null>
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
  /** The observation before, with what it did not know taken over from earlier ones. */
  #known: Observation | null = null
  #clockBefore: ClockReading | null = null
  /** Events that wait for the poll they are stored with. */
  #events: ClusterEvent[] = []
  readonly #memory: ObserveMemory
  /** As they were read last. */
  #mutes: readonly Mute[] = []
  /** As they were read last; null: never. */
  #rules: readonly AlertRule[] | null = null
  readonly #pending = new PendingPolls()
  readonly #losses: LossWatch
  readonly #alerts: AlertWatch
  #expected: ExpectedBroker[] | null = null
  /** As they were read for the newest poll; null when that failed. */
  #holds: HoldFacts | null = null
  /** At the newest poll that was answered. What is held no more may have been given back since. */
  #heldBefore: ReadonlySet<string> = new Set()
  #failuresInARow = 0
  /** What was logged last about the cluster; the same trouble is told once. */
  #pollTrouble: string | null = null
  /** What was logged last about storing; the same trouble is logged once. */
  #storeTrouble: string | null = null
  /** Polls that found no room since storing fails. */
  #dropped = 0

  constructor(options: PollerOptions) {
    this.#options = options
    const { config, history, losses: ledger, pollBefore, severities, tunings } = options
    this.#memory = new ObserveMemory((nowMs) => severityFinder(severities, tunings, config.id, nowMs))
    this.#losses = new LossWatch({ clusterId: config.id, ledger, pollBefore })
    const { alerts: store, intervalMs } = options
    this.#alerts = new AlertWatch({ clusterId: config.id, intervalMs, store, losses: ledger, history })
  }

  /** True when the cluster answered, also if storing the answer failed. */
  async poll(signal: AbortSignal): Promise<boolean> {
    this.#noteClock()
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
    const driver = this.#driver
    const poll = async (): Promise<ClusterSnapshot> => driver.poll(deadline.signal, await this.#hints())
    try {
      return await Promise.race([poll(), watch()])
    } catch (error) {
      throw deadline.signal.aborted && !stop.aborted ? tooLate : error
    } finally {
      done.abort()
    }
  }

  async #hints(): Promise<PollHints> {
    const [epochsSeen, holds] = await Promise.all([this.#epochsSeen(), this.#readHolds()])
    this.#holds = holds
    return { epochsSeen, changedTopics: new Set([...this.#heldBefore, ...(holds?.topics ?? [])]) }
  }

  /** While what was seen before cannot be read, nothing is asked about it. It waits: a later poll asks. */
  async #epochsSeen(): Promise<EpochsSeen | undefined> {
    const { config, log } = this.#options
    try {
      return await this.#losses.epochsSeen()
    } catch (err) {
      log.warn({ cluster: config.id, err }, 'what earlier polls saw was not read')
      return undefined
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
    const { config, expectedBrokers, intervalMs, kindOf, snapshots } = this.#options
    this.#heldBefore = this.#holds?.topics ?? this.#heldBefore
    const { counts, discovered, purged } = await this.#readInbox()
    if (this.#previous === null) await this.#recallFindings()
    const seen = observe({
      snapshot: { ...snapshot, declaredDlqs: [...snapshot.declaredDlqs, ...discovered] },
      previous: this.#previous,
      expectedBrokers: await this.#listExpected(),
      kindOf,
      memory: this.#memory,
      openCounts: counts,
      holds: this.#holds?.troubled ?? null,
      isMuted: isMutedNow(await this.#readMutes(), config.id, snapshot.finishedAtMs),
    })
    const observation = withUnresolved(seen, counts)
    this.#noteEvents(observation)
    this.#previous = observation
    const samples = samplesOf(observation, counts)
    this.#remember({ atMs: observation.atMs, samples, pollFailed: false })
    // Losses first: the poll that showed them replaces the one that they are told by.
    const seenBeforeMs = this.#losses.seenAtMs
    const carried = await this.#losses.note(observation, purged)
    await snapshots.saveObservation(config.id, observation, intervalMs, carried)
    await expectedBrokers.saw(config.id, observation.brokers, observation.atMs)
    await this.#conclude(async () => {
      const rules = await this.#readRules()
      await this.#alerts.note({ observation, samples, mutes: this.#mutes, rules, seenBeforeMs })
    })
  }

  /** While they cannot be read, what the queues store is all that is known: a poll is worth keeping all the same. */
  async #readInbox(): Promise<InboxFacts> {
    const { config, log, inboxFacts } = this.#options
    try {
      return await inboxFacts(config.id)
    } catch (err) {
      log.warn({ cluster: config.id, err }, 'what the inbox knows was not read')
      return NO_INBOX_FACTS
    }
  }

  async #readHolds(): Promise<HoldFacts | null> {
    const { config, log, holdFacts } = this.#options
    try {
      return await holdFacts(config.id)
    } catch (err) {
      log.warn({ cluster: config.id, err }, 'which holds did not end as they should was not read')
      return null
    }
  }

  /** While they cannot be read, what was read last holds: a poll is worth keeping all the same. */
  async #readMutes(): Promise<readonly Mute[]> {
    const { config, log, mutes } = this.#options
    try {
      this.#mutes = await mutes.list()
    } catch (err) {
      log.warn({ cluster: config.id, err }, 'which findings are muted was not read')
    }
    return this.#mutes
  }

  /**
   * As mutes. While none were ever read no alert is looked at: those of rules that people wrote would end, as if their
   * rules were gone.
   */
  async #readRules(): Promise<readonly AlertRule[]> {
    const { config, log, alertRules } = this.#options
    try {
      this.#rules = await alertRules.holding()
    } catch (err) {
      if (this.#rules === null) throw err
      log.warn({ cluster: config.id, err }, 'which rules of alerts hold was not read')
    }
    return this.#rules
  }

  /** Since when something holds is known over a restart; where that cannot be read, it begins anew. */
  async #recallFindings(): Promise<void> {
    const { config, log, findingsBefore } = this.#options
    try {
      this.#memory.judge.remember((await findingsBefore(config.id)) ?? [])
    } catch (err) {
      log.warn({ cluster: config.id, err }, 'what was found before was not read')
    }
  }

  /** While the store cannot be read, what it said last: a poll is worth keeping all the same. */
  async #listExpected(): Promise<ExpectedBroker[]> {
    try {
      this.#expected = await this.#options.expectedBrokers.list(this.#options.config.id)
    } catch (error) {
      if (this.#expected === null) throw error
    }
    return this.#expected ?? []
  }

  #noteClock(): void {
    const { clock } = this.#options
    const reading = { wallMs: clock.now(), monotonicMs: clock.monotonicMs() }
    const event = this.#clockBefore && clockEventBetween(this.#clockBefore, reading)
    if (event !== null) this.#events.push(event)
    this.#clockBefore = reading
  }

  /** What happened while this process did not run is not known, but for what was found before it and is not any more. */
  #noteEvents(observation: Observation): void {
    if (this.#known !== null) this.#events.push(...eventsBetween(this.#known, observation))
    this.#events.push(...findingEvents(this.#memory.judge.changes))
    this.#known = withKnown(observation, this.#known)
  }

  #remember(poll: Pick<SampleBatch, 'atMs' | 'samples' | 'pollFailed'>): void {
    const { config, intervalMs, log } = this.#options
    const dropped = this.#pending.add({ batch: { clusterId: config.id, intervalMs, ...poll }, events: this.#events })
    this.#events = []
    this.#dropped += dropped
    if (dropped > 0)
      log.warn({ cluster: config.id, polls: dropped }, 'polls are lost that could not be stored for too long')
  }

  async #appendPending(): Promise<void> {
    const { events: history, history: numbers } = this.#options
    // Events first: given again they are stored once, while numbers that were appended would be appended twice.
    await this.#pending.flush(async ({ batch, events }) => {
      await history.append(batch.clusterId, batch.atMs, events)
      await numbers.append(batch)
    })
  }

  /** Alerts first, since people wait for them; numbers are appended even if alerts cannot be stored. */
  async #conclude(noteAlerts: () => Promise<void>): Promise<void> {
    try {
      await noteAlerts()
    } finally {
      await this.#appendPending()
    }
  }

  async #keepFailure(found: Fault): Promise<void> {
    const { clock, config, intervalMs, snapshots } = this.#options
    const atMs = clock.now()
    this.#remember({ atMs, samples: [], pollFailed: true })
    const error = { fault: found, atMs, consecutive: this.#failuresInARow }
    await snapshots.savePollError(config.id, config.kind, error, intervalMs)
    await this.#conclude(async () => {
      await this.#alerts.noteFailure(this.#failuresInARow, atMs, await this.#readRules())
    })
  }

  /** Each write is whole or not there; what could not be appended to the history is tried again with the next poll. */
  async #store(work: () => Promise<void>): Promise<void> {
    const { clock, config, log, stores } = this.#options
    const cluster = config.id
    try {
      await work()
      if (this.#storeTrouble !== null) log.info({ cluster }, 'storing works again')
      this.#storeTrouble = null
      this.#dropped = 0
      stores.ended(cluster)
    } catch (error) {
      const code = error instanceof HoldfastError ? error.code : 'store_failed'
      const [waitingPolls, droppedPolls] = [this.#pending.count, this.#dropped]
      stores.failed(cluster, { code, atMs: clock.now(), waitingPolls, droppedPolls })
      const trouble = error instanceof HoldfastError ? error.code : String(error)
      if (trouble === this.#storeTrouble) return
      this.#storeTrouble = trouble
      log.error({ cluster, err: error }, 'a poll could not be stored; the next one is tried')
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
