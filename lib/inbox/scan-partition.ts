/**
 * Reads one partition on from where the index ends. A block and how far it was read are stored in one transaction: after
 * a crash at any point each record is counted once.
 */
import type { Prisma } from '../../prisma/generated/sqlite/client.ts'
import {
  MessageAccessError,
  type MessageBatch,
  type MessageReader,
  type PartitionPlace,
  type StoredMessage,
} from '../cluster/messages.ts'
import { readKnown } from '../cluster/read-known.ts'
import type { Database, TransactionClient } from '../db.ts'
import type { DecodedDeadLetter, EarlierReplay, PayloadPointer } from '../dlq/dead-letter.ts'
import { readEarlierReplay } from '../dlq/own-headers.ts'
import { MINUTE_MS, SECOND_MS } from '../units.ts'
import {
  BlockBuilder,
  decodeColumns,
  decodeSummary,
  encodeColumns,
  encodeSummary,
  type KindCount,
  NO_ORIGIN,
  POINTER,
  RETURNED,
  usableTimeMs,
} from './block-codec.ts'
import type { CauseBook } from './cause-book.ts'
import { originalOf, replaySourceOf } from './decode-message.ts'
import { createPayloadReader, type PayloadReader } from './payload-reader.ts'
import { lockQueues, type Queue, toStoredBroker } from './queues.ts'
import type { Returns } from './returns.ts'

export interface UnreadableRange {
  from: string
  to: string
  code: string
}

/** What is kept of a partition; offsets below `scannedTo` are indexed. */
export interface ScanPosition extends PartitionPlace {
  startOffset: bigint
  endOffset: bigint
  scannedTo: bigint
  unreadable: UnreadableRange[]
}

export interface PartitionScanOptions {
  database: Database
  reader: MessageReader
  queue: Queue
  book: CauseBook
  returns: Returns
  decode(message: StoredMessage): DecodedDeadLetter
  now(): number
}

/** Another process read the same partition on; whoever scans next goes on from where it came. */
export class ScannedElsewhereError extends Error {
  constructor() {
    super('another process has read this partition on')
    this.name = 'ScannedElsewhereError'
  }
}

/** About 4,000 records of 1 KB; two are held at a time. */
const FETCH_BYTES = 4 * 2 ** 20
/** Of slow partitions: what was read is not kept in memory for longer. */
const FLUSH_AFTER_MS = 5 * SECOND_MS
const REQUEST_DEADLINE_MS = MINUTE_MS
const MAX_UNREADABLE = 100

export class PartitionScan {
  readonly #options: PartitionScanOptions
  readonly #originals: PayloadReader
  readonly #position: ScanPosition
  #block: BlockBuilder
  /** What is stored is known up to here; the block reaches to `#readTo`. */
  #storedTo: bigint
  #readTo: bigint
  #flushedAtMs: number
  /** That were read. */
  records = 0

  private constructor(options: PartitionScanOptions, position: ScanPosition, block: BlockBuilder) {
    this.#options = options
    this.#originals = createPayloadReader(options.reader)
    this.#position = position
    this.#block = block
    this.#storedTo = position.scannedTo
    this.#readTo = position.scannedTo
    this.#flushedAtMs = options.now()
  }

  static async open(options: PartitionScanOptions, position: ScanPosition): Promise<PartitionScan> {
    return new PartitionScan(options, position, await lastBlock(options, position))
  }

