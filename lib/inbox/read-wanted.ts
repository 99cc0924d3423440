/** Fetches only those ranges of a partition in which wanted messages lie, within bounds. */
import type { MessageBatch, MessageReader, PartitionPlace, StoredMessage } from '../cluster/messages.ts'
import { readKnown } from '../cluster/read-known.ts'
import type { OffsetRuns } from './offset-runs.ts'

/** What one request or job may read. Shared by all its partitions. */
export class ReadBudget {
  static readonly UNLIMITED = new ReadBudget(
    { maxBytes: Number.POSITIVE_INFINITY, maxMs: Number.POSITIVE_INFINITY },
    () => 0,
  )

  readonly #maxBytes: number
  readonly #untilMs: number
  readonly #now: () => number
  #bytes = 0

  constructor(limits: { maxBytes: number; maxMs: number }, now: () => number) {
    this.#maxBytes = limits.maxBytes
    this.#untilMs = now() + limits.maxMs
    this.#now = now
  }

  spend(bytes: number): void {
    this.#bytes += bytes
  }

  get isSpent(): boolean {
    return this.#bytes >= this.#maxBytes || this.#now() >= this.#untilMs
  }
}

export interface WantedRead {
  /** Wanted and readable, rising. */
  messages: StoredMessage[]
  /** Everything wanted below it was looked at. */
  nextOffset: bigint
}

const FETCH_BYTES = 4 * 2 ** 20
const REQUEST_DEADLINE_MS = 60_000

export interface ReadWantedOptions {
  reader: MessageReader
  topic: string
  place: PartitionPlace
  runs: OffsetRuns
  budget: ReadBudget
  signal: AbortSignal
  /** Of one fetch; about, as brokers have it. */
  fetchBytes?: number
}

/**
 * Batch by batch, the next one fetched while this one is used. Ends at the end of the runs, or when the budget is spent;
 * `nextOffset` of the last batch says where.
 *
 * @throws MessageAccessError
 */
export async function* readWanted(options: ReadWantedOptions): AsyncGenerator<WantedRead> {
  const { runs, budget } = options
  const first = runs.first
  if (first === null) return
  let ahead: Promise<MessageBatch> | null = fetchFrom(options, first)
  try {
    while (ahead !== null) {
      const { messages, nextOffset: readTo }: MessageBatch = await ahead
      const next = runs.firstFrom(readTo)
      budget.spend(messages.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0))
      ahead = next === null || budget.isSpent ? null : fetchFrom(options, next)
      yield { messages: wantedOf(messages, runs), nextOffset: next ?? (runs.end as bigint) }
    }
  } finally {
    // Nobody waits any more for what is under way.
    ahead?.catch(() => undefined)
  }
}

async function fetchFrom(options: ReadWantedOptions, fromOffset: bigint): Promise<MessageBatch> {
  const { reader, topic, place, signal, fetchBytes = FETCH_BYTES } = options
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(REQUEST_DEADLINE_MS)])
  const request = { topic, partition: place.partition, broker: place.broker, fromOffset, maxBytes: fetchBytes }
  return readKnown(reader, request, options.runs.end ?? fromOffset, deadline)
}

/** Both rise: one walk over them. */
function wantedOf(messages: readonly StoredMessage[], runs: OffsetRuns): StoredMessage[] {
  const first = messages[0]
  if (first === undefined) return []
  const ranges = runs.from(first.offset)
  let range = ranges.next()
  return messages.filter(({ offset }) => {
    while (!range.done && range.value.to <= offset) range = ranges.next()
    return !range.done && range.value.from <= offset
  })
}
