/** The records of a compressed batch, unpacked within bounds: a few kilobytes may claim to be a gigabyte. */
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { DamagedBytesError, TooManyBytesError } from './damaged-bytes.ts'
import { decodeLz4 } from './lz4.ts'
import { decodeSnappy } from './snappy.ts'

/** Bits 0 to 2 of a batch's attributes. */
const CODECS: Record<number, (bytes: Buffer, maxBytes: number) => Buffer> = {
  0: (bytes) => bytes,
  1: (bytes, maxOutputLength) => bounded(() => gunzipSync(bytes, { maxOutputLength })),
  2: decodeSnappy,
  3: decodeLz4,
  4: (bytes, maxOutputLength) => bounded(() => zstdDecompressSync(bytes, { maxOutputLength })),
}

/** @throws DamagedBytesError, TooManyBytesError */
export function decompress(codec: number, bytes: Buffer, maxBytes: number): Buffer {
  const decode = CODECS[codec]
  if (!decode) throw new DamagedBytesError('compression')
  return decode(bytes, maxBytes)
}

function bounded(unpack: () => Buffer): Buffer {
  try {
    return unpack()
  } catch (error) {
    if (error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') {
      throw new TooManyBytesError()
    }
    throw new DamagedBytesError('compression')
  }
}
