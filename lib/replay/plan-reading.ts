/** Reads every selected record once, and decides what would become of each. */
import { MessageAccessError, type PartitionPlace, type StoredMessage } from '../cluster/messages.ts'
import { readKnown } from '../cluster/read-known.ts'
import type { DecodedDeadLetter, PayloadPointer } from '../dlq/dead-letter.ts'
import { readEarlierReplay } from '../dlq/own-headers.ts'
import { originalOf } from '../inbox/decode-message.ts'
import type { OffsetRuns } from '../inbox/offset-runs.ts'
import { createPayloadReader, type PayloadReader } from '../inbox/payload-reader.ts'
import type { PlaceRuns } from '../inbox/queues.ts'
import { contentOf, decide, decodeRecord } from './decide.ts'
import { OriginalQueues } from './original-queues.ts'
import { PartTally, PlanTally } from './plan-tally.ts'
import { PlannedEdits } from './planned-edits.ts'
import type { PlanGround } from './planner-options.ts'
import { pinOf, type RecordPin } from './record-pins.ts'
import type { ReplayJob, ReplayPart, SkipCode } from './replay-types.ts'
import { routeOf } from './routing.ts'
import { StaleCheck } from './stale-check.ts'

const FETCH_BYTES = 4 * 2 ** 20
/** Each asks a broker for its original. */
const MOST_TRACED = 5_000
/** Letters of share groups come twice close to each other when they do. */
const MOST_LETTERS = 100_000

/** Of those that were looked for: undefined where nobody knows it any more. */
type Homes = ReadonlyMap<bigint, PartitionPlace | undefined>

export class PlanReading {
  readonly tally = new PlanTally()
  readonly edits: PlannedEdits
  readonly stale: StaleCheck
  readonly pins: RecordPin[] = []
  areDuplicatesChecked = true
  readonly #ground: PlanGround
  readonly #payloads: PayloadReader
  readonly #originals: OriginalQueues | null
  #traced = 0

  constructor(ground: PlanGround) {
    const { job, options, context, topics } = ground
    this.#ground = ground
    this.edits = new PlannedEdits(job.request, context, options.hidesEdited)
    this.stale = new StaleCheck(job.request, topics)
    this.#payloads = createPayloadReader(options.source.reader)
    this.#originals = OriginalQueues.of(options.source.reader, context)
  }

