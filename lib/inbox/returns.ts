/** Dead letters that came back after a replay, until the ledger of the queue they were replayed from knows of them. */
import type { TransactionClient } from '../db.ts'
import type { ReplaySource } from './decode-message.ts'
import type { HandledLedger } from './handled-ledger.ts'
import { OffsetRuns } from './offset-runs.ts'
import { type PlaceRuns, placeKey } from './queues.ts'

/** Whose queue it was; kept for as long as a scan takes. */
interface KnownJob {
  queueId: number
  actor: string
}

export class Returns {
  readonly #ledger: HandledLedger
  readonly #nowMs: () => number
  #pending = new Map<string, ReplaySource[]>()
  readonly #jobs = new Map<string, KnownJob | null>()

  constructor(ledger: HandledLedger, nowMs: () => number) {
    this.#ledger = ledger
    this.#nowMs = nowMs
  }

  add(source: ReplaySource): void {
    const ofJob = this.#pending.get(source.jobId)
    if (ofJob === undefined) this.#pending.set(source.jobId, [source])
    else ofJob.push(source)
  }

  /** Forgets what was added: it is stored. */
  clear(): void {
    this.#pending = new Map()
  }

  /** The queues whose ledgers `store` will write to; to be locked with what else the transaction writes to. */
  async queueIds(tx: TransactionClient): Promise<number[]> {
    const jobs = await Promise.all([...this.#pending.keys()].map((jobId) => this.#jobOf(tx, jobId)))
    return jobs.flatMap((job) => (job === null ? [] : [job.queueId]))
  }

  /** Headers that name a job nobody began are somebody else's words, and believed by nobody. */
  async store(tx: TransactionClient): Promise<void> {
    for (const [jobId, sources] of this.#pending) {
      const job = await this.#jobOf(tx, jobId)
      if (job === null) continue
      const action = { kind: 'return' as const, actor: job.actor, atMs: this.#nowMs(), note: null, replayId: jobId }
      await this.#ledger.markWithin(tx, job.queueId, action, placesOf(sources))
    }
  }

  async #jobOf(tx: TransactionClient, jobId: string): Promise<KnownJob | null> {
    const known = this.#jobs.get(jobId)
    if (known !== undefined) return known
    const row = await tx.dlqAction.findFirst({
      where: { replayId: jobId, kind: 'replay' },
      orderBy: { id: 'desc' },
      select: { queueId: true, actor: true },
    })
    this.#jobs.set(jobId, row)
    return row
  }
}

function placesOf(sources: readonly ReplaySource[]): PlaceRuns[] {
  const byPlace = Map.groupBy(sources, placeKey)
  return [...byPlace.values()].map((ofPlace) => {
    const { partition, broker } = ofPlace[0] as ReplaySource
    return { partition, broker, runs: OffsetRuns.of(ofPlace.map(({ offset }) => ({ from: offset, to: offset + 1n }))) }
  })
}
