/** Within one Kafka cluster: records and progress commit in one transaction, which is never open while anything waits. */
import {
  type ExactlyOnceChannel,
  MessageAccessError,
  type MessageReader,
  type Progress,
  type SentMessage,
} from '../cluster/messages.ts'
import { placeKey } from '../inbox/queues.ts'
import { MINUTE_MS, SECOND_MS } from '../units.ts'
import { type Delivery, isRefusal, mayPass, progressOf, SmallerBatchError, windowOf } from './delivery.ts'
import { keyDigest } from './key-digest.ts'
import { type EntryOutcome, OutcomeBuilder } from './outcome-codec.ts'
import { type ProgressNote, readNote, writeNote } from './progress-note.ts'
import type { PartProgress, ProgressStore } from './progress-store.ts'
import type { ReplayPart } from './replay-types.ts'
import { type LookRange, lookForSent } from './sent-lookup.ts'
import type { FeedBatch, FeedEntry } from './source-feed.ts'
import { wantedOf } from './still-to-send.ts'
import { unlessGone } from './unless-gone.ts'

export interface ExactlyOnceOptions {
  jobId: string
  channel: ExactlyOnceChannel
  reader: MessageReader
  sourceTopic: string
  targets: readonly string[]
  progress: Pick<ProgressStore, 'saveIntent'>
  startedAtMs: number
  now(): number
  monotonicMs(): number
  /** Of an ended job, so long somebody may give the rights back that asking for its progress needs. */
  patienceMs?: number
}

const COMMIT_DEADLINE_MS = 30 * SECOND_MS
/** Brokers' clocks may be behind ours by this much when records are looked for by time. */
const CLOCK_MARGIN_MS = 10 * MINUTE_MS
const PATIENCE_MS = 5 * MINUTE_MS

type Sendable = Extract<FeedEntry, { failure: null }>

export class ExactlyOnceDelivery implements Delivery {
  readonly #options: ExactlyOnceOptions
  /** `open` tells all of it. */
  readonly foundSent = 0
  #refusedSinceMs: number | null = null

  constructor(options: ExactlyOnceOptions) {
    this.#options = options
  }

  async open(parts: readonly ReplayPart[], isEnded: boolean, signal: AbortSignal): Promise<PartProgress[]> {
    if (!isEnded) return this.#completed(parts, await this.#options.channel.open(signal), signal)
    let told: Progress[] = []
    try {
      told = await this.#askEnded(signal)
      return await this.#completed(parts, told, signal)
    } catch (error) {
      if (!this.#mayGiveUp(error)) throw error
      return this.#lookWithoutProgress(parts, told, signal)
    }
  }

  async #completed(
    parts: readonly ReplayPart[],
    told: readonly Progress[],
    signal: AbortSignal,
  ): Promise<PartProgress[]> {
    const recovered: PartProgress[] = []
    for (const [ordinal, part] of parts.entries()) {
      const committed = progressIn(told, part)
      if (committed === undefined || committed.nextOffset <= part.nextOffset) continue
      const one = { part, ordinal, to: committed.nextOffset, note: readNote(committed.note) }
      recovered.push(await this.#recover(one, signal))
    }
    return recovered
  }

  async #askEnded(signal: AbortSignal): Promise<Progress[]> {
    const { reader, sourceTopic } = this.#options
    // Of a topic that we may not see, no progress is told, as if there were none.
    await unlessGone(() => reader.describe(sourceTopic, signal), signal)
    return this.#openOrPeek(signal)
  }

