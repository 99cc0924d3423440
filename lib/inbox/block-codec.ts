/**
 * A block of the index: up to 16,384 dead letters of one partition, by column. Of each it holds where it lies, when it
 * was written, of which kind it is (a pair of cause and origin) and a few flags; the kinds with their counts stand
 * apart, so that most questions need no columns. Pure.
 *
 *     summary   number of kinds, for each: cause, origin, records, those that came back, those with a time, first and last time,
 *               arrivals by the hour
 *     columns   format, number of records, then as blocks: offsets (difference less 1), times (0: none, else
 *               1 + zigzag of the difference), kinds, flags
 *
 * both compressed and behind a checksum.
 */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { ByteReader, ByteWriter, checkedContent, unzigzag, withChecksum, zigzag } from '../history/bytes.ts'
import { HOUR_MS } from '../units.ts'

export const BLOCK_RECORDS = 16_384

/** Carries the marks of a replay by this console: it came back. */
export const RETURNED = 1
/** Has no payload of its own, and says where it lies. */
export const POINTER = 2
/** Nothing tells where it came from. */
export const NO_ORIGIN = 4

/** Between the first and the last offset of a block. */
const MAX_SPAN = 2n ** 50n

/** Later times, and earlier ones below zero, count as unknown: nobody's clock says so. */
const MAX_TIME_MS = 2 ** 50

/** Null for what nobody's clock says. */
export function usableTimeMs(atMs: number | null): number | null {
  return atMs !== null && atMs >= 0 && atMs <= MAX_TIME_MS ? atMs : null
}

export interface RecordKind {
  causeId: number
  originId: number
}

export interface KindCount extends RecordKind {
  records: number
  /** Those of them that came back after a replay. */
  returned: number
  /** Those that have a time, the first and the last of which follow. */
  timed: number
  minAtMs: number | null
  maxAtMs: number | null
  /** Arrivals: hour since 1970, how many, and so on in pairs. An hour may come more than once. */
  hours: number[]
}

/** Rising by offset. */
export interface BlockColumns {
  firstOffset: bigint
  count: number
  /** Offsets less `firstOffset`. */
  offsets: Float64Array
  /** NaN where a record has none. */
  times: Float64Array
  /** Indexes of the summary's kinds. */
  kinds: Uint16Array
  flags: Uint8Array
}

/** Collects records of one partition, in their order. */
export class BlockBuilder {
  #columns: BlockColumns | null = null
  readonly #kinds: KindCount[] = []
  readonly #kindAt = new Map<number, Map<number, number>>()

  get count(): number {
    return this.#columns?.count ?? 0
  }

  get isFull(): boolean {
    return this.count >= BLOCK_RECORDS
  }

  /** False when it is full, or too far from the first for an exact difference. */
  accepts(offset: bigint): boolean {
    return !this.isFull && (this.#columns === null || offset - this.#columns.firstOffset < MAX_SPAN)
  }

  get columns(): BlockColumns | null {
    return this.#columns
  }

  get kinds(): readonly KindCount[] {
    return this.#kinds
  }

  /** Behind the last record; null when empty. */
  get nextOffset(): bigint | null {
    return this.#columns === null ? null : nextOffsetOf(this.#columns)
  }

  /** Goes on with a block that was stored before it was full. */
  static from(columns: BlockColumns, kinds: readonly KindCount[]): BlockBuilder {
    const builder = new BlockBuilder()
    for (let at = 0; at < columns.count; at += 1) {
      const kind = kinds[columns.kinds[at] as number] as KindCount
      const time = columns.times[at] as number
      const offset = columns.firstOffset + BigInt(columns.offsets[at] as number)
      builder.add(offset, Number.isNaN(time) ? null : time, kind, columns.flags[at] as number)
    }
    return builder
  }

  /** @param atMs as `usableTimeMs` has it */
  add(offset: bigint, atMs: number | null, { causeId, originId }: RecordKind, flags: number): void {
    const columns = this.#columnsFrom(offset)
    const at = columns.count
    columns.offsets[at] = Number(offset - columns.firstOffset)
    columns.times[at] = atMs ?? Number.NaN
    columns.flags[at] = flags
    columns.kinds[at] = this.#count(causeId, originId, atMs, flags)
    columns.count = at + 1
  }

  #columnsFrom(offset: bigint): BlockColumns {
    this.#columns ??= {
      firstOffset: offset,
      count: 0,
      offsets: new Float64Array(BLOCK_RECORDS),
      times: new Float64Array(BLOCK_RECORDS),
      kinds: new Uint16Array(BLOCK_RECORDS),
      flags: new Uint8Array(BLOCK_RECORDS),
    }
    return this.#columns
  }

  #count(causeId: number, originId: number, atMs: number | null, flags: number): number {
    let ofCause = this.#kindAt.get(causeId)
    if (ofCause === undefined) {
      ofCause = new Map()
      this.#kindAt.set(causeId, ofCause)
    }
    let index = ofCause.get(originId)
    if (index === undefined) {
      index =
        this.#kinds.push({
          causeId,
          originId,
          records: 0,
          returned: 0,
          timed: 0,
          minAtMs: null,
          maxAtMs: null,
          hours: [],
        }) - 1
      ofCause.set(originId, index)
    }
    const kind = this.#kinds[index] as KindCount
    kind.records += 1
    if ((flags & RETURNED) !== 0) kind.returned += 1
    if (atMs !== null) {
      kind.timed += 1
      addHour(kind.hours, Math.floor(atMs / HOUR_MS))
      kind.minAtMs = kind.minAtMs === null ? atMs : Math.min(kind.minAtMs, atMs)
      kind.maxAtMs = kind.maxAtMs === null ? atMs : Math.max(kind.maxAtMs, atMs)
    }
    return index
  }
}

