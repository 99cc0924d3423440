/**
 * From the bytes of a fetch to messages. Producers choose these bytes: whatever they are, decoding ends, in bounded
 * memory, and what cannot be read is named and passed.
 *
 * Keys, values and header values are views into the fetched bytes: who keeps one longer than a moment copies it, or
 * keeps all of the fetch.
 */
import { type Fault, fault } from '../cluster/fault.ts'
import type { MessageBatch, MessageHeader, StoredMessage } from '../cluster/messages.ts'
import { timeOrNull } from '../cluster/time-or-null.ts'
import { checksumOf } from './checksum.ts'
import { type Damage, DamagedBytesError, TooManyBytesError } from './damaged-bytes.ts'
import { decompress } from './decompress.ts'
import type { AbortedTransaction } from './fetch-request.ts'
import { readOldMessages } from './old-messages.ts'

/*
  Layout of a batch: see `record-batch.ts`. The CRC covers everything from the attributes on.
  Record: length VARINT | attributes INT8 | timestamp_delta VARLONG | offset_delta VARINT | key_length VARINT, key |
          value_length VARINT, value | headers_count VARINT, [key_length VARINT, key, value_length VARINT, value]
*/
const LENGTH_AT = 8
const LENGTH_END = 12
const MAGIC_AT = 16
const MAGIC_END = 17
const CRC_AT = 17
const ATTRIBUTES_AT = 21
const LAST_OFFSET_DELTA_AT = 23
const BASE_TIMESTAMP_AT = 27
const MAX_TIMESTAMP_AT = 35
const PRODUCER_ID_AT = 43
const COUNT_AT = 57
const RECORDS_AT = 61
const CODEC = 0x07
const LOG_APPEND_TIME = 0x08
const TRANSACTIONAL = 0x10
const CONTROL = 0x20
const NEWEST_MAGIC = 2
const ABORT_MARKER = 0
/** A record has at least a byte for its length and each of its six fields. */
const SMALLEST_RECORD = 7
const MAX_UNREADABLE = 100

export interface DecodeLimits {
  /** What one batch may unpack to. */
  batchBytes: number
  /** No further batch is unpacked behind this much. */
  readBytes: number
  messages: number
}

export const DECODE_LIMITS: DecodeLimits = {
  // Far above what a producer packs into one batch, far below what would end the process.
  batchBytes: 128 * 1024 * 1024,
  readBytes: 32 * 1024 * 1024,
  messages: 100_000,
}

export interface FetchedBytes {
  partition: number
  bytes: Buffer
  fromOffset: bigint
  /** Behind the last readable message. */
  endOffset: bigint
  aborted: readonly AbortedTransaction[]
}

export type DecodedBatches = Pick<MessageBatch, 'messages' | 'nextOffset' | 'unreadable'>

/** The messages at and behind `fromOffset`. `nextOffset` stays at `fromOffset` only when there is no whole batch. */
export function decodeBatches(fetched: FetchedBytes, limits: DecodeLimits = DECODE_LIMITS): DecodedBatches {
  const decoder = new Decoder(fetched, limits)
  decoder.run()
  return { messages: decoder.messages, nextOffset: decoder.nextOffset, unreadable: decoder.unreadable }
}

class Decoder {
  readonly messages: StoredMessage[] = []
  readonly unreadable: MessageBatch['unreadable'] = []
  nextOffset: bigint
  readonly #fetched: FetchedBytes
  readonly #limits: DecodeLimits
  readonly #transactions: AbortedTransactions
  #unpackedBytes = 0

  constructor(fetched: FetchedBytes, limits: DecodeLimits) {
    this.#fetched = fetched
    this.#limits = limits
    this.nextOffset = fetched.fromOffset
    this.#transactions = new AbortedTransactions(fetched.aborted)
  }

  run(): void {
    const { bytes } = this.#fetched
    let at = 0
    while (at + MAGIC_END <= bytes.length && !this.#isFull()) {
      const end = at + LENGTH_END + bytes.readInt32BE(at + LENGTH_AT)
      if (end < at + MAGIC_END) {
        this.#passOne(bytes.readBigInt64BE(at))
        break
      }
      // A batch that is cut off at the end of the fetch comes whole with the next one.
      if (end > bytes.length) break
      this.#take(bytes.subarray(at, end), end)
      at = end
    }
  }