  /** Nobody but a person can mend it, and has had time for that. */
  #mayGiveUp(error: unknown): boolean {
    if (!isForGood(error)) return false
    const { monotonicMs, patienceMs = PATIENCE_MS } = this.#options
    this.#refusedSinceMs ??= monotonicMs()
    return monotonicMs() - this.#refusedSinceMs >= patienceMs
  }

  /** Who may not open the transaction may still see what it has committed: it is closed to all who would add to it. */
  async #openOrPeek(signal: AbortSignal): Promise<Progress[]> {
    const { channel } = this.#options
    try {
      return await channel.open(signal)
    } catch (error) {
      if (!isForGood(error)) throw error
      return channel.peek(signal)
    }
  }

  async deliver(batch: FeedBatch, parts: readonly ReplayPart[]): Promise<PartProgress[]> {
    const sends = batch.entries.filter((entry): entry is Sendable => entry.failure === null)
    if (sends.length === 0) return progressOf(batch, parts, [], new Map())
    const startedAtMs = this.#options.now()
    // Should nobody be allowed to ask the channel one day, this is what may have been sent.
    await this.#options.progress.saveIntent(this.#options.jobId, batch.reached, null)
    try {
      const sent = await this.#options.channel.commit(
        sends.map(({ message }) => message),
        (places) => this.#notes(batch, parts, sends, places, startedAtMs),
        AbortSignal.timeout(COMMIT_DEADLINE_MS),
      )
      const outcomes = sent.map((place): EntryOutcome => ({ sent: place, failure: null }))
      return progressOf(batch, parts, outcomes, new Map())
    } catch (error) {
      if (!(error instanceof MessageAccessError) || !isRefusal(error.fault)) throw error
      if (sends.length > 1) throw new SmallerBatchError(Math.floor(sends.length / 2), error)
      return refusedAlone(batch, parts, sends[0] as Sendable)
    }
  }

  get heldBackMs(): number {
    return this.#options.channel.heldBackMs ?? 0
  }

  leftOver(): PartProgress[] {
    // `open` tells all of it.
    return []
  }

  async forget(signal: AbortSignal): Promise<void> {
    await this.#options.channel.forget(signal)
  }

  async close(): Promise<void> {
    await this.#options.channel.close()
  }

  #notes(
    batch: FeedBatch,
    parts: readonly ReplayPart[],
    sends: readonly Sendable[],
    places: readonly SentMessage[],
    startedAtMs: number,
  ) {
    return batch.reached.map(({ ordinal, from, to }) => {
      const { partition, broker } = parts[ordinal] as ReplayPart
      const mine = places.filter((_, index) => sends[index]?.ordinal === ordinal)
      const failures = batch.entries.flatMap((entry) =>
        entry.failure !== null && entry.ordinal === ordinal ? [entry] : [],
      )
      return { partition, broker, nextOffset: to, note: writeNote(from, startedAtMs, mine, failures) }
    })
  }

  /** The transaction was committed, and we ended before it was written down. */
  async #recover(
    { part, ordinal, to, note }: { part: ReplayPart; ordinal: number; to: bigint; note: ProgressNote | null },
    signal: AbortSignal,
  ): Promise<PartProgress> {
    const { reader, jobId } = this.#options
    const from = part.nextOffset
    // An older database, as after a restore, lacks more than one transaction: then everywhere is looked.
    const isEnough = note !== null && note.from <= from
    const ranges =
      isEnough && note.ranges !== null ? note.ranges : await this.#rangesSince(isEnough ? note : null, signal)
    const places = new Map<bigint, SentMessage>()
    const keep = ({ partition, broker, offset, sent }: PartPlace): void => {
      const isOurs = partition === part.partition && broker === part.broker && offset >= from && offset < to
      if (isOurs && !places.has(offset)) places.set(offset, sent)
    }
    await lookForSent(reader, jobId, ranges, keep, 'pass', signal)
    const runs = recoveredRuns(part, to, places, note?.failures ?? [])
    return { ordinal, from, to, partition: part.partition, broker: part.broker, runs, stoppedKeys: null }
  }

  /** What is found was sent. What may have been, and is not found, nobody can tell: no other plan sends it by itself. */
  async #lookWithoutProgress(
    parts: readonly ReplayPart[],
    told: readonly Progress[],
    signal: AbortSignal,
  ): Promise<PartProgress[]> {
    const { reader, jobId } = this.#options
    const places = new Map(parts.map((part) => [placeKey(part), new Map<bigint, SentMessage>()]))
    const starts = new Map(parts.map((part) => [placeKey(part), part.nextOffset]))
    const keep = ({ offset, sent, ...place }: PartPlace): void => {
      const found = places.get(placeKey(place))
      if (found !== undefined && offset >= (starts.get(placeKey(place)) ?? 0n) && !found.has(offset)) {
        found.set(offset, sent)
      }
    }
    for (const range of await this.#rangesSince(null, signal, 'pass')) {
      await passForGood(() => lookForSent(reader, jobId, [range], keep, 'pass', signal))
    }
    return parts.flatMap((part, ordinal) => {
      const { partition, broker, nextOffset: from } = part
      const found = places.get(placeKey(part)) ?? new Map<bigint, SentMessage>()
      const ends = [windowOf(part)?.to, progressIn(told, part)?.nextOffset, ...[...found.keys()].map((at) => at + 1n)]
      const to = ends.reduce<bigint>((most, end) => (end !== undefined && end > most ? end : most), from)
      if (to === from) return []
      return [{ ordinal, partition, broker, from, to, runs: recoveredRuns(part, to, found, []), stoppedKeys: null }]
    })
  }

  async #rangesSince(
    note: ProgressNote | null,
    signal: AbortSignal,
    onRefused: 'throw' | 'pass' = 'throw',
  ): Promise<LookRange[]> {
    const { reader, targets, startedAtMs } = this.#options
    const sinceMs = (note?.startedAtMs ?? startedAtMs) - CLOCK_MARGIN_MS
    const ranges: LookRange[] = []
    for (const topic of targets) {
      const ask = () => unlessGone(() => reader.offsetsAtTime(topic, sinceMs, signal), signal)
      const starts = onRefused === 'throw' ? await ask() : await passForGood(ask)
      ranges.push(
        ...(starts ?? []).map(({ partition, broker, offset }) => ({
          topic,
          partition,
          broker,
          from: offset,
          to: null,
        })),
      )
    }
    return ranges
  }
}

