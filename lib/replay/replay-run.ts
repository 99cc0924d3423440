/**
 * Runs one replay from where it stands to its end. A thin loop: it looks at what people want, asks `nextStep`, reads a
 * batch, delivers it, and writes down what became of it before the next one is delivered.
 */
import { fault } from '../cluster/fault.ts'
import { MessageAccessError } from '../cluster/messages.ts'
import type { Logger } from '../log.ts'
import { SECOND_MS } from '../units.ts'
import { type CanarySeen, canaryVerdict } from './brake.ts'
import { type Delivery, mayPass, SmallerBatchError } from './delivery.ts'
import { FeedAhead } from './feed-ahead.ts'
import type { AlsoWrite, PartProgress, ProgressStore } from './progress-store.ts'
import { RateLimit } from './rate-limit.ts'
import { isActive, type ReplayState } from './replay-states.ts'
import type { ReplayChange, ReplayGlance, ReplayStore } from './replay-store.ts'
import type { CodedFact, ReplayJob, ReplayPart } from './replay-types.ts'
import { RunFailed, RunGuard, type RunGuardOptions } from './run-guard.ts'
import { RunJob } from './run-job.ts'
import { RunProgress, rest } from './run-progress.ts'
import { BatchSize, nextStep, type RunSituation, type RunStep } from './run-step.ts'
import { RunTrouble } from './run-trouble.ts'
import type { SourceFeed } from './source-feed.ts'

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

const MOST_BATCH_BYTES = 8 * 2 ** 20
const MOST_BATCH_ENTRIES = 20_000
const HELD_LOOK_MS = 250
export class ReplayRun {
  readonly #options: RunOptions
  readonly #size: BatchSize
  readonly #guard: RunGuard
  readonly #trouble: RunTrouble
  readonly #job: RunJob
  readonly #progress: RunProgress
  #feed: FeedAhead | null = null
  #rate: RateLimit
  /** Records of the batch that is under way. */
  #underWay = 0
  readonly #beganAtMs: number

