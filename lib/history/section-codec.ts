/** How snapshot sections are written: a format number, then zstd of what V8 serializes. */
import { deserialize, serialize } from 'node:v8'
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { type PackedColumns, packColumns, unpackColumns } from './columns.ts'

/** Grows with every change of the stored types, so that a section of another version counts as not polled yet. */
const FORMAT = 9

/** The quickest level: higher ones cost three times the CPU for a tenth less. */
const OPTIONS = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

/** Before compression: compared with the last poll's to see whether a section changed. */
export function packSection(rows: readonly unknown[]): Buffer {
  return serialize(packColumns(rows))
}

export function compressSection(packed: Buffer): Uint8Array<ArrayBuffer> {
  const compressed = zstdCompressSync(packed, OPTIONS)
  const content = new Uint8Array(compressed.length + 1)
  content[0] = FORMAT
  content.set(compressed, 1)
  return content
}

/** Written by a version before this one, as far as its first byte tells. */
export function isOlderSection(content: Uint8Array): boolean {
  const format = content[0] ?? 0
  return format > 0 && format < FORMAT
}

/** Null when it was written by another version or is damaged: the next poll writes it anew. */
export function decodeSection(content: Uint8Array): { rows: unknown[]; packedBytes: number } | null {
  if (content[0] !== FORMAT) return null
  try {
    const packed = zstdDecompressSync(content.subarray(1))
    return { rows: unpackColumns(deserialize(packed) as PackedColumns), packedBytes: packed.length }
  } catch {
    // Not ours or cut off; there is nothing to be learnt from how the decoder failed.
    return null
  }
}
