/**
 * The selected records of all source partitions, read ahead and decided one by one, in batches. Each partition's come in
 * the order of their offsets; partitions take turns. What is held is bounded: one fetch being used and one ahead for
 * each partition, within a sum for all.
 */
import { setImmediate } from 'node:timers/promises'
import type { MessageReader, PartitionPlace, StoredMessage } from '../cluster/messages.ts'
import { readKnown } from '../cluster/read-known.ts'
import type { DecodedDeadLetter } from '../dlq/dead-letter.ts'
import { originalOf } from '../inbox/decode-message.ts'
import type { OffsetRuns } from '../inbox/offset-runs.ts'
import type { PayloadReader } from '../inbox/payload-reader.ts'
import { placeKey } from '../inbox/queues.ts'
import { contentOf, type DecideContext, decide, decodeRecord, type Sendable } from './decide.ts'
import { keyDigest } from './key-digest.ts'
import type { OriginalQueues } from './original-queues.ts'
import { MOST_FAILURES } from './progress-note.ts'
import type { FailureCode, ReplayPart } from './replay-types.ts'
import { wantedOf } from './still-to-send.ts'

/** A record to send, or records that cannot be. */
export type FeedEntry =
  | ({ ordinal: number; offset: bigint; failure: null } & Sendable)
  /** `stops`: digest of the key of which nothing more may go. It comes alone, to be written down before anything else. */
  | { ordinal: number; from: bigint; to: bigint; failure: FailureCode; stops?: string }

export interface FeedBatch {
  entries: FeedEntry[]
  /** Up to where each part is done once all of the batch is. */
  reached: { ordinal: number; from: bigint; to: bigint }[]
  records: number
  bytes: number
}

export interface FeedLimits {
  records: number
  bytes: number
  /** Skipped and failed records cost no rate, but a batch of them ends, too. */
  entries: number
}

export interface FeedOptions {
  reader: MessageReader
  context: DecideContext
  payloads: PayloadReader
  /** By place, what others did since the plan was made: it is not theirs and ours. */
  handled: ReadonlyMap<string, OffsetRuns>
  /** Null: no queue has to be looked for. */
  originals: OriginalQueues | null
  now(): number
}

/** For all partitions together. */
const MOST_AHEAD_BYTES = 8 * 2 ** 20
const MOST_FETCH_BYTES = 4 * 2 ** 20
const LEAST_FETCH_BYTES = 64 * 1_024
/** So many of one partition before the next has its turn. */
const TURN_RECORDS = 500

export class SourceFeed {
  readonly #cursors: PartCursor[]
  readonly #now: () => number
  #turn = 0

  constructor(parts: readonly ReplayPart[], options: FeedOptions) {
    this.#now = options.now
    const open = parts.filter(({ selected, nextOffset }) => selected.firstFrom(nextOffset) !== null).length
    const share = Math.floor(MOST_AHEAD_BYTES / 2 / Math.max(1, open))
    const fetchBytes = Math.min(MOST_FETCH_BYTES, Math.max(LEAST_FETCH_BYTES, share))
    this.#cursors = parts.map((part, ordinal) => new PartCursor(part, ordinal, options, fetchBytes))
  }

  get isDone(): boolean {
    return this.#cursors.every((cursor) => cursor.isDone)
  }

