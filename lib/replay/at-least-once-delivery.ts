/**
 * To another cluster, or on RocketMQ: what is sent and what is written down cannot be one. Before anything is sent, the
 * database knows what may be; after a crash, or when no answer came, the target is searched for the records' ids before
 * one is sent again. So each arrives once, unless a message of the lost moment turns up later than we looked.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from '../cluster/fault.ts'
import {
  MessageAccessError,
  type MessageReader,
  type MessageSender,
  type OutgoingMessage,
} from '../cluster/messages.ts'
import { SECOND_MS } from '../units.ts'
import { type Decided, type Delivery, isRefusal, mayPass, progressOf, windowOf } from './delivery.ts'
import { keyDigest } from './key-digest.ts'
import { type EntryOutcome, OutcomeBuilder } from './outcome-codec.ts'
import type { PartProgress, ProgressStore, TargetEnd } from './progress-store.ts'
import type { ReplayPart } from './replay-types.ts'
import { type FoundRecord, type LookRange, lookForSent } from './sent-lookup.ts'
import type { FeedBatch, FeedEntry } from './source-feed.ts'
import { wantedOf } from './still-to-send.ts'

export interface AtLeastOnceOptions {
  jobId: string
  sender: MessageSender
  /** Of the target cluster. */
  reader: MessageReader
  /** Also where a target's broker may put messages instead. */
  targets: readonly string[]
  progress: Pick<ProgressStore, 'saveIntent' | 'lookFrom'>
  now(): number
  /** How long a request without an answer may still be under way to the broker's log. */
  settleMs?: number
}

const SEND_DEADLINE_MS = 30 * SECOND_MS
const SETTLE_MS = 2 * SECOND_MS
/** The older the ends are, the more is read after a crash. */
const ENDS_FRESH_MS = 20 * SECOND_MS

type Sendable = Extract<FeedEntry, { failure: null }>
type Failed = Exclude<FeedEntry, { failure: null }>

export class AtLeastOnceDelivery implements Delivery {
  readonly #options: AtLeastOnceOptions
  /** Of the window that is not written down yet. */
  readonly #known = new KnownOutcomes()
  #isUncertain = true
  /** Some of the target could not be read, and never will be. */
  #isLost = false
  #endsAtMs: number | null = null

  constructor(options: AtLeastOnceOptions) {
    this.#options = options
  }

