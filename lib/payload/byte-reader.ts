/** Reads bytes from the front; never beyond their end. */
import { isUtf8 } from 'node:buffer'
import { malformed } from './limits.ts'

export class ByteReader {
  private readonly bytes: Buffer
  private at = 0

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get left(): number {
    return this.bytes.length - this.at
  }

  /** @throws UnreadableError as all below */
  take(length: number): Buffer {
    if (!Number.isSafeInteger(length) || length < 0 || length > this.left) throw malformed()
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }

  byte(): number {
    if (this.left === 0) throw malformed()
    this.at += 1
    return this.bytes[this.at - 1] as number
  }

  /** Up to 64 bits, seven to a byte, the lowest first. */
  varint(): bigint {
    let value = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte()
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return BigInt(value)
    }
    let wide = BigInt(value)
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = this.byte()
      wide |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asUintN(64, wide)
    }
    throw malformed()
  }

  /** Signed, the sign in the lowest bit. */
  zigzag(): bigint {
    const value = this.varint()
    return (value >> 1n) ^ -(value & 1n)
  }

  /** A length that is then read: never more than is left. */
  length(value: bigint): number {
    if (value < 0n || value > BigInt(this.left)) throw malformed()
    return Number(value)
  }

  /** Strict UTF-8. */
  text(length: number): string {
    const bytes = this.take(length)
    if (!isUtf8(bytes)) throw malformed()
    return bytes.toString('utf8')
  }
}