interface PartPlace {
  partition: number
  broker: string | null
  offset: bigint
  sent: SentMessage
}

function recoveredRuns(
  part: ReplayPart,
  to: bigint,
  places: ReadonlyMap<bigint, SentMessage>,
  failures: ProgressNote['failures'],
) {
  const builder = new OutcomeBuilder()
  for (const range of wantedOf(part).within(part.nextOffset, to)) {
    for (let offset = range.from; offset < range.to; offset += 1n) {
      const sent = places.get(offset)
      if (sent !== undefined) {
        builder.produced(offset, { topic: sent.topic, partition: sent.partition, broker: sent.broker }, sent.offset)
        continue
      }
      const failed = failures.find((one) => one.from <= offset && offset < one.to)
      // It was committed; that it is not there any more, the target's retention or compaction did.
      builder.failed(offset, offset + 1n, failed?.failure ?? 'uncertain')
    }
  }
  return builder.runs
}

function progressIn(told: readonly Progress[], place: ReplayPart): Progress | undefined {
  return told.find((one) => placeKey(one) === placeKey(place))
}

/** No waiting mends it. */
function isForGood(error: unknown): boolean {
  return error instanceof MessageAccessError && !mayPass(error)
}

/** Null: it may not be read. */
async function passForGood<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask()
  } catch (error) {
    if (!isForGood(error)) throw error
    return null
  }
}

function refusedAlone(batch: FeedBatch, parts: readonly ReplayPart[], entry: Sendable): PartProgress[] {
  const key = keyDigest(entry.message.key)
  const stopped = new Map(key === null ? [] : [[entry.ordinal, [key]] as const])
  return progressOf(batch, parts, [{ sent: null, failure: 'refused' }], stopped)
}