  async open(parts: readonly ReplayPart[], isEnded: boolean, signal: AbortSignal): Promise<PartProgress[]> {
    if (!this.#isUncertain || parts.every((part) => windowOf(part) === null)) return []
    const { jobId, progress, settleMs } = this.#options
    await sleep(settleMs ?? SETTLE_MS, undefined, { signal })
    const ends = await progress.lookFrom(jobId)
    const ordinals = new Map(parts.map((part, ordinal) => [`${part.broker ?? ''}/${part.partition}`, ordinal]))
    const keep = ({ partition, broker, offset, sent }: FoundRecord): void => {
      const ordinal = ordinals.get(`${broker ?? ''}/${partition}`)
      if (ordinal === undefined || offset < (parts[ordinal]?.nextOffset ?? 0n)) return
      const place = { ordinal, offset }
      // The first copy is the one; a second would be one too many, and is not asked for.
      if (this.#known.get(place)?.sent == null) this.#known.set(place, { sent, failure: null })
    }
    this.#isLost = false
    for (const { offset, ...place } of ends) {
      if (!(await this.#lookIn({ ...place, from: offset, to: null }, keep, isEnded, signal))) this.#isLost = true
    }
    this.#isUncertain = false
    return []
  }

  /** @returns whether all of it could be read; false only of an ended replay, which would wait for that for ever */
  async #lookIn(
    range: LookRange,
    keep: (record: FoundRecord) => void,
    isEnded: boolean,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { jobId, reader } = this.#options
    try {
      return await lookForSent(reader, jobId, [range], keep, isEnded ? 'pass' : 'throw', signal)
    } catch (error) {
      if (!isEnded || !(error instanceof MessageAccessError) || mayPass(error)) throw error
      return false
    }
  }

  async deliver(batch: FeedBatch, parts: readonly ReplayPart[]): Promise<PartProgress[]> {
    const sends = batch.entries.filter((entry): entry is Sendable => entry.failure === null)
    const open = sends.filter((entry) => !this.#known.has(entry))
    // What was sent is told as sent, whatever has become of the record in the queue since.
    const entries = this.#known.isEmpty ? batch.entries : batch.entries.flatMap((entry) => this.#known.within(entry))
    if (open.length > 0) {
      await this.#declare(batch)
      await this.#sendAll(open)
    }
    const stopped = this.#stoppedKeys(sends)
    const outcomes: EntryOutcome[] = []
    for (const entry of entries) if (entry.failure === null) outcomes.push(this.#known.take(entry))
    return progressOf({ entries, reached: batch.reached }, parts, outcomes, stopped)
  }

  get foundSent(): number {
    return this.#known.sent
  }

  get heldBackMs(): number {
    return this.#options.sender.heldBackMs ?? 0
  }

  leftOver(parts: readonly ReplayPart[]): PartProgress[] {
    return parts.flatMap((part, ordinal) => {
      const { partition, broker, nextOffset: from } = part
      if (this.#isLost) this.#doubtRest(part, ordinal)
      const known = this.#known.of(ordinal)
      const last = known.at(-1)
      if (last === undefined) return []
      const builder = new OutcomeBuilder()
      for (const [offset, outcome] of known) builder.decided(offset, outcome)
      const to = last[0] + 1n
      return [{ ordinal, partition, broker, from, to, runs: builder.runs, stoppedKeys: null }]
    })
  }

  /** What may have been sent, and may lie where nobody can read. */
  #doubtRest(part: ReplayPart, ordinal: number): void {
    const window = windowOf(part)
    if (window === null) return
    for (const { from, to } of wantedOf(part).within(window.from, window.to)) {
      for (let offset = from; offset < to; offset += 1n) {
        const place = { ordinal, offset }
        if (!this.#known.has(place)) this.#known.set(place, { sent: null, failure: 'uncertain' })
      }
    }
  }

  async forget(): Promise<void> {
    // Nothing of the job lies in the target but its records.
  }

  async close(): Promise<void> {
    await this.#options.sender.close()
  }

  /** What may be sent from now on; and, from time to time, where the target's partitions end before it. */
  async #declare(batch: FeedBatch): Promise<void> {
    const { now, progress, jobId } = this.#options
    const isFresh = this.#endsAtMs !== null && now() - this.#endsAtMs < ENDS_FRESH_MS
    // While something of an earlier batch is not written down, the earlier ends must stay.
    const mayRefresh = !isFresh && this.#known.isEmpty
    const ends = mayRefresh ? await this.#targetEnds() : null
    if (ends !== null) this.#endsAtMs = now()
    await progress.saveIntent(jobId, batch.reached, ends)
  }

  async #targetEnds(): Promise<TargetEnd[]> {
    const { reader, targets } = this.#options
    const ends: TargetEnd[] = []
    for (const topic of targets) {
      const { partitions } = await reader.describe(topic, AbortSignal.timeout(SEND_DEADLINE_MS))
      for (const { partition, broker, endOffset, fault } of partitions) {
        if (endOffset === null) throw new MessageAccessError(fault ?? { code: 'internalError', facts: {} }, true)
        ends.push({ topic, partition, broker, offset: endOffset })
      }
    }
    return ends
  }

  /** Goes on as long as something becomes known. @throws MessageAccessError when something does not */
  async #sendAll(entries: readonly Sendable[]): Promise<void> {
    const refusedKeys = new Set<string>()
    let open = [...entries]
    while (open.length > 0) {
      const messages = open.map(({ message }): OutgoingMessage => message)
      this.#isUncertain = true
      const outcomes = await this.#options.sender.send(messages, AbortSignal.timeout(SEND_DEADLINE_MS))
      const faults: { fault: Fault; isUncertain: boolean }[] = []
      let learnt = 0
      for (const [index, outcome] of outcomes.entries()) {
        const entry = open[index] as Sendable
        if (outcome.sent !== null) {
          const isUnconfirmed = outcome.durability === 'unconfirmed'
          this.#known.set(entry, { sent: outcome.sent, failure: null, isUnconfirmed })
        } else if (isRefusal(outcome.fault) && !outcome.isUncertain) {
          this.#known.set(entry, { sent: null, failure: 'refused' })
          refusedKeys.add(orderKey(entry) ?? '')
        } else {
          faults.push(outcome)
          continue
        }
        learnt += 1
      }
      this.#isUncertain = faults.some(({ isUncertain }) => isUncertain)
      open = this.#stillOpen(open, refusedKeys)
      const [first] = faults
      if (first !== undefined && (learnt === 0 || this.#isUncertain)) throw new MessageAccessError(first.fault, true)
    }
  }

  /** Behind a refused record, others of its key do not go. */
  #stillOpen(entries: readonly Sendable[], refusedKeys: ReadonlySet<string>): Sendable[] {
    return entries.filter((entry) => {
      if (this.#known.has(entry)) return false
      const key = orderKey(entry)
      if (key === null || !refusedKeys.has(key)) return true
      this.#known.set(entry, { sent: null, failure: 'behindFailed' })
      return false
    })
  }

  #stoppedKeys(sends: readonly Sendable[]): Map<number, string[]> {
    const stopped = new Map<number, string[]>()
    for (const entry of sends) {
      const key = this.#known.get(entry)?.failure === 'refused' ? keyDigest(entry.message.key) : null
      if (key !== null) stopped.set(entry.ordinal, [...(stopped.get(entry.ordinal) ?? []), key])
    }
    return stopped
  }
}

interface EntryPlace {
  ordinal: number
  offset: bigint
}

/** What became of records, by part and offset. */
class KnownOutcomes {
  readonly #parts = new Map<number, Map<bigint, EntryOutcome>>()

  get isEmpty(): boolean {
    for (const part of this.#parts.values()) if (part.size > 0) return false
    return true
  }

  get sent(): number {
    let sent = 0
    for (const part of this.#parts.values()) for (const outcome of part.values()) if (outcome.sent !== null) sent += 1
    return sent
  }

  get({ ordinal, offset }: EntryPlace): EntryOutcome | undefined {
    return this.#parts.get(ordinal)?.get(offset)
  }

  has(place: EntryPlace): boolean {
    return this.get(place) !== undefined
  }

  set({ ordinal, offset }: EntryPlace, outcome: EntryOutcome): void {
    const part = this.#parts.get(ordinal) ?? new Map<bigint, EntryOutcome>()
    this.#parts.set(ordinal, part)
    part.set(offset, outcome)
  }

  /** Forgets it, too. */
  take(place: EntryPlace): EntryOutcome {
    const outcome = this.get(place)
    if (outcome === undefined) throw new Error('a record without an outcome')
    this.#parts.get(place.ordinal)?.delete(place.offset)
    return outcome
  }

  /** In the order of their offsets. */
  of(ordinal: number): [bigint, EntryOutcome][] {
    return [...(this.#parts.get(ordinal) ?? [])].sort(([one], [other]) => (one < other ? -1 : 1))
  }

  /** The entry; of one that cannot be sent, records whose outcome is known all the same stand for themselves. */
  within(entry: FeedEntry): Decided[] {
    if (entry.failure !== null) {
      const inside = this.of(entry.ordinal).filter(([offset]) => entry.from <= offset && offset < entry.to)
      if (inside.length > 0)
        return piecesAround(
          inside.map(([offset]) => offset),
          entry,
        )
    }
    return [entry]
  }
}

function piecesAround(known: readonly bigint[], { ordinal, from, to, failure }: Failed): Decided[] {
  const pieces: Decided[] = []
  let at = from
  for (const offset of known) {
    if (at < offset) pieces.push({ ordinal, from: at, to: offset, failure })
    pieces.push({ ordinal, offset, failure: null })
    at = offset + 1n
  }
  return at < to ? [...pieces, { ordinal, from: at, to, failure }] : pieces
}

function orderKey({ ordinal, message }: Sendable): string | null {
  const key = keyDigest(message.key)
  return key === null ? null : `${ordinal} ${key}`
}
