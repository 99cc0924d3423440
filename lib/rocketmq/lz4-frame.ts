/**
 * Decompresses LZ4 frames. Our own, because bytes from a broker are not to be trusted: the WebAssembly codec among the
 * dependencies has no bound on its output, and damaged frames can leave it unable to read good ones.
 *
 * Frame: magic | flags INT8 | block size INT8 | [content size INT64] | [dictionary id INT32] | header checksum INT8 |
 *   blocks { size INT32, its top bit set when not compressed | bytes | [checksum INT32] } | 0 INT32 | [checksum INT32]
 * Block: sequences { token INT8: 4 bits literal length, 4 bits match length - 4 | [more literal length] | literals |
 *   match offset INT16 | [more match length] }; the last one ends behind its literals. All little-endian.
 */
const MAGIC = 0x184d2204
const FLAGS_AT = 4
const HEADER_BYTES = 7
const VERSION_1 = 0x40
const VERSION_MASK = 0xc0
const HAS_BLOCK_CHECKSUM = 0x10
const HAS_CONTENT_SIZE = 0x08
const HAS_DICTIONARY = 0x01
const UNCOMPRESSED = 0x8000_0000
const LONG_LENGTH = 15
const MIN_MATCH_BYTES = 4
/** Calling Buffer's own copy costs more than this many single bytes. */
const SHORT_BYTES = 64

/** The frame is damaged, or unfolds to more than the caller allows. */
export class Lz4Error extends Error {
  readonly isTooLarge: boolean

  constructor(isTooLarge: boolean) {
    super(isTooLarge ? 'larger than allowed' : 'damaged')
    this.name = 'Lz4Error'
    this.isTooLarge = isTooLarge
  }
}

/**
 * Checksums are not compared: a message's own CRC covers the whole frame.
 *
 * @throws Lz4Error
 */
export function decompressLz4Frame(frame: Buffer, maxBytes: number): Buffer {
  const flags = frame.length > HEADER_BYTES ? frame.readUInt8(FLAGS_AT) : 0
  const isFrame = (flags & VERSION_MASK) === VERSION_1 && frame.readUInt32LE(0) === MAGIC
  if (!isFrame || (flags & HAS_DICTIONARY) !== 0) throw new Lz4Error(false)
  const output = new Output(maxBytes)
  const checksumBytes = (flags & HAS_BLOCK_CHECKSUM) === 0 ? 0 : 4
  let at = HEADER_BYTES + ((flags & HAS_CONTENT_SIZE) === 0 ? 0 : 8)
  for (;;) {
    if (at + 4 > frame.length) throw new Lz4Error(false)
    const size = frame.readUInt32LE(at)
    if (size === 0) return output.bytes
    const start = at + 4
    const end = start + (size % UNCOMPRESSED)
    if (end > frame.length) throw new Lz4Error(false)
    if (size >= UNCOMPRESSED) output.append(frame, start, end)
    else decompressBlock(frame, start, end, output)
    at = end + checksumBytes
  }
}

function decompressBlock(frame: Buffer, start: number, end: number, output: Output): void {
  let at = start
  /** The rest of a length that its four bits could not hold. */
  const lengthen = (length: number): number => {
    let whole = length
    let more = length === LONG_LENGTH ? 255 : 0
    while (more === 255) {
      if (at >= end) throw new Lz4Error(false)
      more = frame[at] ?? 0
      at += 1
      whole += more
    }
    return whole
  }
  while (at < end) {
    const token = frame[at] ?? 0
    at += 1
    const literalsEnd = lengthen(token >> 4) + at
    if (literalsEnd > end) throw new Lz4Error(false)
    output.append(frame, at, literalsEnd)
    at = literalsEnd
    if (at === end) return
    if (at + 2 > end) throw new Lz4Error(false)
    const offset = frame.readUInt16LE(at)
    at += 2
    output.repeat(offset, lengthen(token & LONG_LENGTH) + MIN_MATCH_BYTES)
  }
}

/** Grows with what is written, never beyond its bound. */
class Output {
  readonly #maxBytes: number
  #buffer = Buffer.allocUnsafe(0)
  #used = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#used)
  }

  append(source: Buffer, start: number, end: number): void {
    const length = end - start
    this.#reserve(length)
    if (length < SHORT_BYTES) copyBytes(source, start, this.#buffer, this.#used, length)
    else source.copy(this.#buffer, this.#used, start, end)
    this.#used += length
  }

  /** Copies what was written `offset` bytes ago; the copy may run into itself. */
  repeat(offset: number, length: number): void {
    if (offset === 0 || offset > this.#used) throw new Lz4Error(false)
    this.#reserve(length)
    const from = this.#used - offset
    if (length < SHORT_BYTES) copyBytes(this.#buffer, from, this.#buffer, this.#used, length)
    else this.#repeatInParts(from, offset, length)
    this.#used += length
  }

  /** Each part doubles what the next one can copy, so that a long run of one byte takes few steps. */
  #repeatInParts(from: number, offset: number, length: number): void {
    for (let done = 0; done < length; ) {
      const part = Math.min(offset + done, length - done)
      this.#buffer.copyWithin(this.#used + done, from, from + part)
      done += part
    }
  }

  #reserve(more: number): void {
    const needed = this.#used + more
    if (needed > this.#maxBytes) throw new Lz4Error(true)
    if (needed <= this.#buffer.length) return
    const grown = Buffer.allocUnsafeSlow(Math.min(this.#maxBytes, Math.max(2 * this.#buffer.length, needed)))
    this.#buffer.copy(grown, 0, 0, this.#used)
    this.#buffer = grown
  }
}

/** Byte by byte, so that a copy that runs into itself repeats what it has just written. */
function copyBytes(source: Buffer, from: number, target: Buffer, to: number, length: number): void {
  for (let index = 0; index < length; index += 1) target[to + index] = source[from + index] ?? 0
}