  /**
   * The next records, at least one unless all are done. A record that is larger than `bytes` comes alone.
   *
   * @throws MessageAccessError when the source cannot be read
   */
  async take(limits: FeedLimits, signal: AbortSignal): Promise<FeedBatch> {
    const batch = new BatchBuilder(limits)
    const nowMs = this.#now()
    while (!batch.isFull) {
      const cursor = this.#next()
      if (cursor === null) break
      await cursor.fill(signal)
      // The batch before is on its way: its answers are read between the turns, not behind the last of them.
      await setImmediate()
      for (let count = 0; count < TURN_RECORDS && !batch.isFull; count += 1) {
        const step = cursor.peek()
        if (step === null) break
        const decided = cursor.decide(step, nowMs, signal)
        // Only a payload that lies elsewhere has to be waited for.
        const entry = decided instanceof Promise ? await decided : decided
        if (!batch.add(entry)) return batch.build(this.#cursors)
        cursor.advance(step)
      }
    }
    return batch.build(this.#cursors)
  }

  /** Ends fetches that are still under way. */
  async close(): Promise<void> {
    await Promise.all(this.#cursors.map((cursor) => cursor.close()))
  }

  #next(): PartCursor | null {
    const declared = this.#cursors.find((cursor) => cursor.isDeclared)
    if (declared !== undefined) return declared
    for (let tried = 0; tried < this.#cursors.length; tried += 1) {
      const cursor = this.#cursors[this.#turn++ % this.#cursors.length]
      if (cursor !== undefined && !cursor.isDone) return cursor
    }
    return null
  }
}

class BatchBuilder {
  readonly #limits: FeedLimits
  readonly #entries: FeedEntry[] = []
  #records = 0
  #bytes = 0
  #isOver = false

  constructor(limits: FeedLimits) {
    this.#limits = limits
  }

  get isFull(): boolean {
    const { records, bytes, entries } = this.#limits
    return (
      this.#isOver ||
      this.#records >= records ||
      this.#bytes >= bytes ||
      this.#entries.length >= entries ||
      this.#entries.length - this.#records >= MOST_FAILURES
    )
  }

  /** False when it has no room any more; null: nothing to add. */
  add(entry: FeedEntry | null): boolean {
    if (entry === null) return true
    if (entry.failure === null) {
      if (this.#records > 0 && this.#bytes + entry.sizeBytes > this.#limits.bytes) return false
      this.#records += 1
      this.#bytes += entry.sizeBytes
    } else if (entry.stops !== undefined) {
      if (this.#entries.length > 0) return false
      this.#isOver = true
    }
    this.#entries.push(entry)
    return true
  }

  build(cursors: readonly PartCursor[]): FeedBatch {
    const reached = cursors.flatMap((cursor) => cursor.takeReached() ?? [])
    return { entries: this.#entries, reached, records: this.#records, bytes: this.#bytes }
  }
}

/** What comes next in a partition: a record, or offsets that were selected and are not there. */
type Step = { record: StoredMessage; to: bigint } | { record: null; from: bigint; to: bigint; isExpired: boolean }

const NO_HOMES: Fetched['homes'] = new Map()

class PartCursor {
  readonly #part: ReplayPart
  readonly #ordinal: number
  readonly #options: FeedOptions
  readonly #fetchBytes: number
  /** Selected and not left out by the plan. */
  readonly #wanted: OffsetRuns
  readonly #stopped: ReadonlySet<string>
  readonly #handled: OffsetRuns | undefined
  readonly #closing = new AbortController()
  /** Everything selected below it was handed out. */
  #at: bigint
  #handedOut: bigint
  #records: StoredMessage[] = []
  /** By offset, where they lay at first. */
  #homes: Fetched['homes'] = NO_HOMES
  #index = 0
  /** Up to where the records in hand were read. */
  #readTo: bigint
  #startOffset = 0n
  #ahead: Promise<Fetched> | null = null
  #want: bigint | null
  /** Behind the last offset of the run that `#want` is in. */
  #runTo = 0n

  constructor(part: ReplayPart, ordinal: number, options: FeedOptions, fetchBytes: number) {
    this.#part = part
    this.#ordinal = ordinal
    this.#options = options
    this.#fetchBytes = fetchBytes
    this.#wanted = wantedOf(part)
    this.#stopped = new Set(part.stoppedKeys)
    this.#handled = options.handled.get(placeKey(part))
    this.#at = part.nextOffset
    this.#handedOut = part.nextOffset
    this.#readTo = part.nextOffset
    this.#want = this.#wantedFrom(part.nextOffset)
  }

  get isDone(): boolean {
    return this.#want === null
  }

  /** An earlier batch that was declared may hold what comes next: sent or not, it is told before anything else goes. */
  get isDeclared(): boolean {
    return this.#want !== null && this.#want < (this.#part.inFlightTo ?? 0n)
  }

  /** Reads on when nothing is in hand. */
  async fill(signal: AbortSignal): Promise<void> {
    while (this.#want !== null && this.#index >= this.#records.length && this.#want >= this.#readTo) {
      const fetched = await (this.#ahead ?? this.#fetch(this.#want, signal))
      this.#ahead = null
      if (fetched.error !== null) throw fetched.error
      this.#records = fetched.records
      this.#homes = fetched.homes
      this.#index = 0
      this.#startOffset = fetched.startOffset
      this.#readTo = fetched.readTo
      const next = this.#wanted.firstFrom(this.#readTo)
      if (next !== null) this.#ahead = this.#fetch(next, AbortSignal.any([signal, this.#closing.signal]))
    }
  }

  /** Null when nothing is in hand. */
  peek(): Step | null {
    const want = this.#want
    if (want === null) return null
    while (this.#index < this.#records.length && (this.#records[this.#index] as StoredMessage).offset < want) {
      this.#index += 1
    }
    const record = this.#records[this.#index]
    if (record?.offset === want) return { record, to: want + 1n }
    const upTo = record?.offset ?? this.#readTo
    if (want >= upTo) return null
    return this.#missing(want, upTo)
  }

  advance(step: Step): void {
    if (step.record !== null) this.#index += 1
    this.#at = step.to
    this.#want = step.to < this.#runTo ? step.to : this.#wantedFrom(step.to)
  }

  decide(step: Step, nowMs: number, signal: AbortSignal): FeedEntry | Promise<FeedEntry> {
    const ordinal = this.#ordinal
    if (step.record === null) {
      return { ordinal, from: step.from, to: step.to, failure: step.isExpired ? 'expired' : 'gone' }
    }
    const { record } = step
    if (this.#handled?.has(record.offset)) return this.#failed(record, 'handledMeanwhile')
    const decoded = decodeRecord(record, this.#options.context)
    const place = originalOf(decoded)
    if (place === null) return this.#entryOf(record, decoded, null, nowMs)
    return this.#options.payloads
      .read(place, record.timestampMs, signal)
      .then((original) =>
        original === null && decoded.pointer !== null
          ? this.#failed(record, 'payloadGone')
          : this.#entryOf(record, decoded, original, nowMs),
      )
  }

  #entryOf(
    record: StoredMessage,
    decoded: DecodedDeadLetter,
    original: StoredMessage | null,
    nowMs: number,
  ): FeedEntry {
    const { send, skip } = decide(
      record,
      decoded,
      original,
      this.#options.context,
      nowMs,
      this.#homes.get(record.offset),
    )
    // The plan said that it is sent, from the same bytes: something else than the record has changed.
    if (send === null) {
      const failed = this.#failed(record, skip === 'tooLarge' ? 'tooLarge' : 'notAsPlanned')
      const stops = keyDigest(contentOf(record, decoded, original).key)
      return stops === null || this.#stopped.has(stops) ? failed : { ...failed, stops }
    }
    const key = this.#stopped.size === 0 ? null : keyDigest(send.message.key)
    if (key !== null && this.#stopped.has(key)) return this.#failed(record, 'behindFailed')
    const { message, route, sizeBytes } = send
    return { ordinal: this.#ordinal, offset: record.offset, failure: null, message, route, sizeBytes }
  }

  #failed({ offset }: StoredMessage, failure: FailureCode): Exclude<FeedEntry, { failure: null }> {
    return { ordinal: this.#ordinal, from: offset, to: offset + 1n, failure }
  }

  /** What was handed out since it was asked last; null when nothing was. */
  takeReached(): { ordinal: number; from: bigint; to: bigint } | null {
    // Behind the last wanted record everything is decided, also what the plan leaves out.
    const to = this.#want === null ? (this.#part.selected.end ?? this.#at) : this.#at
    if (to <= this.#handedOut) return null
    const from = this.#handedOut
    this.#handedOut = to
    return { ordinal: this.#ordinal, from, to }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#ahead
  }

  /** Of the selected offsets up to `upTo`, those of the first run. */
  #missing(want: bigint, upTo: bigint): Step {
    let to = this.#runTo < upTo ? this.#runTo : upTo
    const isExpired = want < this.#startOffset
    if (isExpired && this.#startOffset < to) to = this.#startOffset
    return { record: null, from: want, to, isExpired }
  }

  #wantedFrom(offset: bigint): bigint | null {
    for (const { from, to } of this.#wanted.from(offset)) {
      this.#runTo = to
      return from
    }
    return null
  }

  /** Failures are handed on when the records are asked for: nobody waits for a fetch ahead. */
  async #fetch(from: bigint, signal: AbortSignal): Promise<Fetched> {
    const { partition, broker } = this.#part
    const { reader, context, originals } = this.#options
    const request = { topic: context.request.topic, partition, broker, fromOffset: from, maxBytes: this.#fetchBytes }
    try {
      const end = this.#part.selected.end ?? from
      const { messages, nextOffset, startOffset } = await readKnown(reader, request, end, signal)
      const wanted = originals === null ? [] : messages.filter(({ offset }) => this.#wanted.has(offset))
      const homes = originals === null ? NO_HOMES : await originals.find(wanted, signal)
      return { records: messages, homes, readTo: nextOffset, startOffset, error: null }
    } catch (error) {
      return { records: [], homes: NO_HOMES, readTo: from, startOffset: 0n, error }
    }
  }
}

interface Fetched {
  records: StoredMessage[]
  homes: ReadonlyMap<bigint, PartitionPlace>
  readTo: bigint
  startOffset: bigint
  error: unknown
}