/** Times that jump about make pairs of their own: looking for each would take long. */
const LOOKED_AT_PAIRS = 4

function addHour(hours: number[], hour: number): void {
  const end = hours.length
  for (let at = end - 2; at >= 0 && at >= end - 2 * LOOKED_AT_PAIRS; at -= 2) {
    if (hours[at] !== hour) continue
    hours[at + 1] = (hours[at + 1] as number) + 1
    return
  }
  hours.push(hour, 1)
}

export function nextOffsetOf({ firstOffset, offsets, count }: BlockColumns): bigint {
  return firstOffset + BigInt(offsets[count - 1] as number) + 1n
}

const OPTIONS = { params: { [constants.ZSTD_c_compressionLevel]: 3 } }
/** A summary of the most kinds and the longest numbers. */
const MAX_BYTES = 2 ** 22
const FORMAT = 1

const pack = (writer: ByteWriter): Uint8Array<ArrayBuffer> => withChecksum(zstdCompressSync(writer.take(), OPTIONS))

function unpack(stored: Uint8Array): ByteReader {
  const content = checkedContent(stored)
  if (content === null) throw new RangeError('a block of dead letters is damaged')
  const reader = new ByteReader(zstdDecompressSync(content, { maxOutputLength: MAX_BYTES }))
  if (reader.varint() !== FORMAT) throw new RangeError('a block of dead letters is of another version')
  return reader
}

export function encodeSummary(kinds: readonly KindCount[]): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter()
  writer.varint(FORMAT)
  writer.varint(kinds.length)
  for (const { causeId, originId, records, returned, timed, minAtMs, maxAtMs, hours } of kinds) {
    for (const value of [causeId, originId, records, returned, timed]) writer.varint(value)
    writer.varint(minAtMs === null ? 0 : 1 + minAtMs)
    writer.varint(maxAtMs === null ? 0 : 1 + maxAtMs)
    writer.varint(hours.length)
    for (const number of hours) writer.varint(number)
  }
  return pack(writer)
}

/** @throws RangeError when it is damaged */
export function decodeSummary(stored: Uint8Array): KindCount[] {
  const reader = unpack(stored)
  const time = (): number | null => {
    const value = reader.varint()
    return value === 0 ? null : value - 1
  }
  return Array.from({ length: reader.varint() }, () => ({
    causeId: reader.varint(),
    originId: reader.varint(),
    records: reader.varint(),
    returned: reader.varint(),
    timed: reader.varint(),
    minAtMs: time(),
    maxAtMs: time(),
    hours: Array.from({ length: reader.varint() }, () => reader.varint()),
  }))
}

export function encodeColumns({ count, offsets, times, kinds, flags }: BlockColumns): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter()
  const column = new ByteWriter()
  writer.varint(FORMAT)
  writer.varint(count)
  for (let at = 1; at < count; at += 1) column.varint((offsets[at] as number) - (offsets[at - 1] as number) - 1)
  writer.block(column.take())
  let before = 0
  for (let at = 0; at < count; at += 1) {
    const time = times[at] as number
    if (Number.isNaN(time)) column.varint(0)
    else {
      column.varint(1 + zigzag(time - before))
      before = time
    }
  }
  writer.block(column.take())
  for (let at = 0; at < count; at += 1) column.varint(kinds[at] as number)
  writer.block(column.take())
  writer.block(flags.subarray(0, count))
  return pack(writer)
}

/** @throws RangeError when it is damaged */
export function decodeColumns(firstOffset: bigint, stored: Uint8Array): BlockColumns {
  const reader = unpack(stored)
  const count = reader.varint()
  if (count > BLOCK_RECORDS) throw new RangeError('a block of dead letters is damaged')
  const [offsets, times, kinds] = [new Float64Array(count), new Float64Array(count), new Uint16Array(count)]
  readOffsets(new ByteReader(reader.block()), offsets)
  readTimes(new ByteReader(reader.block()), times)
  const kindReader = new ByteReader(reader.block())
  for (let at = 0; at < count; at += 1) kinds[at] = kindReader.varint()
  return { firstOffset, count, offsets, times, kinds, flags: reader.block() }
}

function readOffsets(reader: ByteReader, offsets: Float64Array): void {
  let offset = 0
  for (let at = 1; at < offsets.length; at += 1) {
    offset += 1 + reader.varint()
    offsets[at] = offset
  }
}

function readTimes(reader: ByteReader, times: Float64Array): void {
  let time = 0
  for (let at = 0; at < times.length; at += 1) {
    const code = reader.varint()
    if (code === 0) times[at] = Number.NaN
    else {
      time += unzigzag(code - 1)
      times[at] = time
    }
  }
}
