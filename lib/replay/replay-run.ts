/**
 * Runs one replay from where it stands to its end. A thin loop: it looks at what people want, asks `nextStep`, reads a
 * batch, delivers it, and writes down what became of it before the next one is delivered.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { AuditRecord } from '../audit/audit-log.ts'
import type { Fault } from '../cluster/fault.ts'
import { MessageAccessError } from '../cluster/messages.ts'
import { isHoldfastError } from '../errors.ts'
import type { Logger } from '../log.ts'
import { MINUTE_MS, SECOND_MS } from '../units.ts'
import { type CanarySeen, canaryVerdict } from './brake.ts'
import { type Delivery, mayPass, SmallerBatchError } from './delivery.ts'
import { FeedAhead } from './feed-ahead.ts'
import { countOutcomes } from './outcome-codec.ts'
import type { AlsoWrite, PartProgress, ProgressStore } from './progress-store.ts'
import { RateLimit } from './rate-limit.ts'
import { type OwnAct, ownAudit } from './replay-audit.ts'
import { isActive, nextState, type ReplayEvent, type ReplayState } from './replay-states.ts'
import type { ReplayStore } from './replay-store.ts'
import type { CodedFact, ReplayJob, ReplayPart } from './replay-types.ts'
import { RunFailed, RunGuard, type RunGuardOptions } from './run-guard.ts'
import { BatchSize, nextStep, type RunSituation, type RunStep } from './run-step.ts'
import type { SourceFeed } from './source-feed.ts'
import { SpeedMeter } from './speed-meter.ts'

export interface RunOptions extends RunGuardOptions {
  store: ReplayStore
  progress: ProgressStore
  /** Of the job; made anew when the one before failed. */
  delivery: Delivery
  createFeed(parts: readonly ReplayPart[]): SourceFeed
  /** Before anything is sent, so that what comes back is known. */
  begin(): Promise<void>
  alsoWrite: AlsoWrite
  log: Logger
  now(): number
  batchRecords?: number | undefined
  place?: SendingPlace | undefined
}

/** Of those that send at once. */
export interface SendingPlace {
  /** Null: it has one. Otherwise the replays that have them all. */
  take(): string[] | null
  leave(): void
}

const LOOK_EVERY_MS = 200
const FIRST_RETRY_MS = SECOND_MS
const LONGEST_RETRY_MS = MINUTE_MS / 2
const MOST_BATCH_BYTES = 8 * 2 ** 20
const MOST_BATCH_ENTRIES = 20_000
const HELD_LOOK_MS = 250
const UNCONFIRMED = 'targetUnconfirmed'
/** Tried again and again, and one entry of the audit log. */
const TROUBLES: ReadonlySet<string> = new Set(['clusterFault', UNCONFIRMED])

type Change = Parameters<ReplayStore['change']>[2]

export class ReplayRun {
  readonly #options: RunOptions
  readonly #size: BatchSize
  readonly #speed: SpeedMeter
  readonly #guard: RunGuard
  #job: ReplayJob
  #parts: ReplayPart[]
  #feed: FeedAhead | null = null
  #rate: RateLimit
  readonly #beganAtMs: number
  #lookedAtMs = -Infinity
  #fault: { reason: CodedFact; retryAtMs: number; failures: number } | null = null
  #sent: number
  /** Batches in a row that were stored without being confirmed. */
  #doubts = 0
  /** Somebody saw that and resumed it all the same: until it is confirmed again. */
  #acceptsUnconfirmed = false
  /** The audit log knows that a cluster is in trouble: each try would be another entry. */
  #isTroubleTold: boolean

  constructor(job: ReplayJob, parts: ReplayPart[], options: RunOptions) {
    this.#job = job
    this.#parts = parts
    this.#options = options
    this.#rate = new RateLimit(job.rate, options.monotonicMs())
    this.#size = new BatchSize(options.batchRecords)
    this.#speed = new SpeedMeter()
    this.#guard = new RunGuard(options)
    this.#beganAtMs = options.now()
    this.#sent = Number(job.counts.produced)
    this.#isTroubleTold = job.state === 'braked' && TROUBLES.has(job.waitsFor?.code ?? '')
    // Nobody knows whether what it sent last was confirmed: one record finds out.
    if (job.request.brake.isr && job.counts.unconfirmed > 0n) this.#size.shrink(1)
  }

