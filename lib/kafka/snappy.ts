/**
 * Snappy, decoding only: bounded by what the caller allows, and by the bytes it is given. The codec of the client
 * library allocates whatever a batch claims, and its memory never shrinks again.
 */
import { DamagedBytesError, TooManyBytesError } from './damaged-bytes.ts'

/** Java clients write chunks behind this header and two version numbers (xerial); others write one raw block. */
const XERIAL_HEADER = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
const XERIAL_CHUNKS_AT = 16
const LITERAL = 0
const COPY_1 = 1
const COPY_2 = 2
/** Literal lengths above this stand in the 1 to 4 bytes behind the tag. */
const LONGEST_SHORT_LITERAL = 60

/** @throws DamagedBytesError, TooManyBytesError */
export function decodeSnappy(bytes: Buffer, maxBytes: number): Buffer {
  if (!bytes.subarray(0, XERIAL_HEADER.length).equals(XERIAL_HEADER)) return decodeBlock(bytes, maxBytes)
  const chunks: Buffer[] = []
  let left = maxBytes
  for (let at = XERIAL_CHUNKS_AT; at < bytes.length; ) {
    if (at + 4 > bytes.length) throw new DamagedBytesError('compression')
    const end = at + 4 + bytes.readUInt32BE(at)
    if (end > bytes.length) throw new DamagedBytesError('compression')
    const chunk = decodeBlock(bytes.subarray(at + 4, end), left)
    left -= chunk.length
    chunks.push(chunk)
    at = end
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
}

function decodeBlock(bytes: Buffer, maxBytes: number): Buffer {
  const cursor = { at: 0 }
  const size = readSize(bytes, cursor)
  if (size > maxBytes) throw new TooManyBytesError()
  // A block of n bytes holds at most about 22 n: what claims more is damaged, and is not allocated for.
  if (size > bytes.length * 32) throw new DamagedBytesError('compression')
  const out = Buffer.allocUnsafe(size)
  let to = 0
  while (cursor.at < bytes.length) {
    const isLiteral = ((bytes[cursor.at] ?? 0) & 3) === LITERAL
    to = isLiteral ? takeLiteral(bytes, cursor, out, to) : takeCopy(bytes, cursor, out, to)
  }
  if (to !== size) throw new DamagedBytesError('compression')
  return out
}

interface Cursor {
  at: number
}

function readSize(bytes: Buffer, cursor: Cursor): number {
  let size = 0
  for (let factor = 1; ; factor *= 128) {
    const byte = bytes[cursor.at++]
    if (byte === undefined || cursor.at > 5) throw new DamagedBytesError('compression')
    size += (byte & 0x7f) * factor
    if (byte < 0x80) return size
  }
}

function takeLiteral(bytes: Buffer, cursor: Cursor, out: Buffer, to: number): number {
  let length = ((bytes[cursor.at++] ?? 0) >> 2) + 1
  if (length > LONGEST_SHORT_LITERAL) length = readNumber(bytes, cursor, length - LONGEST_SHORT_LITERAL) + 1
  if (cursor.at + length > bytes.length || to + length > out.length) throw new DamagedBytesError('compression')
  copyBytes(bytes, cursor.at, out, to, length)
  cursor.at += length
  return to + length
}

function takeCopy(bytes: Buffer, cursor: Cursor, out: Buffer, to: number): number {
  const tag = bytes[cursor.at++] ?? 0
  const kind = tag & 3
  if (kind === COPY_1) {
    const offset = ((tag >> 5) << 8) | readNumber(bytes, cursor, 1)
    return copyBack(out, to, offset, ((tag >> 2) & 7) + 4)
  }
  return copyBack(out, to, readNumber(bytes, cursor, kind === COPY_2 ? 2 : 4), (tag >> 2) + 1)
}

function readNumber(bytes: Buffer, cursor: Cursor, size: number): number {
  if (cursor.at + size > bytes.length) throw new DamagedBytesError('compression')
  const value = bytes.readUIntLE(cursor.at, size)
  cursor.at += size
  return value
}

/** For short runs a loop is quicker than a call into the engine. */
const SHORT_COPY = 32

export function copyBytes(from: Buffer, at: number, out: Buffer, to: number, length: number): void {
  if (length > SHORT_COPY) {
    from.copy(out, to, at, at + length)
    return
  }
  for (let i = 0; i < length; i++) out[to + i] = from[at + i] as number
}

/** Repeats what was written `offset` bytes ago; the run may overlap itself. Answers the new end. */
export function copyBack(out: Buffer, to: number, offset: number, length: number): number {
  const from = to - offset
  if (offset === 0 || from < 0 || to + length > out.length) throw new DamagedBytesError('compression')
  if (offset >= length && length > SHORT_COPY) out.copyWithin(to, from, from + length)
  else for (let i = 0; i < length; i++) out[to + i] = out[from + i] as number
  return to + length
}
