/**
 * The columns of several entities, in tracks: a track holds the same of every entity and is compressed by itself, so
 * that reading one metric decompresses nothing else.
 */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { ByteReader, ByteWriter } from './bytes.ts'
import { type Column, type ColumnRoom, columnRoom, decodeColumn, encodeColumn, skipColumn } from './column-codec.ts'
import { ABSENT } from './slot-values.ts'

/** Higher levels take several times as long and gain less than one part in a hundred. */
const OPTIONS = { params: { [constants.ZSTD_c_compressionLevel]: 3 } }

/** @param tracks of each track its entities' columns, in their order */
export function writeTracks(out: ByteWriter, tracks: readonly (readonly Column[])[]): void {
  out.varint(tracks.length)
  out.varint(tracks[0]?.length ?? 0)
  const plain = new ByteWriter()
  for (const columns of tracks) {
    for (const column of columns) encodeColumn(column, plain)
    out.block(zstdCompressSync(plain.take(), OPTIONS))
  }
}

export interface Tracks {
  entities: number
  /** Still compressed. */
  stored: Uint8Array[]
}

export function splitTracks(reader: ByteReader): Tracks {
  const count = reader.varint()
  const entities = reader.varint()
  return { entities, stored: Array.from({ length: count }, () => reader.block()) }
}

/** The same of several entities, one after the other. */
export interface Track<T> {
  /**
   * Holds until the next one is asked for, which takes its place, and may be changed until then; of an entity that was not there yet everything is
   * absent.
   *
   * @param entity counted from the chunk's first, higher than the last one asked for
   * @throws RangeError when the bytes are no column
   */
  column(entity: number): T
}

/** @throws RangeError when the bytes are no track */
export function openTrack({ stored, entities }: Tracks, track: number, entries: number): TrackReader {
  const compressed = stored[track]
  if (compressed === undefined) return new TrackReader(new ByteReader(new Uint8Array()), entries, 0)
  return new TrackReader(new ByteReader(decompress(compressed)), entries, entities)
}

/** With room for all of it at once, zstd works without buffers of its own and without a copy at the end. */
function decompress(frame: Uint8Array): Uint8Array {
  const chunkSize = Math.max(constants.Z_MIN_CHUNK, plainLength(frame) + 1)
  const { buffer, byteOffset, length } = zstdDecompressSync(frame, { chunkSize })
  // No Buffer: code that meets two kinds of arrays reads each byte more slowly.
  return new Uint8Array(buffer, byteOffset, length)
}

/** As zstd says in its frame header: one to four bytes, by the highest bits of what stands behind the magic number. */
function plainLength(frame: Uint8Array): number {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length)
  const form = view.getUint8(4) >> 6
  if (form === 0) return view.getUint8(5)
  return form === 1 ? view.getUint16(5, true) + 0x100 : view.getUint32(5, true)
}

/** Decodes columns into the same room one by one: when each had its own, they were most of the garbage of a read. */
export class TrackReader implements Track<Column> {
  readonly #reader: ByteReader
  readonly #entries: number
  readonly #columns: number
  readonly #room: ColumnRoom
  #next = 0

  /** @param reader at the first of the columns */
  constructor(reader: ByteReader, entries: number, columns: number) {
    this.#reader = reader
    this.#entries = entries
    this.#columns = columns
    this.#room = columnRoom(entries)
  }

  column(index: number): Column {
    if (index >= this.#columns) return absentColumn(this.#entries)
    this.#skipTo(index)
    this.#next += 1
    return decodeColumn(this.#reader, this.#entries, this.#room)
  }

  /** So many readers, each of as many columns. */
  parts(count: number): TrackReader[] {
    const columns = this.#columns / count
    return Array.from({ length: count }, (_, part) => {
      this.#skipTo(part * columns)
      return new TrackReader(this.#reader.fork(), this.#entries, columns)
    })
  }

  #skipTo(index: number): void {
    for (; this.#next < index; this.#next += 1) skipColumn(this.#reader, this.#entries, this.#room)
  }
}

function absentColumn(entries: number): Column {
  const column = columnRoom(entries)
  column.states.fill(ABSENT)
  return column
}
