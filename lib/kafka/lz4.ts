/** LZ4 frames, decoding only, within bounds: for the reasons in `snappy.ts`. */
import { DamagedBytesError, TooManyBytesError } from './damaged-bytes.ts'
import { copyBack, copyBytes } from './snappy.ts'

/*
  Frame: magic UINT32LE 0x184D2204 | FLG | BD | [content size 8] | [dictionary id 4] | header checksum 1 |
         blocks: size UINT32LE (top bit: stored as it is), data, [checksum 4] | end mark 0 | [content checksum 4]
  FLG: bits 7-6 version 1, 5 independent blocks, 4 block checksum, 3 content size, 2 content checksum, 0 dictionary id
*/
const MAGIC = 0x184d2204
const DESCRIPTOR_AT = 4
const BLOCK_CHECKSUM = 0x10
const CONTENT_SIZE = 0x08
const DICTIONARY = 0x01
const STORED = 0x80000000
const MIN_MATCH = 4
/** A byte of a length stands for at most 255. */
const MOST_GROWTH = 255
/** By the bits 6-4 of BD. */
const BLOCK_BYTES: Record<number, number> = { 4: 64 * 1024, 5: 256 * 1024, 6: 1024 * 1024, 7: 4 * 1024 * 1024 }

/** @throws DamagedBytesError, TooManyBytesError */
export function decodeLz4(bytes: Buffer, maxBytes: number): Buffer {
  const frame = readDescriptor(bytes)
  const output = new Output(bytes.length, maxBytes)
  let at = frame.blocksAt
  for (;;) {
    if (at + 4 > bytes.length) throw new DamagedBytesError('compression')
    const head = bytes.readUInt32LE(at)
    at += 4
    if (head === 0) return output.whole()
    const size = head % STORED
    if (size > frame.blockBytes || at + size > bytes.length) throw new DamagedBytesError('compression')
    const isStored = head >= STORED
    output.reserve(isStored ? size : Math.min(frame.blockBytes, size * MOST_GROWTH))
    if (isStored) output.append(bytes, at, size)
    else output.decode(bytes, at, at + size)
    at += size + frame.checksumBytes
  }
}

function readDescriptor(bytes: Buffer): { blocksAt: number; blockBytes: number; checksumBytes: number } {
  if (bytes.length < DESCRIPTOR_AT + 3 || bytes.readUInt32LE(0) !== MAGIC) throw new DamagedBytesError('compression')
  const flags = bytes[DESCRIPTOR_AT] ?? 0
  const blockBytes = BLOCK_BYTES[((bytes[DESCRIPTOR_AT + 1] ?? 0) >> 4) & 7]
  if (blockBytes === undefined || flags & DICTIONARY) throw new DamagedBytesError('compression')
  // The header's own checksum is not looked at: early Kafka clients wrote a wrong one, and the batch has its CRC.
  const blocksAt = DESCRIPTOR_AT + 2 + (flags & CONTENT_SIZE ? 8 : 0) + 1
  return { blocksAt, blockBytes, checksumBytes: flags & BLOCK_CHECKSUM ? 4 : 0 }
}

/** One growing buffer for all blocks: a block may refer to the 64 KiB before it. */
class Output {
  #buffer: Buffer
  #length = 0
  readonly #maxBytes: number

  constructor(compressedBytes: number, maxBytes: number) {
    this.#maxBytes = maxBytes
    this.#buffer = Buffer.allocUnsafe(Math.min(maxBytes, compressedBytes * 4))
  }

  whole(): Buffer {
    return this.#buffer.subarray(0, this.#length)
  }

  /** Room for one more block, or for all that is allowed. */
  reserve(blockBytes: number): void {
    const wanted = Math.min(this.#maxBytes, this.#length + blockBytes)
    if (wanted <= this.#buffer.length) return
    const grown = Buffer.allocUnsafe(Math.min(this.#maxBytes, Math.max(wanted, this.#buffer.length * 2)))
    this.#buffer.copy(grown, 0, 0, this.#length)
    this.#buffer = grown
  }

  append(bytes: Buffer, at: number, length: number): void {
    if (this.#length + length > this.#buffer.length) throw this.#overflow()
    copyBytes(bytes, at, this.#buffer, this.#length, length)
    this.#length += length
  }

  #overflow(): Error {
    return this.#buffer.length >= this.#maxBytes ? new TooManyBytesError() : new DamagedBytesError('compression')
  }

  /** Sequences: token, literal length, literals, offset UINT16LE, match length; the last one ends with its literals. */
  decode(bytes: Buffer, from: number, end: number): void {
    const out = this.#buffer
    const cursor = { at: from }
    while (cursor.at < end) {
      const token = bytes[cursor.at++] ?? 0
      const literals = extended(bytes, cursor, end, token >> 4)
      if (cursor.at + literals > end) throw new DamagedBytesError('compression')
      this.append(bytes, cursor.at, literals)
      cursor.at += literals
      if (cursor.at === end) return
      if (cursor.at + 2 > end) throw new DamagedBytesError('compression')
      const offset = bytes.readUInt16LE(cursor.at)
      cursor.at += 2
      const length = extended(bytes, cursor, end, token & 15) + MIN_MATCH
      if (this.#length + length > out.length) throw this.#overflow()
      this.#length = copyBack(out, this.#length, offset, length)
    }
  }
}

/** 15 in the token: more bytes follow, each adding up, until one is not 255. */
function extended(bytes: Buffer, cursor: { at: number }, end: number, short: number): number {
  if (short !== 15) return short
  let length = short
  for (;;) {
    if (cursor.at >= end) throw new DamagedBytesError('compression')
    const byte = bytes[cursor.at++] ?? 0
    length += byte
    if (byte !== 255) return length
  }
}
