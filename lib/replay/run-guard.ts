/** Looks, each at its own pace, at what a run rests on and at what it does to its target: whether it may go on. */
import { MessageAccessError } from '../cluster/messages.ts'
import { SECOND_MS } from '../units.ts'
import { blindReason, brakeReason } from './brake.ts'
import type { CodedFact, ReplayBaseline, ReplayJob } from './replay-types.ts'
import type { TargetView, TargetWatch } from './target-watch.ts'

export interface RunGuardOptions {
  /** What the plan rests on, looked at again: why it no longer holds; null when it does. */
  verify(signal: AbortSignal): Promise<CodedFact | null>
  watch: TargetWatch
  monotonicMs(): number
}

const VERIFY_EVERY_MS = 5 * SECOND_MS
const BRAKE_EVERY_MS = SECOND_MS

/** It cannot go on, and no waiting helps. */
export class RunFailed extends Error {
  readonly reason: CodedFact

  constructor(reason: CodedFact) {
    super(reason.code)
    this.reason = reason
  }
}

export class RunGuard {
  readonly #options: RunGuardOptions
  #verifiedAtMs = -Infinity
  #brakedAtMs = -Infinity
  #brake: CodedFact | null = null
  /** It holds because nobody sees the target. */
  #isBlind = false
  /** Somebody saw that and resumed it all the same: until the target is seen again. */
  #goesBlind = false
  #readers = 0

  constructor(options: RunGuardOptions) {
    this.#options = options
  }

  /** Why it must hold, as seen last; null when nothing forbids to go on. */
  get brake(): CodedFact | null {
    return this.#brake
  }

  /** Groups that read the target, as seen last. */
  get readers(): number {
    return this.#readers
  }

  /** A person who goes on in spite of the brake, or after a fault was mended, is not told the same again at once. */
  release(): void {
    this.#goesBlind = this.#isBlind
    this.#brake = null
  }

  /**
   * @returns how things stood at this first look, to be kept with the job; null when it has that already, or nothing was
   *   due, or nobody saw how they stand
   * @throws RunFailed
   */
  async look(job: ReplayJob, sent: number, signal: AbortSignal): Promise<ReplayBaseline | null> {
    const { monotonicMs, watch } = this.#options
    const nowMs = monotonicMs()
    if (nowMs - this.#verifiedAtMs >= VERIFY_EVERY_MS) await this.#verifyQuietly(signal)
    if (nowMs - this.#brakedAtMs < BRAKE_EVERY_MS) return null
    this.#brakedAtMs = nowMs
    const { lagByGroup, groups, targets, sight } = await watch.look()
    const { returned } = watch
    this.#readers = groups.length
    const { brake } = job.request
    const blind = blindReason(brake, sight)
    const isHeld = job.state === 'braked' && this.#brake !== null
    if (blind === null) this.#goesBlind = false
    this.#isBlind = blind !== null
    if (blind !== null) {
      this.#brake = this.#goesBlind ? null : blind
      return null
    }
    const baseline = knownBaseline(job.baseline ?? { lagByGroup, returned, produced: sent }, lagByGroup)
    this.#brake = brakeReason({ brake, baseline, groups, targets, isHeld, produced: sent, returned })
    return baseline === job.baseline ? null : baseline
  }

  /** @throws RunFailed, MessageAccessError */
  async verify(signal: AbortSignal): Promise<void> {
    this.#verifiedAtMs = this.#options.monotonicMs()
    const reason = await this.#options.verify(signal)
    if (reason !== null) throw new RunFailed(reason)
  }

  async #verifyQuietly(signal: AbortSignal): Promise<void> {
    try {
      await this.verify(signal)
    } catch (error) {
      if (error instanceof RunFailed) throw error
      // A cluster that does not answer just now is noticed by the next batch.
      if (!(error instanceof MessageAccessError) && !signal.aborted) throw error
    }
  }
}

/** A lag that was not known at the start counts from when it is. */
function knownBaseline(baseline: ReplayBaseline, lagByGroup: TargetView['lagByGroup']): ReplayBaseline {
  const learnt = Object.entries(lagByGroup).filter(
    ([group, lag]) => lag !== null && baseline.lagByGroup[group] === null,
  )
  if (learnt.length === 0) return baseline
  return { ...baseline, lagByGroup: { ...baseline.lagByGroup, ...Object.fromEntries(learnt) } }
}