  #isFull(): boolean {
    return this.#unpackedBytes >= this.#limits.readBytes || this.messages.length >= this.#limits.messages
  }

  /** A length that leads nowhere: where the next batch begins is unknown, so one offset is given up. */
  #passOne(baseOffset: bigint): void {
    const at = largest(baseOffset < this.#fetched.endOffset ? baseOffset : this.nextOffset, this.nextOffset)
    this.#pass(at + 1n, damaged('length'))
  }

  #take(batch: Buffer, end: number): void {
    const base = batch.readBigInt64BE(0)
    const magic = batch.readInt8(MAGIC_AT)
    if (magic >= 0 && magic < NEWEST_MAGIC) this.#takeOld(batch, base, magic, end)
    else {
      const reason = faultOfHead(batch, magic)
      if (reason) this.#pass(this.#behind(batch, base, end), reason)
      else this.#takeWhole(batch, base)
    }
  }

  #takeWhole(batch: Buffer, base: bigint): void {
    const next = base + BigInt(batch.readInt32BE(LAST_OFFSET_DELTA_AT)) + 1n
    if (next <= this.nextOffset) return
    if (this.#transactions.isReadable(batch, next - 1n)) this.#decode(batch, base, next)
    else this.nextOffset = next
  }

  #decode(batch: Buffer, base: bigint, next: bigint): void {
    try {
      const attributes = batch.readInt16BE(ATTRIBUTES_AT)
      const records = decompress(attributes & CODEC, batch.subarray(RECORDS_AT), this.#limits.batchBytes)
      this.#unpackedBytes += records.length
      const isWhole = this.#readRecords(batch, records, base, next)
      if (isWhole) this.nextOffset = next
    } catch (error) {
      this.#pass(next, this.#faultOf(error))
    }
  }

  /** False when it stopped in the middle because there are enough messages: the rest comes with the next read. */
  #readRecords(batch: Buffer, records: Buffer, base: bigint, next: bigint): boolean {
    const count = batch.readInt32BE(COUNT_AT)
    if (count < 0 || count > records.length / SMALLEST_RECORD) throw new DamagedBytesError('records')
    const cursor = new RecordCursor(records, this.#fetched.partition, base, stampOf(batch))
    const wanted = this.nextOffset
    for (let index = 0; index < count; index++) {
      const message = cursor.read(wanted)
      if (message === null) continue
      if (message.offset < this.nextOffset || message.offset >= next) throw new DamagedBytesError('records')
      if (this.messages.length >= this.#limits.messages) return false
      this.messages.push(message)
      this.nextOffset = message.offset + 1n
    }
    return true
  }

  #takeOld(batch: Buffer, base: bigint, magic: number, end: number): void {
    try {
      const { partition } = this.#fetched
      const limit = this.#limits.batchBytes
      const { messages, unpackedBytes } = readOldMessages(batch, {
        partition,
        fromOffset: this.nextOffset,
        magic,
        limit,
      })
      this.#unpackedBytes += unpackedBytes
      const taken = messages.slice(0, this.#limits.messages - this.messages.length)
      for (const message of taken) this.messages.push(message)
      this.nextOffset = largest(this.nextOffset, (taken.at(-1)?.offset ?? base) + 1n)
    } catch (error) {
      this.#pass(this.#behind(batch, base, end), this.#faultOf(error))
    }
  }

  #faultOf(error: unknown): Fault {
    if (error instanceof DamagedBytesError) return damaged(error.damage)
    if (error instanceof TooManyBytesError) return fault('batchTooLarge', { limitBytes: this.#limits.batchBytes })
    throw error
  }

  /** Behind a batch that cannot be trusted: where the next one begins, or else what this one says of itself. */
  #behind(batch: Buffer, base: bigint, end: number): bigint {
    const { bytes, endOffset } = this.#fetched
    const following = end + 8 <= bytes.length ? bytes.readBigInt64BE(end) : null
    if (following !== null && following > base && following <= endOffset) return following
    const lastDelta = batch.length >= LAST_OFFSET_DELTA_AT + 4 ? batch.readInt32BE(LAST_OFFSET_DELTA_AT) : 0
    const own = base + BigInt(lastDelta) + 1n
    return lastDelta >= 0 && own <= endOffset ? own : base + 1n
  }

  #pass(toOffset: bigint, reason: Fault): void {
    const fromOffset = this.nextOffset
    // What cannot be trusted may also lie behind what was asked for.
    if (toOffset <= fromOffset) return
    this.nextOffset = toOffset
    if (this.unreadable.length < MAX_UNREADABLE) this.unreadable.push({ fromOffset, toOffset, fault: reason })
  }
}

