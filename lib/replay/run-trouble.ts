/** What a run meets at its clusters and tries again: when it does, and whether people have been told. */
import type { Fault } from '../cluster/fault.ts'
import { MINUTE_MS, SECOND_MS } from '../units.ts'
import type { PartProgress } from './progress-store.ts'
import type { CodedFact, ReplayJob } from './replay-types.ts'

const FIRST_RETRY_MS = SECOND_MS
export const LONGEST_RETRY_MS = MINUTE_MS / 2
const UNCONFIRMED = 'targetUnconfirmed'
/** Tried again and again, and one entry of the audit log. */
const TROUBLES: ReadonlySet<string> = new Set(['clusterFault', UNCONFIRMED])

export class RunTrouble {
  readonly #now: () => number
  #met: { reason: CodedFact; retryAtMs: number; failures: number } | null = null
  /** Batches in a row that were stored without being confirmed. */
  #doubts = 0
  /** Somebody saw that and resumed it all the same: until it is confirmed again. */
  #acceptsUnconfirmed = false
  /** The audit log knows that a cluster is in trouble: each try would be another entry. */
  isTold: boolean

  constructor({ state, waitsFor }: ReplayJob, now: () => number) {
    this.#now = now
    this.isTold = state === 'braked' && TROUBLES.has(waitsFor?.code ?? '')
  }

  get isMet(): boolean {
    return this.#met !== null
  }

  /** Null: there is none. */
  get retryAtMs(): number | null {
    return this.#met?.retryAtMs ?? null
  }

  get mayRetry(): boolean {
    return this.#met === null || this.#now() >= this.#met.retryAtMs
  }

  /** It was told, and the last batch showed that it is over. */
  get isOver(): boolean {
    return this.isTold && !this.#acceptsUnconfirmed
  }

  meet({ code, facts }: Fault): CodedFact {
    const reason = { code: 'clusterFault', facts: { ...facts, fault: code } }
    this.#wait(reason, (this.#met?.failures ?? 0) + 1)
    return reason
  }

  clear(): void {
    this.#met = null
  }

  /** Somebody goes on in spite of it. */
  accept(): void {
    if (this.#met?.reason.code !== UNCONFIRMED) return
    this.#acceptsUnconfirmed = true
    this.#met = null
  }

  /** What a master alone has is lost with it: why the rest holds until it confirms again; null when it need not. */
  doubt(progress: readonly PartProgress[], isHolding: boolean): CodedFact | null {
    const target = progress.flatMap(({ runs }) => runs).find((run) => run.failure === null && run.isUnconfirmed)?.target
    if (target == null) {
      this.#doubts = 0
      this.#acceptsUnconfirmed = false
      return null
    }
    if (!isHolding || this.#acceptsUnconfirmed) return null
    this.#doubts += 1
    const reason = { code: UNCONFIRMED, facts: { topic: target.topic, broker: target.broker ?? '' } }
    this.#wait(reason, this.#doubts)
    return reason
  }

  #wait(reason: CodedFact, failures: number): void {
    const waitMs = Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS)
    this.#met = { reason, failures, retryAtMs: this.#now() + waitMs }
  }
}
