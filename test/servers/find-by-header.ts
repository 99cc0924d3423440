/** After a crash: which of these messages were stored all the same? */

import type { Fault } from '../../lib/cluster/fault.ts'
import {
  MessageAccessError,
  type MessageReader,
  type PartitionLog,
  type SentMessage,
} from '../../lib/cluster/messages.ts'
import { MINUTE_MS } from '../../lib/units.ts'

/** How far the clocks of the console and of the brokers may be apart. */
const CLOCK_MARGIN_MS = 5 * MINUTE_MS
const READ_BYTES = 1024 * 1024
const PARTITIONS_AT_ONCE = 8

export interface HeaderSearch {
  topic: string
  headerName: string
  /** Values of that header, as text. */
  values: readonly string[]
  /** Not earlier than this, by the console's clock, the first of them was sent. */
  sinceMs: number
}

/**
 * Looks through everything that was written to the topic from `sinceMs` to now, and ends early when all are found. A
 * request that is still under way may be stored after it looked: ask when the sender's deadline has passed.
 *
 * @returns by value where it lies, one place of several; a value that is missing was not stored
 * @throws MessageAccessError when a place could not be read in which a value that was not found may be
 */
export async function findByHeader(
  reader: MessageReader,
  search: HeaderSearch,
  signal: AbortSignal,
): Promise<Map<string, SentMessage>> {
  const found = new FoundMessages(search)
  if (found.isComplete) return found.byValue
  const [starts, log] = await Promise.all([
    reader.offsetsAtTime(search.topic, search.sinceMs - CLOCK_MARGIN_MS, signal),
    reader.describe(search.topic, signal),
  ])
  const startOf = new Map(starts.map(({ partition, broker, offset }) => [`${broker}\0${partition}`, offset]))
  const waiting = [...log.partitions]
  const stop = new AbortController()
  const untilStopped = AbortSignal.any([signal, stop.signal])
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && !found.isComplete; next = waiting.shift()) {
      await lookThrough(reader, next, startOf.get(`${next.broker}\0${next.partition}`) ?? null, found, untilStopped)
    }
  }
  try {
    await Promise.all(Array.from({ length: PARTITIONS_AT_ONCE }, work))
  } finally {
    // One that failed leaves nothing for the others to do.
    stop.abort()
  }
  found.throwIfUnsure()
  return found.byValue
}

/** @param start null: none is known, so the whole log is looked through */
async function lookThrough(
  reader: MessageReader,
  { partition, broker, startOffset, endOffset, fault }: PartitionLog,
  start: bigint | null,
  found: FoundMessages,
  signal: AbortSignal,
): Promise<void> {
  if (startOffset === null || endOffset === null) return found.missed(fault)
  let from = start ?? startOffset
  while (from < endOffset && !found.isComplete) {
    const request = { topic: found.topic, partition, broker, fromOffset: from, maxBytes: READ_BYTES }
    const batch = await reader.read(request, signal)
    for (const message of batch.messages) found.look(message)
    for (const place of batch.unreadable) found.missed(place.fault)
    if (batch.isAtEnd) return
    from = batch.nextOffset
  }
}

class FoundMessages {
  readonly topic: string
  readonly byValue = new Map<string, SentMessage>()
  readonly #headerName: string
  readonly #values: ReadonlySet<string>
  #missed: Fault | null = null

  constructor({ topic, headerName, values }: HeaderSearch) {
    this.topic = topic
    this.#headerName = headerName
    this.#values = new Set(values)
  }

  get isComplete(): boolean {
    return this.byValue.size === this.#values.size
  }

  /** The last value counts where a header comes several times, as everywhere. */
  look({
    partition,
    broker,
    offset,
    headers,
  }: Pick<SentMessage, 'partition' | 'broker'> & {
    offset: bigint
    headers: readonly { key: string; value: Uint8Array | null }[]
  }): void {
    const value = headers.findLast(({ key }) => key === this.#headerName)?.value
    if (value === null || value === undefined) return
    const text = Buffer.from(value).toString()
    if (!this.#values.has(text) || this.byValue.has(text)) return
    this.byValue.set(text, { topic: this.topic, partition, broker, offset })
  }

  missed(reason: Fault | null): void {
    this.#missed ??= reason
  }

  /** What is known to be there stays known; only an absence needs every place. */
  throwIfUnsure(): void {
    if (this.#missed !== null && !this.isComplete) throw new MessageAccessError(this.#missed, true)
  }
}