  constructor(job: ReplayJob, parts: ReplayPart[], options: RunOptions) {
    const { store, now, monotonicMs } = options
    this.#job = new RunJob(job, { store, now, monotonicMs, onSeen: (before, seen) => this.#heed(before, seen) })
    this.#progress = new RunProgress(job, parts, options)
    this.#options = options
    this.#rate = new RateLimit(job.rate, monotonicMs())
    this.#size = new BatchSize(options.batchRecords)
    this.#guard = new RunGuard(options)
    this.#trouble = new RunTrouble(job, now)
    this.#beganAtMs = now()
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
      await this.#end('fail', { error: error.reason, waitsFor: null, audit: this.#job.audit('fail', error.reason) })
    } finally {
      await this.#dropFeed()
    }
  }

  /** One look, one step. False when there is nothing more to do. */
  async #turn(signal: AbortSignal): Promise<boolean> {
    await this.#job.look()
    if (this.#job.known.state !== 'canary' && this.#job.known.state !== 'running') this.#options.place?.leave()
    // What was made ahead is more than the new rate allows: it is read again.
    if (this.#feed?.isAhead && !this.#job.isUnlimited) await this.#dropFeed()
    const isPausedByFault = this.#job.known.state === 'paused' && this.#trouble.isMet
    if (isPausedByFault) return false
    if (this.#feed === null && !(await this.#makeReady(signal))) return true
    if (!isActive(this.#job.known.state)) return this.#settle(signal)
    // Whoever started it starts it again when it is resumed: meanwhile it holds no connection and no memory.
    if (this.#job.known.state === 'paused') return false
    const baseline = await this.#guard.look(this.#job.known, this.#progress.sent, signal)
    if (baseline !== null) await this.#job.note({ baseline })
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
        await rest(step.forMs, signal)
        return true
      case 'brake':
        await this.#job.change(
          { type: 'brake' },
          { waitsFor: step.reason, recordsPerSecond: null, audit: this.#job.audit('brake', step.reason) },
        )
        return true
      case 'release': {
        const change = {
          waitsFor: null,
          ...(step.isCanaryLate ? { canarySentAtMs: this.#options.now() } : {}),
          // Whether a cluster in trouble is well again, only the next batch can tell.
          ...(this.#trouble.isTold ? {} : { audit: this.#job.audit('release', this.#job.known.waitsFor) }),
        }
        await this.#job.change({ type: 'release', isCanaryOpen: this.#job.isCanaryOpen }, change)
        return true
      }
      case 'canaryPassed':
        await this.#job.change({ type: 'canaryPassed' }, { isCanaryPassed: true, waitsFor: null })
        return true
      case 'canaryStopped': {
        const waitsFor = { code: 'canaryReturned', facts: this.#returnFacts() }
        await this.#job.change({ type: 'canaryStopped' }, { waitsFor, audit: this.#job.audit('canaryStop', waitsFor) })
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
      const mayGoAhead = this.#job.isUnlimited && !this.#job.isCanaryOpen
      const batch = await feed.take({ records, bytes, entries: MOST_BATCH_ENTRIES }, mayGoAhead, signal)
      this.#underWay = batch.records
      const startedAtMs = monotonicMs()
      const progress = await delivery.deliver(batch, this.#progress.parts)
      this.#size.took(batch.records, monotonicMs() - startedAtMs + delivery.heldBackMs)
      this.#rate.spend(batch.records, batch.bytes)
      this.#progress.took(batch.records)
      await this.#save(progress, signal)
      // Where nothing was sent, nothing is learnt of the target.
      if (!progress.some(({ runs }) => runs.some(({ failure }) => failure === null))) return true
      if (await this.#holdsUnconfirmed(progress)) return true
      if (this.#trouble.isOver) await this.#tellTroubleOver()
      this.#trouble.clear()
    } catch (error) {
      await this.#failed(error, signal)
    }
    return true
  }

  async #tellTroubleOver(): Promise<void> {
    await this.#job.write({ waitsFor: null, audit: this.#job.audit('release', null) })
    this.#trouble.isTold = false
  }

  /** Everything decided is written down; what the run left in the clusters may go. */
  async #complete(signal: AbortSignal): Promise<boolean> {
    await this.#save(this.#progress.leftOut(), signal)
    await this.#job.look(true)
    await this.#end('allDone', { waitsFor: null, audit: this.#job.audit('complete', null) })
    await this.#job.look(true)
    return true
  }

  /** False: not yet. */
  async #makeReady(signal: AbortSignal): Promise<boolean> {
    if (this.#trouble.mayRetry) return this.#recover(signal)
    await rest(HELD_LOOK_MS, signal)
    return false
  }

  /** Brings the database up to what the clusters know, and begins to read anew from there. */
  async #recover(signal: AbortSignal): Promise<boolean> {
    const isEnded = !isActive(this.#job.known.state)
    try {
      if (!isEnded) {
        await this.#guard.verify(signal)
        await this.#options.begin()
      }
      await this.#progress.reload()
      const progress = await this.#options.delivery.open(this.#progress.parts, isEnded, signal)
      if (progress.length > 0) {
        await this.#save(progress, signal)
        await this.#progress.reload()
      }
      this.#feed = new FeedAhead(this.#options.createFeed(this.#progress.parts))
      this.#trouble.clear()
      return true
    } catch (error) {
      await this.#failed(error, signal)
      return false
    }
  }

  /** An ended replay: once all is written down, nothing of it is kept in the clusters. */
  async #settle(signal: AbortSignal): Promise<boolean> {
    const found = this.#options.delivery.leftOver(this.#progress.parts)
    await this.#save(found, signal)
    try {
      await this.#options.delivery.forget(signal)
    } catch (error) {
      // It only takes room there, and expires.
      this.#options.log.warn(
        { err: error, replay: this.#job.known.id },
        'what a replay keeps in the cluster was not removed',
      )
    }
    await this.#job.write({
      hasOpenRun: false,
      ...(found.length > 0 || this.#progress.sent > 0 ? { isWatched: true } : {}),
    })
    return false
  }

  async #save(progress: readonly PartProgress[], signal: AbortSignal): Promise<void> {
    if (await this.#progress.save(progress, signal)) await this.#dropFeed()
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
    this.#options.log.warn({ replay: this.#job.known.id, fault: error.fault }, 'a replay waits for its clusters')
    const reason = this.#trouble.meet(this.#isByQuota(error) ? fault('quotaExceeded') : error.fault)
    if (!isActive(this.#job.known.state) || this.#job.known.state === 'paused') return
    if (!mayPass(error)) {
      // Somebody must mend it; then a resume goes on from here.
      await this.#job.change(
        { type: 'pause' },
        { waitsFor: reason, recordsPerSecond: null, audit: this.#job.audit('pause', reason) },
      )
    } else if (this.#job.known.state !== 'braked') {
      await this.#brakeFor(reason)
    }
  }

  /** Brokers that hold us back leave the next request without an answer. What they let through is less than was tried. */
  #isByQuota(error: MessageAccessError): boolean {
    if (this.#options.delivery.heldBackMs === 0 || !mayPass(error)) return false
    if (this.#underWay > 0) this.#size.shrink(Math.floor(this.#underWay / 2))
    this.#underWay = 0
    return true
  }

  /** The audit log is told once, however often it is tried again. */
  async #brakeFor(reason: CodedFact): Promise<void> {
    const audit = this.#trouble.isTold ? {} : { audit: this.#job.audit('brake', reason) }
    this.#trouble.isTold = true
    await this.#job.change({ type: 'brake' }, { waitsFor: reason, recordsPerSecond: null, ...audit })
  }

  /** One record at a time then finds out whether it confirms again. */
  async #holdsUnconfirmed(progress: readonly PartProgress[]): Promise<boolean> {
    const reason = this.#trouble.doubt(progress, this.#job.known.request.brake.isr)
    if (reason === null) return false
    await this.#dropFeed()
    this.#size.shrink(1)
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
    const { request, canarySentAtMs, state } = this.#job.known
    const { canary } = request
    const nowMonotonicMs = monotonicMs()
    return {
      state: state as RunSituation['state'],
      nowMs: now(),
      // By one clock: who wrote down the start may have another one, and hours between them would be waited for, or lost.
      graceUntilMs: this.#progress.sent > 0 ? 0 : this.#beganAtMs + request.graceSeconds * SECOND_MS,
      brake: this.#guard.brake,
      retryAtMs: this.#trouble.retryAtMs,
      canary:
        canary === null || !this.#job.isCanaryOpen
          ? null
          : {
              left: Math.max(0, canary.count - this.#progress.sent - this.#options.delivery.foundSent),
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
    const { delivered } = this.#job.known.counts
    const { returned } = this.#options.watch
    return { delivered: delivered === null ? null : Number(delivered), returned, readers: this.#guard.readers }
  }

  /** Looked at before each step: a pause or a crash may have come between the last of them and this. */
  async #noteCanarySent(): Promise<void> {
    const { canary } = this.#job.known.request
    const isLast = canary !== null && this.#job.isCanaryOpen && this.#progress.sent >= canary.count
    if (isLast && this.#job.known.canarySentAtMs === null) await this.#job.note({ canarySentAtMs: this.#options.now() })
  }

  /** What people asked for. */
  #heed(before: ReplayJob, seen: ReplayGlance): void {
    this.#rate.change(seen.rate, this.#options.monotonicMs())
    const hasGoneOn = isResumed(before.state, seen.state)
    if (hasGoneOn) this.#trouble.accept()
    // Whoever resumed it took away from where the brake counts.
    if (hasGoneOn || (before.baseline !== null && seen.baseline === null)) this.#guard.release()
  }

  async #end(type: 'allDone' | 'fail', change: ReplayChange): Promise<void> {
    const endedAtMs = this.#options.now()
    await this.#job.change(
      { type },
      { endedAtMs, isWatched: this.#progress.sent > 0, recordsPerSecond: null, ...change },
    )
  }

  async #tellWait(because: CodedFact | null): Promise<void> {
    const { waitsFor: told, request } = this.#job.known
    const isHeldBack = this.#options.delivery.heldBackMs > 0
    const reason = because ?? (isHeldBack ? { code: 'quota', facts: { cluster: request.target.clusterId } } : null)
    if (told?.code === reason?.code || (because === null && this.#trouble.isMet)) return
    await this.#job.note({ waitsFor: reason })
  }

  #returnFacts(): CodedFact['facts'] {
    return { returned: this.#options.watch.returned, produced: this.#progress.sent }
  }
}

function isResumed(before: ReplayState, now: ReplayState): boolean {
  return before === 'braked' && (now === 'running' || now === 'canary')
}
