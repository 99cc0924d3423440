/** Varints, zigzag and 64-bit words in a buffer that grows; and a checksum around what is stored. */
import { crc32 } from 'node:zlib'

const FIRST_BYTES = 4 * 1024
/** The longest thing written at once. */
const ROOM = 16

export class ByteWriter {
  #bytes = new Uint8Array(FIRST_BYTES)
  #length = 0

  get length(): number {
    return this.#length
  }

  /** A whole number from 0 to 2^53 − 1. */
  varint(value: number): void {
    this.#reserve(ROOM)
    const bytes = this.#bytes
    let rest = value
    while (rest >= 0x80) {
      bytes[this.#length++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    bytes[this.#length++] = rest
  }

  /** A whole number within ±2^52. */
  zigzag(value: number): void {
    this.varint(zigzag(value))
  }

  bigint64(value: bigint): void {
    this.#reserve(ROOM)
    this.#view().setBigInt64(this.#length, value, true)
    this.#length += 8
  }

  float64(value: number): void {
    this.#reserve(ROOM)
    this.#view().setFloat64(this.#length, value, true)
    this.#length += 8
  }

  /** Values of which many follow each other unchanged: each with how often it stands. */
  runs(values: Uint8Array | Float64Array): void {
    for (let from = 0; from < values.length; ) {
      let to = from + 1
      while (to < values.length && values[to] === values[from]) to += 1
      this.varint(values[from] as number)
      this.varint(to - from)
      from = to
    }
  }

  /** After its length. */
  block(bytes: Uint8Array): void {
    this.varint(bytes.length)
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** What was written so far; the writer begins anew. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.#bytes.slice(0, this.#length)
    this.#length = 0
    return taken
  }

  #view(): DataView {
    return new DataView(this.#bytes.buffer)
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + bytes))
    grown.set(this.#bytes)
    this.#bytes = grown
  }
}

/** Reads what a ByteWriter wrote. @throws RangeError past the end */
export class ByteReader {
  readonly #bytes: Uint8Array
  #words: DataView | null = null
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  varint(): number {
    const bytes = this.#bytes
    let byte = bytes[this.#at++]
    if (byte !== undefined && byte < 0x80) return byte
    let value = 0
    for (let scale = 1; ; scale *= 0x80) {
      if (byte === undefined) throw new RangeError('cut off')
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
      byte = bytes[this.#at++]
    }
  }

  zigzag(): number {
    return unzigzag(this.varint())
  }

  /** Fills a part of an array with zigzags: half a million of them make a day of a hundred series. */
  zigzags(values: Float64Array, from: number, until: number): void {
    const bytes = this.#bytes
    let at = this.#at
    for (let i = from; i < until; i += 1) {
      const start = at
      let byte = bytes[at++] as number
      let value = byte & 0x7f
      // Four bytes stay within the 32 bits of which arithmetic is quick.
      for (let shift = 7; byte >= 0x80 && shift < 28; shift += 7) {
        byte = bytes[at++] as number
        value |= (byte & 0x7f) << shift
      }
      if (byte < 0x80) {
        values[i] = (value >>> 1) ^ -(value & 1)
        continue
      }
      // Longer, or cut off.
      this.#at = start
      values[i] = this.zigzag()
      at = this.#at
    }
    this.#at = at
  }

  bigint64(): bigint {
    const at = this.#take(8)
    return this.#view().getBigInt64(at, true)
  }

  float64(): number {
    const at = this.#take(8)
    return this.#view().getFloat64(at, true)
  }

  /** Fills what `runs` wrote into an array of the same length. */
  runs(values: Uint8Array | Float64Array): void {
    for (let from = 0; from < values.length; ) {
      const value = this.varint()
      const to = from + this.varint()
      if (to === from || to > values.length) throw new RangeError('a run of no length, or past the end')
      values.fill(value, from, to)
      from = to
    }
  }

  /** A view, not a copy. */
  block(): Uint8Array {
    const at = this.#take(this.varint())
    return this.#bytes.subarray(at, this.#at)
  }

  skip(bytes: number): void {
    this.#take(bytes)
  }

  /** Another reader that stands at the same place. */
  fork(): ByteReader {
    const fork = new ByteReader(this.#bytes)
    fork.#at = this.#at
    return fork
  }

  skipVarints(count: number): void {
    const bytes = this.#bytes
    let at = this.#at
    for (let left = count; left > 0; at += 1)
      if ((bytes[at] as number) < 0x80) left -= 1
      else if (at >= bytes.length) throw new RangeError('cut off')
    this.#at = at
  }

  /** @returns where the bytes begin */
  #take(bytes: number): number {
    const at = this.#at
    this.#at += bytes
    if (this.#at > this.#bytes.length) throw new RangeError('cut off')
    return at
  }

  #view(): DataView {
    this.#words ??= new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length)
    return this.#words
  }
}

export function zigzag(value: number): number {
  return value >= 0 ? value * 2 : value * -2 - 1
}

export function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : (value + 1) / -2
}

const CHECKSUM_BYTES = 4

/** Behind a checksum, so that a flipped bit is found before it is believed. */
export function withChecksum(content: Uint8Array): Uint8Array<ArrayBuffer> {
  const stored = new Uint8Array(CHECKSUM_BYTES + content.length)
  new DataView(stored.buffer).setUint32(0, crc32(content), true)
  stored.set(content, CHECKSUM_BYTES)
  return stored
}

/** Null when it is damaged. */
export function checkedContent(stored: Uint8Array): Uint8Array | null {
  if (stored.length < CHECKSUM_BYTES) return null
  const content = stored.subarray(CHECKSUM_BYTES)
  const expected = new DataView(stored.buffer, stored.byteOffset, CHECKSUM_BYTES).getUint32(0, true)
  return crc32(content) === expected ? content : null
}