  /** Reads to the end that was seen when it began. What was read before a failure is stored, too. */
  async run(signal: AbortSignal): Promise<void> {
    const { endOffset, startOffset } = this.#position
    if (this.#readTo < startOffset) this.#readTo = startOffset
    let next = this.#readTo < endOffset ? this.#fetch(this.#readTo, signal) : null
    try {
      while (next !== null) {
        const batch: MessageBatch = await next
        const isDone = batch.nextOffset >= endOffset || signal.aborted
        // The next is fetched while this one is looked at.
        next = isDone ? null : this.#fetch(batch.nextOffset, signal)
        await this.#take(batch, signal)
      }
    } finally {
      await next?.catch(() => undefined)
      await this.#flush()
    }
  }

  #fetch(fromOffset: bigint, signal: AbortSignal): Promise<MessageBatch> {
    const { reader, queue } = this.#options
    const { partition, broker } = this.#position
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(REQUEST_DEADLINE_MS)])
    const request = { topic: queue.topic, partition, broker, fromOffset, maxBytes: FETCH_BYTES }
    const fetched = readKnown(reader, request, this.#position.endOffset, deadline)
    // Whoever waits for it hears of its failure; until then it is not unhandled.
    fetched.catch(() => undefined)
    return fetched
  }

  async #take({ messages, nextOffset, startOffset, unreadable }: MessageBatch, signal: AbortSignal): Promise<void> {
    this.#position.startOffset = startOffset
    for (const message of messages) {
      if (!this.#block.accepts(message.offset)) await this.#flush()
      const decoded = this.#options.decode(message)
      const place = decoded.replay === null ? originalOf(decoded) : null
      this.#note(message, decoded, place === null ? decoded.replay : await this.#replayAt(place, message, signal))
    }
    for (const { fromOffset, toOffset, fault } of unreadable) {
      const range = { from: String(fromOffset), to: String(toOffset), code: fault.code }
      this.#position.unreadable.push(range)
    }
    this.#readTo = nextOffset
    if (this.#block.isFull || this.#options.now() - this.#flushedAtMs > FLUSH_AFTER_MS) await this.#flush()
  }

  /** A share group's letter lacks what the record's own headers tell. Null also while the source cannot be read. */
  async #replayAt(
    place: PayloadPointer,
    { timestampMs }: StoredMessage,
    signal: AbortSignal,
  ): Promise<EarlierReplay | null> {
    try {
      const original = await this.#originals.read(place, timestampMs, signal)
      return original && readEarlierReplay(original.headers)
    } catch (error) {
      if (error instanceof MessageAccessError && !signal.aborted) return null
      throw error
    }
  }

  #note(message: StoredMessage, decoded: DecodedDeadLetter, replay: EarlierReplay | null): void {
    const { book, returns } = this.#options
    const { offset } = message
    const atMs = usableTimeMs(message.timestampMs)
    const kind = book.note(decoded, atMs, this.#position, offset)
    const source = replay && replaySourceOf(replay)
    if (source !== null) returns.add(source)
    const isReturned = replay !== null ? RETURNED : 0
    const isPointer = decoded.pointer !== null ? POINTER : 0
    const hasNoOrigin = decoded.origin?.topic == null ? NO_ORIGIN : 0
    this.#block.add(offset, atMs, kind, isReturned | isPointer | hasNoOrigin)
    this.#readTo = offset + 1n
    this.records += 1
  }

  /** The block, the position and what came back: all of it or nothing. */
  async #flush(): Promise<void> {
    const { database, queue, book, returns, now } = this.#options
    this.#flushedAtMs = now()
    if (this.#readTo === this.#storedTo) return
    const before = book.stored
    const columns = this.#block.columns === null ? null : encodeColumns(this.#block.columns)
    try {
      await database.transaction(async (tx) => {
        await lockQueues(tx, [queue.id, ...(await returns.queueIds(tx))])
        await this.#advance(tx)
        await book.storeNew(tx)
        if (columns !== null) await this.#storeBlock(tx, columns)
        await returns.store(tx)
      })
    } catch (error) {
      book.forgetIds(before)
      throw error
    }
    returns.clear()
    this.#storedTo = this.#readTo
    if (!this.#block.accepts(this.#readTo)) this.#block = new BlockBuilder()
  }

  async #advance(tx: TransactionClient): Promise<void> {
    const { queue, now } = this.#options
    const { partition, broker, startOffset, endOffset } = this.#position
    this.#position.unreadable = keptRanges(this.#position.unreadable, startOffset)
    const { count } = await tx.dlqPartition.updateMany({
      where: { queueId: queue.id, broker: toStoredBroker(broker), partition, scannedTo: this.#storedTo },
      data: {
        ...{ startOffset, endOffset, scannedTo: this.#readTo, scannedAtMs: BigInt(now()) },
        unreadable: this.#position.unreadable as unknown as Prisma.InputJsonValue,
      },
    })
    if (count === 0) throw new ScannedElsewhereError()
  }

  async #storeBlock(tx: TransactionClient, content: Uint8Array<ArrayBuffer>): Promise<void> {
    const { queue, book } = this.#options
    const { partition, broker } = this.#position
    const { columns, kinds, nextOffset } = this.#block
    if (columns === null || nextOffset === null) return
    const stored: KindCount[] = kinds.map((kind) => ({ ...kind, ...book.idsOf(kind) }))
    const key = { queueId: queue.id, broker: toStoredBroker(broker), partition, firstOffset: columns.firstOffset }
    const data = {
      ...{ nextOffset, records: columns.count, summary: encodeSummary(stored), content },
      ...timesOf(stored),
    }
    await tx.dlqBlock.upsert({
      where: { queueId_broker_partition_firstOffset: key },
      create: { ...key, ...data },
      update: data,
      select: { records: true },
    })
  }
}

/** The newest ones; what lies below the start is gone. */
function keptRanges(ranges: readonly UnreadableRange[], startOffset: bigint): UnreadableRange[] {
  return ranges.filter(({ to }) => BigInt(to) > startOffset).slice(-MAX_UNREADABLE)
}

function timesOf(kinds: readonly KindCount[]): { minAtMs: bigint | null; maxAtMs: bigint | null } {
  const known = kinds.filter(({ minAtMs }) => minAtMs !== null)
  if (known.length === 0) return { minAtMs: null, maxAtMs: null }
  return {
    minAtMs: BigInt(Math.min(...known.map(({ minAtMs }) => minAtMs ?? 0))),
    maxAtMs: BigInt(Math.max(...known.map(({ maxAtMs }) => maxAtMs ?? 0))),
  }
}

/** To be gone on with while it has room; else an empty one. */
async function lastBlock(
  { database, queue, book }: PartitionScanOptions,
  position: ScanPosition,
): Promise<BlockBuilder> {
  const { partition, broker, scannedTo } = position
  const row = await database.client.dlqBlock.findFirst({
    where: { queueId: queue.id, broker: toStoredBroker(broker), partition },
    orderBy: { firstOffset: 'desc' },
  })
  if (row === null || row.nextOffset > scannedTo) return new BlockBuilder()
  const kinds = decodeSummary(row.summary).map((kind) => {
    const indexes = book.indexesOf(kind.causeId, kind.originId)
    return indexes === null ? null : { ...kind, ...indexes }
  })
  const known = kinds.filter((kind) => kind !== null)
  // Stored by another process with causes that are not in this book: the next record begins a block of its own.
  if (known.length < kinds.length) return new BlockBuilder()
  const block = BlockBuilder.from(decodeColumns(row.firstOffset, row.content), known)
  return block.accepts(scannedTo) ? block : new BlockBuilder()
}
