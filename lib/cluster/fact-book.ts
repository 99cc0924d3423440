/** What was read when, and what could not be read: the `facts` of a snapshot. */
import type { Fault } from './fault.ts'
import type { Outcome } from './outcome.ts'
import type { FactKind, FactStatus, SubjectType } from './snapshot.ts'

/** How often each kind of fact that a driver reads is read; null: with every poll. */
export type Paces<Kind extends FactKind = FactKind> = Readonly<Record<Kind, number | null>>

const KEPT_FAULTS = 20

export class FactBook {
  readonly #statuses: Map<FactKind, FactStatus>

  constructor(paces: Partial<Paces>) {
    const kinds = Object.entries(paces) as [FactKind, number | null][]
    this.#statuses = new Map(
      kinds.map(([kind, paceMs]) => [kind, { kind, paceMs, lastReadAtMs: null, faults: [], faultCount: 0 }]),
    )
  }

  /** Starts a poll: faults are named anew, those of facts that are not due from what was remembered. */
  begin(): void {
    for (const [kind, status] of this.#statuses) this.#statuses.set(kind, { ...status, faults: [], faultCount: 0 })
  }

  wasRead(kind: FactKind, atMs: number): void {
    this.#of(kind).lastReadAtMs = atMs
  }

  fail(kind: FactKind, type: SubjectType, name: string, fault: Fault): void {
    const status = this.#of(kind)
    status.faultCount++
    if (status.faults.length < KEPT_FAULTS) status.faults.push({ subject: { type, name }, fault })
  }

  list(): FactStatus[] {
    return [...this.#statuses.values()]
  }

  #of(kind: FactKind): FactStatus {
    const status = this.#statuses.get(kind)
    if (!status) throw new Error(`no such fact: ${kind}`)
    return status
  }
}

interface Entry<T> {
  atMs: number
  outcome: Outcome<T>
}

/** Answers about subjects (a broker, a topic) that are asked again only after a while; one never asked is due. */
export class PacedCache<T> {
  readonly #entries = new Map<string, Entry<T>>()
  readonly #paceMs: number

  constructor(paceMs: number | null) {
    this.#paceMs = paceMs ?? 0
  }

  /** Subjects never read first, then the oldest; of those read before at most `limit`. */
  due(subjects: Iterable<string>, nowMs: number, limit = Number.POSITIVE_INFINITY): string[] {
    const unread: string[] = []
    const old: { subject: string; atMs: number }[] = []
    for (const subject of subjects) {
      const entry = this.#entries.get(subject)
      if (!entry) unread.push(subject)
      else if (nowMs - entry.atMs >= this.#paceMs) old.push({ subject, atMs: entry.atMs })
    }
    old.sort((a, b) => a.atMs - b.atMs)
    return [...unread, ...old.slice(0, limit).map(({ subject }) => subject)]
  }

  set(subject: string, outcome: Outcome<T>, atMs: number): void {
    this.#entries.set(subject, { outcome, atMs })
  }

  get(subject: string): Outcome<T> | undefined {
    return this.#entries.get(subject)?.outcome
  }

  value(subject: string): T | null {
    return this.#entries.get(subject)?.outcome.value ?? null
  }

  forget(subject: string): void {
    this.#entries.delete(subject)
  }

  /** Drops what is not there any more. */
  retain(isKept: (subject: string) => boolean): void {
    for (const subject of this.#entries.keys()) if (!isKept(subject)) this.#entries.delete(subject)
  }

  *values(): Generator<T> {
    for (const { outcome } of this.#entries.values()) if (outcome.fault === null) yield outcome.value
  }

  *faults(): Generator<[subject: string, fault: Fault]> {
    for (const [subject, { outcome }] of this.#entries) if (outcome.fault) yield [subject, outcome.fault]
  }
}
