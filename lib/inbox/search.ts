/**
 * Finds dead letters: the index says which ones may be meant, and only those are fetched, in pieces of bounded size. Of
 * those that have expired nothing can be fetched: what the index says is all. Tells exactly where it stopped.
 */
import type { StoredMessage } from '../cluster/messages.ts'
import type { Database } from '../db.ts'
import type { RecordState } from './block-states.ts'
import type { BlockStore } from './block-store.ts'
import { type Candidate, Candidates, type SearchOrder, type SearchPositions } from './candidates.ts'
import { type GoneLetter, goneLetter } from './gone-letters.ts'
import { groupTest, type KindNames, kindNamesOf } from './group-keys.ts'
import type { MessageTest } from './match-message.ts'
import { OffsetRuns } from './offset-runs.ts'
import { placeKey, type Queue, type QueueAccess } from './queues.ts'
import { ReadBudget, readWanted } from './read-wanted.ts'

export interface SearchRequest {
  /** Names of groups. */
  causes: readonly string[] | null
  states: ReadonlySet<RecordState> | null
  fromMs: number | null
  toMs: number | null
  partition: number | null
  broker: string | null
  order: SearchOrder
  /** Empty at the beginning. */
  positions: SearchPositions
  /** Null: all that the index leaves. What has expired has no content that could match. */
  matches: MessageTest | null
}

export interface SearchLimits {
  /** How many to find. */
  records: number
  foundBytes: number
  scannedBytes: number
  maxMs: number
}

export interface FoundLetter {
  message: StoredMessage
  state: RecordState
  /** What was done to it last; null while it is open. */
  actionId: number | null
  fingerprint: string | null
}

export interface SearchOutcome {
  found: (FoundLetter | GoneLetter)[]
  /** Messages that were looked at. */
  scanned: number
  /** Where to go on, by `placeKey`; null when everything was looked at. */
  next: SearchPositions | null
}

/** What one piece may hold in memory, about; it is made smaller when its messages turn out to be larger. */
const PIECE_BYTES = 8 * 2 ** 20
const MOST_PIECE_BYTES = 4 * PIECE_BYTES
const MOST_PIECE_RECORDS = 8_000
const USUAL_RECORD_BYTES = 2_048
const LEAST_FETCH_BYTES = 64 * 1_024
const LEAST_RECORD_BYTES = 64

/** @throws MessageAccessError when the messages cannot be read */
export async function searchLetters(
  { database, blocks, now }: { database: Database; blocks: BlockStore; now(): number },
  access: QueueAccess,
  queue: Queue,
  request: SearchRequest,
  limits: SearchLimits,
  signal: AbortSignal,
): Promise<SearchOutcome> {
  const { causes, fromMs, toMs, states, partition, broker, order, positions } = request
  const all = await blocks.partitionsOf(queue)
  const names = await kindNamesOf(database, queue.id)
  const partitions = all.filter(
    (place) => (partition === null || place.partition === partition) && (broker === null || place.broker === broker),
  )
  const isKind = causes === null ? null : groupTest(causes, names)
  const candidates = new Candidates(blocks, partitions, { isKind, fromMs, toMs, states }, order, positions)
  const budget = new ReadBudget({ maxBytes: limits.scannedBytes, maxMs: limits.maxMs }, now)
  const search = new Search(access, candidates, request, limits, budget, signal)
  await search.run()
  return search.outcome(names)
}

class Search {
  readonly #access: QueueAccess
  readonly #candidates: Candidates
  readonly #request: SearchRequest
  readonly #limits: SearchLimits
  readonly #budget: ReadBudget
  readonly #signal: AbortSignal
  /** Of those that have expired there is no message. */
  readonly #found: { candidate: Candidate; message: StoredMessage | null }[] = []
  readonly #next: Map<string, bigint>
  /** Taken, and not looked at. */
  #left: Candidate[] = []
  #foundBytes = 0
  #scanned = 0
  #recordBytes = USUAL_RECORD_BYTES