/** Why a batch cannot be trusted at all; null for a good one. */
function faultOfHead(batch: Buffer, magic: number): Fault | null {
  if (magic !== NEWEST_MAGIC) return fault('batchFormatUnknown', { magic })
  if (batch.length < RECORDS_AT) return damaged('length')
  return checksumOf(batch.subarray(ATTRIBUTES_AT)) === batch.readUInt32BE(CRC_AT) ? null : damaged('checksum')
}

function damaged(damage: Damage): Fault {
  return fault('batchDamaged', { damage })
}

function largest(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}

/** Log-append time is the same for the whole batch; otherwise each record has its own. */
interface Stamp {
  baseMs: number
  isFixed: boolean
}

function stampOf(batch: Buffer): Stamp {
  const isFixed = (batch.readInt16BE(ATTRIBUTES_AT) & LOG_APPEND_TIME) !== 0
  return { isFixed, baseMs: Number(batch.readBigInt64BE(isFixed ? MAX_TIMESTAMP_AT : BASE_TIMESTAMP_AT)) }
}

/** Which transactions were given up, followed batch by batch as the log goes on. */
class AbortedTransactions {
  readonly #coming: AbortedTransaction[]
  readonly #open = new Set<bigint>()

  constructor(aborted: readonly AbortedTransaction[]) {
    this.#coming = [...aborted].sort((a, b) => (a.firstOffset < b.firstOffset ? 1 : -1))
  }

  isReadable(batch: Buffer, lastOffset: bigint): boolean {
    for (let next = this.#coming.at(-1); next && next.firstOffset <= lastOffset; next = this.#coming.at(-1)) {
      this.#open.add(next.producerId)
      this.#coming.pop()
    }
    const attributes = batch.readInt16BE(ATTRIBUTES_AT)
    const producerId = batch.readBigInt64BE(PRODUCER_ID_AT)
    if (attributes & CONTROL) {
      if (isAbortMarker(batch)) this.#open.delete(producerId)
      return false
    }
    return (attributes & TRANSACTIONAL) === 0 || !this.#open.has(producerId)
  }
}

/** The key of a control record: version INT16 | type INT16. It stands behind four short numbers and the key's length. */
function isAbortMarker(batch: Buffer): boolean {
  const keyAt = RECORDS_AT + 5
  return batch.length >= keyAt + 4 && batch.readInt16BE(keyAt + 2) === ABORT_MARKER
}

const NO_HEADERS: MessageHeader[] = []
const MOST_KNOWN = 64
/** Comparing more than this is quicker in one call than byte by byte. */
const SHORT_BYTES = 128

/** A header as it stood in an earlier record, from the length of its name to the end of its value. */
interface KnownHeader {
  header: MessageHeader
  nameBytes: number
  sizeBytes: number
  from: number
  to: number
}

class RecordCursor {
  readonly #bytes: Buffer
  readonly #partition: number
  readonly #base: bigint
  readonly #stamp: Stamp
  /** Of the records before, by their places: the next one nearly always has the same names, and most of the values. */
  readonly #known: KnownHeader[] = []
  #at = 0
  #end = 0

