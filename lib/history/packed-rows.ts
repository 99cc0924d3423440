/** How rows are stored: a format number, then zstd of what V8 serializes. Each kind of rows counts its own formats. */
import { deserialize, serialize } from 'node:v8'
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { type PackedColumns, packColumns, unpackColumns } from './columns.ts'

/** The quickest level: higher ones cost three times the CPU for a tenth less. */
const OPTIONS = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

/** Before compression: compared with the last poll's to see whether a section changed. */
export function packRows(rows: readonly unknown[]): Buffer {
  return serialize(packColumns(rows))
}

export function compressRows(format: number, packed: Buffer): Uint8Array<ArrayBuffer> {
  const compressed = zstdCompressSync(packed, OPTIONS)
  const content = new Uint8Array(compressed.length + 1)
  content[0] = format
  content.set(compressed, 1)
  return content
}

/** Null when they were written in another format or are damaged. */
export function decodeRows(format: number, content: Uint8Array): { rows: unknown[]; packedBytes: number } | null {
  if (content[0] !== format) return null
  try {
    const packed = zstdDecompressSync(content.subarray(1))
    return { rows: unpackColumns(deserialize(packed) as PackedColumns), packedBytes: packed.length }
  } catch {
    // Not ours or cut off; there is nothing to be learnt from how the decoder failed.
    return null
  }
}
