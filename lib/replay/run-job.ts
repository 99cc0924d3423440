/** The job of a run as the database has it: what people want of it, and what the run writes to it. */
import type { AuditRecord } from '../audit/audit-log.ts'
import { type OwnAct, ownAudit } from './replay-audit.ts'
import { nextState, type ReplayEvent } from './replay-states.ts'
import type { ReplayChange, ReplayGlance, ReplayStore } from './replay-store.ts'
import type { CodedFact, ReplayJob } from './replay-types.ts'

export interface RunJobOptions {
  store: ReplayStore
  now(): number
  monotonicMs(): number
  /** What others made of it, before it takes the place of what is known. */
  onSeen(before: ReplayJob, seen: ReplayGlance): void
}

const LOOK_EVERY_MS = 200

export class RunJob {
  readonly #options: RunJobOptions
  #job: ReplayJob
  #lookedAtMs = -Infinity

  constructor(job: ReplayJob, options: RunJobOptions) {
    this.#job = job
    this.#options = options
  }

  get known(): ReplayJob {
    return this.#job
  }

  get isUnlimited(): boolean {
    const { recordsPerSecond, bytesPerSecond } = this.#job.rate
    return recordsPerSecond === null && bytesPerSecond === null
  }

  get isCanaryOpen(): boolean {
    return this.#job.request.canary !== null && !this.#job.isCanaryPassed
  }

  /** What people asked for meanwhile. */
  async look(isNow = false): Promise<void> {
    const { monotonicMs, store, onSeen } = this.#options
    const nowMs = monotonicMs()
    if (!isNow && nowMs - this.#lookedAtMs < LOOK_EVERY_MS) return
    this.#lookedAtMs = nowMs
    const seen = await store.glance(this.#job.id)
    if (seen === null) throw new Error(`replay ${this.#job.id} is gone`)
    onSeen(this.#job, seen)
    this.#job = { ...this.#job, ...seen }
  }

  /** What does not change the state is not read again. */
  async note(change: Pick<ReplayChange, 'baseline' | 'canarySentAtMs' | 'waitsFor'>): Promise<void> {
    await this.write(change)
    this.#job = { ...this.#job, ...change }
  }

  async write(change: ReplayChange): Promise<void> {
    await this.#options.store.change(this.#job.id, this.#job.state, change)
  }

  async change(event: ReplayEvent, change: ReplayChange): Promise<void> {
    const state = nextState(this.#job.state, event)
    if (state !== null) await this.write({ state, ...change })
    await this.look(true)
  }

  audit(act: OwnAct, because: CodedFact | null): AuditRecord {
    return ownAudit(this.#job, act, because, this.#options.now())
  }
}