  constructor(bytes: Buffer, partition: number, base: bigint, stamp: Stamp) {
    this.#bytes = bytes
    this.#partition = partition
    this.#base = base
    this.#stamp = stamp
  }

  /** The next record; null when it lies before `wanted`. */
  read(wanted: bigint): StoredMessage | null {
    this.#end = this.#bytes.length
    const length = this.#varint()
    if (length <= 0 || this.#at + length > this.#end) throw new DamagedBytesError('records')
    const end = this.#at + length
    this.#end = end
    this.#at++
    const timestampDelta = this.#varint()
    const offset = this.#base + BigInt(this.#varint())
    if (offset < wanted) {
      this.#at = end
      return null
    }
    const begin = this.#at
    const key = this.#slice()
    const value = this.#slice()
    let sizeBytes = (key?.length ?? 0) + (value?.length ?? 0)
    const count = this.#varint()
    if (count < 0 || count > end - begin) throw new DamagedBytesError('records')
    // A list of its own for each message: callers may add to it.
    const headers: MessageHeader[] = count === 0 ? NO_HEADERS.slice() : []
    for (let index = 0; index < count; index++) {
      const known = this.#header(index)
      sizeBytes += known.sizeBytes
      headers.push(known.header)
    }
    if (this.#at !== end) throw new DamagedBytesError('records')
    const ms = this.#stamp.isFixed ? this.#stamp.baseMs : this.#stamp.baseMs + timestampDelta
    return {
      partition: this.#partition,
      broker: null,
      offset,
      timestampMs: timeOrNull(ms),
      key,
      value,
      headers,
      sizeBytes,
      rocketmq: null,
    }
  }

  /**
   * The same bytes as in the record before are the same header: comparing is much less work than making one, and what is
   * not made is not collected. Nobody changes a header in place.
   */
  #header(place: number): KnownHeader {
    const known = this.#known[place]
    const from = this.#at
    if (known !== undefined && this.#isSame(from, known.from, known.to)) {
      this.#at += known.to - known.from
      return known
    }
    const { text, bytes: nameBytes } = this.#name(known)
    const value = this.#slice()
    const sizeBytes = nameBytes + (value?.length ?? 0)
    const read = { header: { key: text, value }, nameBytes, sizeBytes, from, to: this.#at }
    if (place < MOST_KNOWN) this.#known[place] = read
    return read
  }

  #name(known: KnownHeader | undefined): { text: string; bytes: number } {
    const begin = this.#at
    const length = this.#varint()
    const from = this.#at
    const to = from + length
    if (length < 0 || to > this.#end) throw new DamagedBytesError('records')
    this.#at = to
    const isKnown = known?.nameBytes === length && this.#isSame(begin, known.from, known.from + to - begin)
    return { text: isKnown ? known.header.key : this.#bytes.toString('utf8', from, to), bytes: length }
  }

  /** Whether the bytes at a place are those of an earlier one. */
  #isSame(at: number, from: number, to: number): boolean {
    const bytes = this.#bytes
    const length = to - from
    if (at + length > this.#end) return false
    if (length > SHORT_BYTES) return bytes.compare(bytes, from, to, at, at + length) === 0
    for (let index = 0; index < length; index += 1) if (bytes[at + index] !== bytes[from + index]) return false
    return true
  }

  #slice(): Buffer | null {
    const length = this.#varint()
    if (length === -1) return null
    const from = this.#at
    if (length < 0 || from + length > this.#end) throw new DamagedBytesError('records')
    this.#at = from + length
    return this.#bytes.subarray(from, from + length)
  }

  /** Zigzag, at most ten bytes; exact up to 2^53, which no length and no time of a sane record exceeds. */
  #varint(): number {
    const bytes = this.#bytes
    let at = this.#at
    let byte = at < this.#end ? (bytes[at++] as number) : 0x80
    let value = byte & 0x7f
    for (let factor = 128; byte >= 0x80; factor *= 128) {
      if (at >= this.#end || at - this.#at >= 10) throw new DamagedBytesError('records')
      byte = bytes[at++] as number
      value += (byte & 0x7f) * factor
    }
    this.#at = at
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }
}