  /** Null when it is no longer wanted. */
  async readPart(place: PlaceRuns, ordinal: number, signal: AbortSignal): Promise<ReplayPart | null> {
    const part = new PartTally()
    const letters = new Set<string>()
    const { partition, broker, runs } = place
    const { reader } = this.#ground.options.source
    const ends: StoredMessage[] = []
    for (let want = runs.first; want !== null; ) {
      if (!(await this.#ground.options.isWanted())) return null
      const request = {
        topic: this.#ground.job.request.topic,
        partition,
        broker,
        fromOffset: want,
        maxBytes: FETCH_BYTES,
      }
      const batch = await readKnown(reader, request, runs.end ?? 0n, signal)
      for (const { fromOffset, toOffset } of batch.unreadable) this.#unreadable(runs, fromOffset, toOffset)
      const selected = batch.messages.filter(({ offset }) => runs.has(offset))
      const homes = await this.#trace(selected, signal)
      for (const record of selected) {
        await this.#record(record, ordinal, part, letters, homes, signal)
        ends[Math.min(ends.length, 1)] = record
      }
      want = runs.firstFrom(batch.nextOffset)
    }
    this.pins.push(...ends.flatMap((record) => pinOf(record) ?? []))
    const built = part.build()
    const nextOffset = built.selected.first ?? 0n
    return { partition, broker, ...built, handled: [], nextOffset, inFlightTo: null, stoppedKeys: [] }
  }

  /** The first of them say how it will be with the others. */
  async #trace(records: readonly StoredMessage[], signal: AbortSignal): Promise<Homes | null> {
    const some = records.slice(0, Math.max(0, MOST_TRACED - this.#traced))
    if (this.#originals === null || some.length === 0) return null
    this.#traced += some.length
    const found = await this.#originals.find(some, signal)
    return new Map(some.map(({ offset }) => [offset, found.get(offset)]))
  }

  async #record(
    record: StoredMessage,
    ordinal: number,
    part: PartTally,
    letters: Set<string>,
    homes: Homes | null,
    signal: AbortSignal,
  ): Promise<void> {
    part.seen(record.offset)
    const context = this.#ground.context
    const decoded = decodeRecord(record, context)
    const edit = this.edits.take(record)
    const skip = (code: SkipCode, key: Uint8Array | null = null): void => {
      part.skip(record.offset, code, key)
      this.tally.skip(record, decoded, code)
    }
    if (this.#isDuplicate(decoded, letters)) return skip('duplicateLetter')
    const place = originalOf(decoded)
    const original = place === null ? null : await this.#originalAt(place, record, signal)
    if (original === 'noRight') return skip('noRight')
    if (decoded.pointer !== null && original === null) return skip('payloadGone')
    const content = contentOf(record, decoded, original)
    if (edit !== undefined) await this.edits.check(record, content, decoded, edit)
    await this.#loadTarget(record, decoded, signal)
    const decision = decide(record, decoded, original, context, this.#ground.options.now(), homes?.get(record.offset))
    if (decision.send === null) return skip(decision.skip, content.key)
    if (part.isInterrupted(content.key)) this.tally.notes.keysInterrupted += 1n
    if (homes?.has(record.offset)) this.tally.traced(decision.send.message.partition !== null)
    if (place !== null && original === null) this.tally.notes.headersGone += 1n
    const replay = original === null ? decoded.replay : readEarlierReplay(original.headers)
    this.tally.send(record, { ...decoded, replay }, decision.send)
    if (this.edits.note(record, content, decision.send)) this.tally.notes.changed += 1n
    if (this.#ground.options.target.kind === 'kafka') this.stale.keep(record, decoded, ordinal, decision.send)
  }

  async #originalAt(
    place: PayloadPointer,
    { timestampMs }: StoredMessage,
    signal: AbortSignal,
  ): Promise<StoredMessage | 'noRight' | null> {
    try {
      return await this.#payloads.read(place, timestampMs, signal)
    } catch (error) {
      if (error instanceof MessageAccessError && error.fault.code === 'authorizationFailed') return 'noRight'
      throw error
    }
  }

  #isDuplicate({ hops }: DecodedDeadLetter, letters: Set<string>): boolean {
    const [newest] = hops
    if (newest?.format !== 'shareGroup') return false
    const { topic, partition, offset, group } = newest.origin
    if (topic === null || partition === null || offset === null) return false
    const id = `${topic}/${partition}@${offset} ${group}`
    if (letters.has(id)) return true
    if (letters.size < MOST_LETTERS) letters.add(id)
    else this.areDuplicatesChecked = false
    return false
  }

  /** The cluster itself says how many partitions there are now; asked once for each target. */
  async #loadTarget(record: StoredMessage, decoded: DecodedDeadLetter, signal: AbortSignal): Promise<void> {
    const { request, routes } = this.#ground.context
    const place = { partition: record.partition, broker: record.broker, hasKey: true }
    const accept = { guessedOrigins: true, queueTargets: true, staleKeys: true }
    const { route, skip } = routeOf(decoded, place, { ...request, accept }, routes)
    const name = route?.topic.topic ?? (skip === 'originGone' ? namedTarget(decoded, request.target) : null)
    if (name !== null) await this.#ground.topics.load(name, signal)
  }

  /** Nobody knows how many records these places hold: they are told, and not counted as selected. */
  #unreadable(runs: OffsetRuns, from: bigint, to: bigint): void {
    this.tally.notes.unreadable += runs.within(from, to).offsetCount
  }
}

function namedTarget({ origin }: DecodedDeadLetter, target: ReplayJob['request']['target']): string | null {
  return target.mode === 'topic' ? target.topic : target.mode === 'origin' ? (origin?.topic ?? null) : null
}
