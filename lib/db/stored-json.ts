/** JSON with bigints, compressed: for what is stored and no query looks into. */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

const MAX_PLAIN_BYTES = 2 ** 30
const BIGINT = '$bigint'

/** Whoever calls `decodeStored` knows what was encoded: this console writes and reads it, nobody else. */
export function encodeStored(value: unknown): Uint8Array<ArrayBuffer> {
  const text = JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'bigint' ? { [BIGINT]: String(part) } : part,
  )
  return new Uint8Array(zstdCompressSync(text, { params: { [constants.ZSTD_c_compressionLevel]: 1 } }))
}

export function decodeStored<T>(stored: Uint8Array): T {
  const text = zstdDecompressSync(stored, { maxOutputLength: MAX_PLAIN_BYTES }).toString('utf8')
  return JSON.parse(text, (_key, part: unknown) => {
    if (part === null || typeof part !== 'object' || !(BIGINT in part)) return part
    return BigInt(String(part[BIGINT]))
  }) as T
}
