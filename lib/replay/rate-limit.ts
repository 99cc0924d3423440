/** How fast records may go: tokens that fill up evenly. Pure; the caller brings the time. */
export interface ReplayRate {
  /** Null: unlimited. */
  recordsPerSecond: number | null
  bytesPerSecond: number | null
}

/** Unused time counts for this long: after a pause nothing may come in a rush. */
const LONGEST_SAVING_MS = 1_000

interface Bucket {
  perSecond: number | null
  /** May be negative: a record larger than what a second allows goes whole and is waited for afterwards. */
  tokens: number
}

export class RateLimit {
  #records: Bucket
  #bytes: Bucket
  #atMs: number

  /** @param nowMs of a clock that goes on evenly */
  constructor(rate: ReplayRate, nowMs: number) {
    this.#records = { perSecond: rate.recordsPerSecond, tokens: 0 }
    this.#bytes = { perSecond: rate.bytesPerSecond, tokens: 0 }
    this.#atMs = nowMs
  }

  /** What was saved or is owed at the old rate counts no more than it would at the new one. */
  change(rate: ReplayRate, nowMs: number): void {
    this.#fill(nowMs)
    for (const [bucket, perSecond] of [
      [this.#records, rate.recordsPerSecond],
      [this.#bytes, rate.bytesPerSecond],
    ] as const) {
      if (bucket.perSecond === perSecond) continue
      // A debt of so many seconds stays one of so many seconds, or a fast start would be paid for at the slow rate.
      if (bucket.perSecond !== null && perSecond !== null) bucket.tokens *= perSecond / bucket.perSecond
      else bucket.tokens = 0
      bucket.perSecond = perSecond
    }
  }

  /** How many records and bytes may go now; null: no limit. One record may always go when both are positive. */
  allowance(nowMs: number): { records: number | null; bytes: number | null } {
    this.#fill(nowMs)
    return { records: allowed(this.#records), bytes: allowed(this.#bytes) }
  }

  /** 0 when a record may go now. */
  waitMs(nowMs: number): number {
    this.#fill(nowMs)
    return Math.max(waitOf(this.#records, 1), waitOf(this.#bytes, 0))
  }

  spend(records: number, bytes: number): void {
    if (this.#records.perSecond !== null) this.#records.tokens -= records
    if (this.#bytes.perSecond !== null) this.#bytes.tokens -= bytes
  }

  #fill(nowMs: number): void {
    const passedMs = Math.max(0, nowMs - this.#atMs)
    this.#atMs = nowMs
    fill(this.#records, passedMs, 1)
    fill(this.#bytes, passedMs, 0)
  }
}

/** Slower than one per second, a whole record must be saved up for all the same. */
function fill(bucket: Bucket, passedMs: number, least: number): void {
  if (bucket.perSecond === null) return
  const most = Math.max((bucket.perSecond * LONGEST_SAVING_MS) / 1_000, least)
  bucket.tokens = Math.min(most, bucket.tokens + (bucket.perSecond * passedMs) / 1_000)
}

function allowed({ perSecond, tokens }: Bucket): number | null {
  return perSecond === null ? null : Math.max(0, tokens)
}

function waitOf({ perSecond, tokens }: Bucket, needed: number): number {
  if (perSecond === null) return 0
  const missing = needed - tokens
  if (needed === 0 ? tokens > 0 : missing <= 1e-9) return 0
  return Math.max(1, (Math.max(missing, 1e-6) / perSecond) * 1_000)
}