  constructor(
    access: QueueAccess,
    candidates: Candidates,
    request: SearchRequest,
    limits: SearchLimits,
    budget: ReadBudget,
    signal: AbortSignal,
  ) {
    this.#access = access
    this.#candidates = candidates
    this.#request = request
    this.#limits = limits
    this.#budget = budget
    this.#signal = signal
    this.#next = new Map(request.positions)
    if (request.order !== 'newest') return
    // What arrives while a person turns the pages is not on them.
    for (const { partition } of candidates.lanes) {
      if (!this.#next.has(placeKey(partition))) this.#next.set(placeKey(partition), partition.scannedTo)
    }
  }

  async run(): Promise<void> {
    while (!this.#isOver()) {
      const piece = await this.#piece(this.#pieceRecords())
      if (piece.length === 0) return
      await this.#look(piece)
    }
  }

  outcome(names: KindNames): SearchOutcome {
    const isComplete = this.#left.length === 0 && this.#candidates.isExhausted
    return {
      found: this.#found.map(({ candidate, message }) => {
        const { lane, state, actionId, causeId } = candidate
        const place = this.#candidates.lanes[lane]?.partition
        if (message === null && place !== undefined) return goneLetter(place, candidate, names)
        return {
          message: message as StoredMessage,
          state,
          actionId,
          fingerprint: names.causes.get(causeId)?.fingerprint ?? null,
        }
      }),
      scanned: this.#scanned,
      next: isComplete ? null : this.#next,
    }
  }

  #isOver(): boolean {
    const { records, foundBytes } = this.#limits
    return this.#found.length >= records || this.#foundBytes >= foundBytes || this.#budget.isSpent
  }

  /** Where nothing is filtered each record is found: no more are fetched than are wanted. */
  #pieceRecords(): number {
    const most = Math.max(1, Math.min(MOST_PIECE_RECORDS, Math.floor(PIECE_BYTES / this.#recordBytes)))
    return this.#request.matches === null ? Math.min(most, this.#limits.records - this.#found.length) : most
  }

  async #piece(count: number): Promise<Candidate[]> {
    if (this.#left.length < count) this.#left.push(...(await this.#candidates.take(count - this.#left.length)))
    return this.#left.splice(0, count)
  }

  async #look(piece: Candidate[]): Promise<void> {
    const messages = await this.#fetch(piece)
    if (messages === null) {
      // Larger than was thought: fewer of them at once.
      this.#left.unshift(...piece)
      this.#recordBytes = (8 * PIECE_BYTES) / piece.length
      return
    }
    for (const [index, candidate] of piece.entries()) {
      if (this.#found.length >= this.#limits.records || this.#foundBytes >= this.#limits.foundBytes) {
        this.#left.unshift(...piece.slice(index))
        return
      }
      this.#pass(candidate)
      const isExpired = candidate.state === 'expired'
      const message = isExpired ? null : messages.get(`${candidate.lane} ${candidate.offset}`)
      if (message === undefined || (isExpired && this.#request.matches !== null)) continue
      this.#found.push({ candidate, message })
      this.#foundBytes += message?.sizeBytes ?? 0
    }
  }

  #pass({ lane, offset }: Candidate): void {
    const place = this.#candidates.lanes[lane]?.partition
    if (place === undefined) return
    this.#next.set(placeKey(place), this.#request.order === 'newest' ? offset : offset + 1n)
    this.#scanned += 1
  }

  /** Those that match; null when they do not fit. The whole piece is read: the budget is asked between pieces. */
  async #fetch(piece: readonly Candidate[]): Promise<Map<string, StoredMessage> | null> {
    const found = new Map<string, StoredMessage>()
    const read = { bytes: 0, records: 0 }
    const present = piece.filter(({ state }) => state !== 'expired')
    for (const [lane, ofLane] of Map.groupBy(present, (candidate) => candidate.lane)) {
      for await (const messages of this.#readLane(lane, ofLane)) {
        for (const message of await this.#matching(messages)) found.set(`${lane} ${message.offset}`, message)
        read.bytes += messages.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
        read.records += messages.length
        if (read.bytes <= MOST_PIECE_BYTES || piece.length === 1) continue
        this.#budget.spend(read.bytes)
        return null
      }
    }
    this.#budget.spend(read.bytes)
    if (read.records > 0) this.#recordBytes = Math.max(LEAST_RECORD_BYTES, read.bytes / read.records)
    return found
  }

  async #matching(messages: StoredMessage[]): Promise<StoredMessage[]> {
    const { matches } = this.#request
    if (matches === null) return messages
    const matching: StoredMessage[] = []
    for (const message of messages) {
      const verdict = matches(message)
      // Waiting for what is known already would take longer than finding it.
      if (typeof verdict === 'boolean' ? verdict : await verdict) matching.push(message)
    }
    return matching
  }

  async *#readLane(lane: number, candidates: readonly Candidate[]): AsyncGenerator<StoredMessage[]> {
    const place = this.#candidates.lanes[lane]?.partition
    if (place === undefined) return
    const { topic, reader } = this.#access
    const runs = OffsetRuns.of(candidates.map(({ offset }) => ({ from: offset, to: offset + 1n })))
    const fetchBytes = Math.max(LEAST_FETCH_BYTES, Math.ceil(candidates.length * this.#recordBytes))
    const wanted = { reader, topic, place, runs, budget: ReadBudget.UNLIMITED, signal: this.#signal, fetchBytes }
    for await (const { messages } of readWanted(wanted)) yield messages
  }
}
