/** What a running replay does next. Pure: what it knows goes in, one step comes out. */
import type { CanaryVerdict } from './brake.ts'
import type { CodedFact } from './replay-types.ts'

export interface RunSituation {
  state: 'canary' | 'running' | 'braked'
  nowMs: number
  /** Nothing is sent before: the time in which a start can be taken back whole. */
  graceUntilMs: number
  /** Why the brake holds it; null: it does not. */
  brake: CodedFact | null
  /** The cluster refused lately: not before then is it asked again. */
  retryAtMs: number | null
  /** Null without one, or when it has passed. */
  canary: { left: number; sentAtMs: number | null; waitMs: number; verdict: CanaryVerdict } | null
  /** Until the rate allows a record; 0: now. */
  rateWaitMs: number
  /** What the rate allows now; null: no limit. */
  allowance: { records: number | null; bytes: number | null }
  limits: { records: number; bytes: number }
}

export type RunStep =
  | { type: 'wait'; forMs: number; because: CodedFact | null }
  | { type: 'brake'; reason: CodedFact }
  /** `isCanaryLate`: its time was over while it was held. It has its whole time from here, in which it may come back. */
  | { type: 'release'; isCanaryLate: boolean }
  | { type: 'canaryPassed' }
  | { type: 'canaryStopped' }
  | { type: 'send'; records: number; bytes: number }

/** People who pause or change the rate see it within this time. */
const LONGEST_WAIT_MS = 250

export function nextStep(situation: RunSituation): RunStep {
  const { state, nowMs, graceUntilMs, canary, retryAtMs } = situation
  if (nowMs < graceUntilMs) return wait(graceUntilMs - nowMs, { code: 'grace', facts: {} })
  const hold = situation.brake ?? (canary === null ? null : unreadReason(canary, nowMs))
  if (hold !== null) return state === 'braked' ? wait(LONGEST_WAIT_MS, hold) : { type: 'brake', reason: hold }
  if (retryAtMs !== null && nowMs < retryAtMs) return wait(retryAtMs - nowMs, null)
  if (state === 'braked') return { type: 'release', isCanaryLate: canary !== null && isTimeOver(canary, nowMs) }
  const judged = canary === null ? null : canaryStep(canary, nowMs)
  if (judged !== null) return judged
  return sendStep(situation)
}

type Canary = NonNullable<RunSituation['canary']>

const UNREAD = { unread: 'canaryUnread', noReader: 'canaryNoReader' }

/** Held by what nobody has read, a canary says nothing yet: a person who goes on all the same takes it as passed. */
export function isCanaryHold(code: string): boolean {
  return Object.values(UNREAD).includes(code)
}

function isTimeOver({ left, sentAtMs, waitMs }: Canary, nowMs: number): boolean {
  return left === 0 && sentAtMs !== null && nowMs >= sentAtMs + waitMs
}

function unreadReason(canary: Canary, nowMs: number): CodedFact | null {
  const { verdict } = canary
  if (!isTimeOver(canary, nowMs)) return null
  return verdict === 'unread' || verdict === 'noReader' ? { code: UNREAD[verdict], facts: {} } : null
}

function canaryStep(canary: Canary, nowMs: number): RunStep | null {
  if (canary.left > 0 || canary.sentAtMs === null) return null
  const judgeAtMs = canary.sentAtMs + canary.waitMs
  if (nowMs < judgeAtMs) return wait(judgeAtMs - nowMs, { code: 'canary', facts: {} })
  return { type: canary.verdict === 'pass' ? 'canaryPassed' : 'canaryStopped' }
}

function sendStep({ rateWaitMs, allowance, limits, canary }: RunSituation): RunStep {
  if (rateWaitMs > 0) return wait(rateWaitMs, null)
  const records = Math.min(limits.records, allowance.records ?? limits.records, canary?.left ?? limits.records)
  const bytes = Math.min(limits.bytes, allowance.bytes ?? limits.bytes)
  return { type: 'send', records: Math.max(1, Math.floor(records)), bytes: Math.max(1, Math.floor(bytes)) }
}

function wait(forMs: number, because: CodedFact | null): RunStep {
  return { type: 'wait', forMs: Math.min(forMs, LONGEST_WAIT_MS), because }
}

/** How large the next transaction may be, so that one takes about half a second and never much longer than one. */
export class BatchSize {
  #records: number
  /** While a refused record is looked for, or a quota lets no more through. */
  #atMost: number | null = null

  constructor(firstRecords: number = FIRST_RECORDS) {
    this.#records = firstRecords
  }

  get records(): number {
    return Math.min(this.#records, this.#atMost ?? MOST_RECORDS)
  }

  /** After a batch of this many records that took so long. */
  took(records: number, ms: number): void {
    if (this.#atMost !== null && ms <= SLOW_MS) {
      const next = this.#atMost * 2
      this.#atMost = next >= FIRST_RECORDS ? null : next
    }
    if (ms > SLOW_MS) this.#records = Math.max(LEAST_RECORDS, Math.floor(this.#records / 2))
    else if (ms < FAST_MS && records >= this.#records) this.#records = Math.min(MOST_RECORDS, this.#records * 2)
  }

  /** No more than this many, and twice as many with each batch that goes well. */
  shrink(records: number): void {
    this.#atMost = Math.max(1, records)
  }

  /** The cluster has trouble: begin small again. */
  reset(): void {
    this.#records = LEAST_RECORDS
  }
}

const FIRST_RECORDS = 2_000
const LEAST_RECORDS = 100
const MOST_RECORDS = 16_000
const FAST_MS = 400
const SLOW_MS = 800
