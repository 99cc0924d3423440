/** What stands in the column `content`: one byte that tells how it is packed, then frames, each after its length. */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

const PLAIN = 0
const ZSTD = 1
const OPTIONS = { params: { [constants.ZSTD_c_compressionLevel]: 3 } }

/** One poll: too short for a compressor to gain anything. */
export function rowOfFrame(frame: Uint8Array): Uint8Array<ArrayBuffer> {
  const prefix = [PLAIN]
  let rest = frame.length
  while (rest >= 0x80) {
    prefix.push((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  prefix.push(rest)
  const row = new Uint8Array(prefix.length + frame.length)
  row.set(prefix)
  row.set(frame, prefix.length)
  return row
}

/** The rows of a run as one: frames stay as they are, so that nothing has to be encoded again. */
export function joinRows(rows: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const compressed = zstdCompressSync(Buffer.concat(rows.map(framesOf)), OPTIONS)
  const row = new Uint8Array(compressed.length + 1)
  row[0] = ZSTD
  row.set(compressed, 1)
  return row
}

export function framesOf(row: Uint8Array): Uint8Array<ArrayBuffer> {
  const packed = row.subarray(1)
  if (row[0] === ZSTD) return new Uint8Array(zstdDecompressSync(packed))
  return new Uint8Array(packed)
}