  /**
   * Until it has ended, or the signal tells to stop: then it stands where it can be taken up again. What an ended one had
   * sent without writing it down is completed all the same.
   */
  async run(signal: AbortSignal): Promise<void> {
    try {
      while (!signal.aborted && (await this.#turn(signal)));
    } catch (error) {
      if (!(error instanceof RunFailed)) throw error
      await this.#end('fail', { error: error.reason, waitsFor: null, audit: this.#audit('fail', error.reason) })
    } finally {
      await this.#dropFeed()
    }
  }

  /** One look, one step. False when there is nothing more to do. */
  async #turn(signal: AbortSignal): Promise<boolean> {
    await this.#look()
    if (this.#job.state !== 'canary' && this.#job.state !== 'running') this.#options.place?.leave()
    // What was made ahead is more than the new rate allows: it is read again.
    if (this.#feed?.isAhead && !this.#isUnlimited()) await this.#dropFeed()
    const isPausedByFault = this.#job.state === 'paused' && this.#fault !== null
    if (isPausedByFault) return false
    if (this.#feed === null && !(await this.#makeReady(signal))) return true
    if (!isActive(this.#job.state)) return this.#settle(signal)
    // Whoever started it starts it again when it is resumed: meanwhile it holds no connection and no memory.
    if (this.#job.state === 'paused') return false
    const baseline = await this.#guard.look(this.#job, this.#sent, signal)
    if (baseline !== null) await this.#note({ baseline })
    await this.#noteCanarySent()
    const step = nextStep(this.#situation())
    return this.#take(this.#waitForPlace(step) ?? step, signal)
  }

  /** Those that were held together, or that people resume, go on one after the other. Null: it need not wait. */
  #waitForPlace({ type }: RunStep): RunStep | null {
    const { place } = this.#options
    const others = type === 'release' || type === 'send' ? (place?.take() ?? null) : null
    if (others === null) return null
    return {
      type: 'wait',
      forMs: HELD_LOOK_MS,
      because: { code: 'place', facts: { replays: others.sort().join(', ') } },
    }
  }

  async #take(step: RunStep, signal: AbortSignal): Promise<boolean> {
    switch (step.type) {
      case 'wait':
        await this.#tellWait(step.because)
        await this.#rest(step.forMs, signal)
        return true
      case 'brake':
        await this.#change(
          { type: 'brake' },
          { waitsFor: step.reason, recordsPerSecond: null, audit: this.#audit('brake', step.reason) },
        )
        return true
      case 'release': {
        const change = {
          waitsFor: null,
          ...(step.isCanaryLate ? { canarySentAtMs: this.#options.now() } : {}),
          // Whether a cluster in trouble is well again, only the next batch can tell.
          ...(this.#isTroubleTold ? {} : { audit: this.#audit('release', this.#job.waitsFor) }),
        }
        await this.#change({ type: 'release', isCanaryOpen: this.#isCanaryOpen() }, change)
        return true
      }
      case 'canaryPassed':
        await this.#change({ type: 'canaryPassed' }, { isCanaryPassed: true, waitsFor: null })
        return true
      case 'canaryStopped': {
        const waitsFor = { code: 'canaryReturned', facts: this.#returnFacts() }
        await this.#change({ type: 'canaryStopped' }, { waitsFor, audit: this.#audit('canaryStop', waitsFor) })
        return true
      }
      case 'send':
        await this.#tellWait(null)
        return this.#send(step, signal)
    }
  }

  async #send({ records, bytes }: { records: number; bytes: number }, signal: AbortSignal): Promise<boolean> {
    const feed = this.#feed as FeedAhead
    const { delivery, monotonicMs } = this.#options
    try {
      if (feed.isDone) return await this.#complete(signal)
      const mayGoAhead = this.#isUnlimited() && !this.#isCanaryOpen()
      const batch = await feed.take({ records, bytes, entries: MOST_BATCH_ENTRIES }, mayGoAhead, signal)
      const startedAtMs = monotonicMs()
      const progress = await delivery.deliver(batch, this.#parts)
      this.#size.took(batch.records, monotonicMs() - startedAtMs)
      this.#rate.spend(batch.records, batch.bytes)
      this.#speed.add(batch.records, monotonicMs())
      await this.#save(progress, signal)
      // Where nothing was sent, nothing is learnt of the target.
      if (!progress.some(({ runs }) => runs.some(({ failure }) => failure === null))) return true
      if (await this.#holdsUnconfirmed(progress)) return true
      if (this.#isTroubleTold && !this.#acceptsUnconfirmed) await this.#tellTroubleOver()
      this.#fault = null
    } catch (error) {
      await this.#failed(error, signal)
    }
    return true
  }

  async #tellTroubleOver(): Promise<void> {
    const change = { waitsFor: null, audit: this.#audit('release', null) }
    await this.#options.store.change(this.#job.id, this.#job.state, change)
    this.#isTroubleTold = false
  }

  #audit(act: OwnAct, because: CodedFact | null): AuditRecord {
    return ownAudit(this.#job, act, because, this.#options.now())
  }

  #isUnlimited(): boolean {
    const { recordsPerSecond, bytesPerSecond } = this.#job.rate
    return recordsPerSecond === null && bytesPerSecond === null
  }

  /** Everything decided is written down; what the run left in the clusters may go. */
  async #complete(signal: AbortSignal): Promise<boolean> {
    const skipsOnly = this.#parts.some((part) => part.nextOffset < (part.selected.end ?? part.nextOffset))
    if (skipsOnly) await this.#save(this.#leftOut(), signal)
    await this.#look(true)
    await this.#end('allDone', { waitsFor: null, audit: this.#audit('complete', null) })
    await this.#look(true)
    return true
  }

  #leftOut(): PartProgress[] {
    return this.#parts.flatMap(({ partition, broker, nextOffset, selected }, ordinal) => {
      const to = selected.end ?? nextOffset
      return to <= nextOffset ? [] : [{ ordinal, partition, broker, from: nextOffset, to, runs: [], stoppedKeys: null }]
    })
  }

  /** False: not yet. */
  async #makeReady(signal: AbortSignal): Promise<boolean> {
    const fault = this.#fault
    if (fault === null || this.#options.now() >= fault.retryAtMs) return this.#recover(signal)
    await this.#rest(HELD_LOOK_MS, signal)
    return false
  }

  /** Brings the database up to what the clusters know, and begins to read anew from there. */
  async #recover(signal: AbortSignal): Promise<boolean> {
    const isEnded = !isActive(this.#job.state)
    try {
      if (!isEnded) {
        await this.#guard.verify(signal)
        await this.#options.begin()
      }
      // What was declared before a send that failed stands in the database alone.
      this.#parts = await this.#options.store.parts(this.#job.id)
      const progress = await this.#options.delivery.open(this.#parts, isEnded, signal)
      if (progress.length > 0) {
        await this.#save(progress, signal)
        this.#parts = await this.#options.store.parts(this.#job.id)
      }
      this.#feed = new FeedAhead(this.#options.createFeed(this.#parts))
      this.#fault = null
      return true
    } catch (error) {
      await this.#failed(error, signal)
      return false
    }
  }

  /** An ended replay: once all is written down, nothing of it is kept in the clusters. */
  async #settle(signal: AbortSignal): Promise<boolean> {
    const found = this.#options.delivery.leftOver(this.#parts)
    await this.#save(found, signal)
    try {
      await this.#options.delivery.forget(signal)
    } catch (error) {
      // It only takes room there, and expires.
      this.#options.log.warn({ err: error, replay: this.#job.id }, 'what a replay keeps in the cluster was not removed')
    }
    await this.#options.store.change(this.#job.id, this.#job.state, {
      hasOpenRun: false,
      ...(found.length > 0 || this.#sent > 0 ? { isWatched: true } : {}),
    })
    return false
  }

  /** Into the database, again and again until it is there: nothing else may be sent before. */
  async #save(progress: readonly PartProgress[], signal: AbortSignal): Promise<void> {
    const { progress: store, alsoWrite, log } = this.#options
    const moved = progress.filter(({ from, to, runs }) => to > from || runs.length > 0)
    if (moved.length === 0) return
    for (let waitMs = 100; ; waitMs = Math.min(waitMs * 2, LONGEST_RETRY_MS)) {
      try {
        const speed = this.#speed.perSecond(this.#options.monotonicMs())
        if (await store.save(this.#job.id, moved, speed, alsoWrite)) break
        throw new RunFailed({ code: 'otherRun', facts: {} })
      } catch (error) {
        if (error instanceof RunFailed || !isHoldfastError(error) || signal.aborted) throw error
        log.error({ err: error, replay: this.#job.id }, 'progress of a replay is not stored; trying again')
        await this.#rest(waitMs, signal)
      }
    }
    // Also what an earlier life had sent. What was refused is not sent.
    for (const { runs } of moved) this.#sent += countOutcomes(runs).produced
    for (const { ordinal, to, stoppedKeys } of moved) {
      const part = this.#parts[ordinal] as ReplayPart
      this.#parts[ordinal] = { ...part, nextOffset: to, stoppedKeys: [...(stoppedKeys ?? part.stoppedKeys)] }
      if (stoppedKeys !== null) await this.#dropFeed()
    }
  }

  async #failed(error: unknown, signal: AbortSignal): Promise<void> {
    if (error instanceof RunFailed || signal.aborted) {
      if (error instanceof RunFailed) throw error
      return
    }
    await this.#dropFeed()
    if (error instanceof SmallerBatchError) return this.#size.shrink(error.records)
    if (!(error instanceof MessageAccessError)) throw error
    this.#size.reset()
    this.#options.log.warn({ replay: this.#job.id, fault: error.fault }, 'a replay waits for its clusters')
    const reason = faultReason(error.fault)
    const failures = (this.#fault?.failures ?? 0) + 1
    this.#fault = { reason, failures, retryAtMs: this.#options.now() + retryWaitMs(failures) }
    if (!isActive(this.#job.state) || this.#job.state === 'paused') return
    if (!mayPass(error)) {
      // Somebody must mend it; then a resume goes on from here.
      await this.#change(
        { type: 'pause' },
        { waitsFor: reason, recordsPerSecond: null, audit: this.#audit('pause', reason) },
      )
    } else if (this.#job.state !== 'braked') {
      await this.#brakeFor(reason)
    }
  }

  /** The audit log is told once, however often it is tried again. */
  async #brakeFor(reason: CodedFact): Promise<void> {
    const audit = this.#isTroubleTold ? {} : { audit: this.#audit('brake', reason) }
    this.#isTroubleTold = true
    await this.#change({ type: 'brake' }, { waitsFor: reason, recordsPerSecond: null, ...audit })
  }

  /** What a master alone has is lost with it. One record at a time then finds out whether it confirms again. */
  async #holdsUnconfirmed(progress: readonly PartProgress[]): Promise<boolean> {
    const target = progress.flatMap(({ runs }) => runs).find((run) => run.failure === null && run.isUnconfirmed)?.target
    if (target == null) {
      this.#doubts = 0
      this.#acceptsUnconfirmed = false
      return false
    }
    if (!this.#job.request.brake.isr || this.#acceptsUnconfirmed) return false
    await this.#dropFeed()
    this.#size.shrink(1)
    this.#doubts += 1
    const reason = { code: UNCONFIRMED, facts: { topic: target.topic, broker: target.broker ?? '' } }
    this.#fault = { reason, failures: this.#doubts, retryAtMs: this.#options.now() + retryWaitMs(this.#doubts) }
    await this.#brakeFor(reason)
    return true
  }

  async #dropFeed(): Promise<void> {
    const feed = this.#feed
    this.#feed = null
    await feed?.close()
  }

  #situation(): RunSituation {
    const { now, monotonicMs } = this.#options
    const { request, canarySentAtMs, state } = this.#job
    const { canary } = request
    const nowMonotonicMs = monotonicMs()
    return {
      state: state as RunSituation['state'],
      nowMs: now(),
      // By one clock: who wrote down the start may have another one, and hours between them would be waited for, or lost.
      graceUntilMs: this.#sent > 0 ? 0 : this.#beganAtMs + request.graceSeconds * SECOND_MS,
      brake: this.#guard.brake,
      retryAtMs: this.#fault?.retryAtMs ?? null,
      canary:
        canary === null || !this.#isCanaryOpen()
          ? null
          : {
              left: Math.max(0, canary.count - this.#sent - this.#options.delivery.foundSent),
              sentAtMs: canarySentAtMs,
              waitMs: canary.waitSeconds * SECOND_MS,
              verdict: canaryVerdict(this.#canarySeen(), request.brake.maxReturnRatio),
            },
      rateWaitMs: this.#rate.waitMs(nowMonotonicMs),
      allowance: this.#rate.allowance(nowMonotonicMs),
      limits: { records: this.#size.records, bytes: MOST_BATCH_BYTES },
    }
  }

  #canarySeen(): CanarySeen {
    const { delivered } = this.#job.counts
    const { returned } = this.#options.watch
    return { delivered: delivered === null ? null : Number(delivered), returned, readers: this.#guard.readers }
  }

  #isCanaryOpen(): boolean {
    return this.#job.request.canary !== null && !this.#job.isCanaryPassed
  }

  /** Looked at before each step: a pause or a crash may have come between the last of them and this. */
  async #noteCanarySent(): Promise<void> {
    const { canary } = this.#job.request
    const isLast = canary !== null && this.#isCanaryOpen() && this.#sent >= canary.count
    if (isLast && this.#job.canarySentAtMs === null) await this.#note({ canarySentAtMs: this.#options.now() })
  }

  /** What people asked for meanwhile. */
  async #look(isNow = false): Promise<void> {
    const { monotonicMs, store } = this.#options
    const nowMs = monotonicMs()
    if (!isNow && nowMs - this.#lookedAtMs < LOOK_EVERY_MS) return
    this.#lookedAtMs = nowMs
    const seen = await store.glance(this.#job.id)
    if (seen === null) throw new Error(`replay ${this.#job.id} is gone`)
    this.#rate.change(seen.rate, nowMs)
    const hasGoneOn = isResumed(this.#job.state, seen.state)
    if (hasGoneOn && this.#fault?.reason.code === UNCONFIRMED) {
      this.#acceptsUnconfirmed = true
      this.#fault = null
    }
    // Whoever resumed it took away from where the brake counts.
    if (hasGoneOn || (this.#job.baseline !== null && seen.baseline === null)) this.#guard.release()
    this.#job = { ...this.#job, ...seen }
  }

  /** What does not change the state is not read again. */
  async #note(change: Pick<Change, 'baseline' | 'canarySentAtMs' | 'waitsFor'>): Promise<void> {
    await this.#options.store.change(this.#job.id, this.#job.state, change)
    this.#job = { ...this.#job, ...change }
  }

  async #change(event: ReplayEvent, change: Change): Promise<void> {
    const state = nextState(this.#job.state, event)
    if (state !== null) await this.#options.store.change(this.#job.id, this.#job.state, { state, ...change })
    await this.#look(true)
  }

  async #end(type: 'allDone' | 'fail', change: Change): Promise<void> {
    const endedAtMs = this.#options.now()
    await this.#change({ type }, { endedAtMs, isWatched: this.#sent > 0, recordsPerSecond: null, ...change })
  }

  async #tellWait(because: CodedFact | null): Promise<void> {
    const told = this.#job.waitsFor
    if (told?.code === because?.code || (because === null && this.#fault !== null)) return
    await this.#note({ waitsFor: because })
  }

  #returnFacts(): CodedFact['facts'] {
    return { returned: this.#options.watch.returned, produced: this.#sent }
  }

  async #rest(ms: number, signal: AbortSignal): Promise<void> {
    try {
      await sleep(ms, undefined, { signal })
    } catch {
      // Told to stop: the loop sees it.
    }
  }
}

function isResumed(before: ReplayState, now: ReplayState): boolean {
  return before === 'braked' && (now === 'running' || now === 'canary')
}

function retryWaitMs(failures: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS)
}

function faultReason({ code, facts }: Fault): CodedFact {
  return { code: 'clusterFault', facts: { ...facts, fault: code } }
}
