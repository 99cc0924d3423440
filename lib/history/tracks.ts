/**
 * The columns of several entities, in tracks: a track holds the same of every entity and is compressed by itself, so
 * that reading one metric decompresses nothing else.
 */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { ByteReader, ByteWriter } from './bytes.ts'
import { type Column, decodeColumn, encodeColumn, skipColumn } from './column-codec.ts'
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

/**
 * Of one track the columns of the wanted entities; what it does not know (yet) is absent.
 *
 * @param wanted ascending @throws RangeError when the bytes are no track
 */
export function readTrack(tracks: Tracks, track: number, entries: number, wanted: readonly number[]): Column[] {
  const stored = tracks.stored[track]
  const reader = new ByteReader(stored === undefined ? new Uint8Array() : zstdDecompressSync(stored))
  let entity = 0
  return wanted.map((index) => {
    if (stored === undefined || index >= tracks.entities) return absentColumn(entries)
    for (; entity < index; entity += 1) skipColumn(reader, entries)
    entity += 1
    return decodeColumn(reader, entries)
  })
}

export function absentColumn(entries: number): Column {
  return { states: new Uint8Array(entries).fill(ABSENT), values: new Float64Array(entries) }
}
