/**
 * The values of headers. A number is written in one of these ways, and the profile says which:
 *
 *   bigEndian  partition INT32, offset INT64, time INT64 or two's complement of any length up to 8 bytes, attempts INT32 or
 *              one unsigned byte
 *   decimal    ASCII digits
 *   any        all digits: text; else 4 or 8 bytes: big-endian
 *
 * Programs that imitate a framework write text where it writes bytes. Bytes that are all digits are therefore read as
 * text: as a partition or an offset they would be at least 0x30303030, which no topic has.
 */
import { isUtf8 } from 'node:buffer'
import { LATEST_MS } from '../units.ts'
import type { FaultCode } from './dead-letter.ts'

export const NUMBER_ENCODINGS = ['bigEndian', 'decimal', 'any'] as const
export type NumberEncoding = (typeof NUMBER_ENCODINGS)[number]

export type NumberKind = 'partition' | 'offset' | 'timestamp' | 'attempts'

/** `fault` may stand beside a value: then the value is usable, and something about it is odd. */
export interface Reading<T> {
  value: T | null
  fault: FaultCode | null
}

const DIGIT_0 = 0x30
const DIGIT_9 = 0x39
const MINUS = 0x2d
/** A sign and the digits of the least INT64. */
const MAX_DECIMAL_BYTES = 20
const INT32_MAX = 2n ** 31n - 1n
/** No partition ever comes as far, and the numbers of an answer are not exact beyond it. */
const MAX_OFFSET = 2n ** 53n - 1n
/** What clients write for a record without a time. */
const NO_TIME = -1n
const EPOCH_SECONDS_DIGITS = 10
const SECOND_MS = 1_000n

const MAX: Record<NumberKind, bigint> = {
  partition: INT32_MAX,
  offset: MAX_OFFSET,
  timestamp: BigInt(LATEST_MS),
  attempts: INT32_MAX,
}

/** Lengths of the big-endian form. */
const LENGTHS: Record<NumberKind, readonly number[]> = {
  partition: [4],
  offset: [8],
  timestamp: [1, 2, 3, 4, 5, 6, 7, 8],
  attempts: [1, 4],
}

/** Exact, or null. A time is in milliseconds since 1970, whatever it was written in; none (-1) is null. */
export function readNumber(bytes: Uint8Array, encoding: NumberEncoding, kind: NumberKind): Reading<bigint> {
  if (bytes.length === 0) return failed('empty')
  if (encoding === 'decimal') return isDecimal(bytes) ? fromText(bytes, kind, 'decimal') : failed('undecodable')
  if (encoding === 'any') return readAny(bytes, kind)
  return readBigEndian(bytes, kind)
}

function readBigEndian(bytes: Uint8Array, kind: NumberKind): Reading<bigint> {
  // A byte that is a digit is a count that some old release may have written, or text.
  if (kind === 'attempts' && bytes.length === 1) {
    return { value: BigInt(bytes[0] ?? 0), fault: isDecimal(bytes) ? 'ambiguous' : null }
  }
  if (isDecimal(bytes)) {
    const { value, fault } = fromText(bytes, kind, 'bigEndian')
    return { value, fault: fault ?? 'otherEncoding' }
  }
  if (!LENGTHS[kind].includes(bytes.length)) return failed('undecodable')
  return inRange(bigEndian(bytes), kind)
}

function readAny(bytes: Uint8Array, kind: NumberKind): Reading<bigint> {
  if (isDecimal(bytes)) return fromText(bytes, kind, 'any')
  return bytes.length === 4 || bytes.length === 8 ? inRange(bigEndian(bytes), kind) : failed('undecodable')
}

function isDecimal(bytes: Uint8Array): boolean {
  if (bytes.length > MAX_DECIMAL_BYTES) return false
  let at = bytes.length > 1 && bytes[0] === MINUS ? 1 : 0
  for (; at < bytes.length; at += 1) {
    const byte = bytes[at] as number
    if (byte < DIGIT_0 || byte > DIGIT_9) return false
  }
  return true
}

/** Where text was not declared, a time of ten digits counts seconds: as milliseconds it would be the spring of 1970. */
function fromText(bytes: Uint8Array, kind: NumberKind, declared: NumberEncoding): Reading<bigint> {
  const value = BigInt(asBuffer(bytes).toString('latin1'))
  const inSeconds = kind === 'timestamp' && declared !== 'decimal' && bytes.length === EPOCH_SECONDS_DIGITS
  return inRange(inSeconds ? value * SECOND_MS : value, kind)
}

function bigEndian(bytes: Uint8Array): bigint {
  const buffer = asBuffer(bytes)
  if (bytes.length === 8) return buffer.readBigInt64BE()
  // Two's complement of up to six bytes fits a number exactly; seven do not.
  if (bytes.length <= 6) return BigInt(buffer.readIntBE(0, bytes.length))
  return (BigInt(buffer.readIntBE(0, 6)) << 8n) | BigInt(bytes[6] ?? 0)
}

function inRange(value: bigint, kind: NumberKind): Reading<bigint> {
  if (kind === 'timestamp' && value === NO_TIME) return { value: null, fault: null }
  return value < 0n || value > MAX[kind] ? failed('outOfRange') : { value, fault: null }
}

function failed(fault: FaultCode): Reading<never> {
  return { value: null, fault }
}

/** A name of something: whole, or not at all. */
export function readName(bytes: Uint8Array, maxBytes: number): Reading<string> {
  if (bytes.length === 0) return failed('empty')
  if (bytes.length > maxBytes) return failed('tooLong')
  const value = utf8(bytes)
  return value === null ? failed('notUtf8') : { value, fault: null }
}

const MAX_TOPIC_BYTES = 255
/** Kafka's characters, and the two that RocketMQ has beside them. */
const TOPIC_NAME = /^[\w.%|+-]+$/

/** Nothing else may ever be taken for the name of a topic: records are sent where it says. */
export function readTopic(bytes: Uint8Array): Reading<string> {
  const { value, fault } = readName(bytes, MAX_TOPIC_BYTES)
  if (value === null) return { value, fault }
  return isTopicName(value) ? { value, fault } : failed('illegalName')
}

export function isTopicName(text: string): boolean {
  return text.length <= MAX_TOPIC_BYTES && TOPIC_NAME.test(text) && text !== '.' && text !== '..'
}

/** How much of undecodable text is shown. */
const SHOWN_HEX_BYTES = 64
const LEFT_OUT = '\n…\n'

/**
 * Text to show. What is longer than `maxBytes` keeps its first and last halves: the end of a stack trace names its
 * innermost cause. What is no UTF-8 is shown in hexadecimal, the first 64 bytes of it.
 */
export function readText(bytes: Uint8Array, maxBytes: number): Reading<string> {
  const isLong = bytes.length > maxBytes
  const value = isLong ? endsOf(bytes, maxBytes) : utf8(bytes)
  if (value !== null) return { value, fault: isLong ? 'shortened' : null }
  const hex = asBuffer(bytes).toString('hex', 0, SHOWN_HEX_BYTES)
  return { value: bytes.length > SHOWN_HEX_BYTES ? `${hex}…` : hex, fault: 'notUtf8' }
}

function endsOf(bytes: Uint8Array, maxBytes: number): string | null {
  const half = maxBytes >> 1
  let headEnd = half
  while (headEnd > half - 4 && isContinuation(bytes[headEnd])) headEnd -= 1
  let tailStart = bytes.length - half
  while (tailStart < bytes.length - half + 4 && isContinuation(bytes[tailStart])) tailStart += 1
  const head = utf8(bytes.subarray(0, headEnd))
  const tail = utf8(bytes.subarray(tailStart))
  return head === null || tail === null ? null : head + LEFT_OUT + tail
}

/** A byte that cannot begin a character in UTF-8. */
function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80
}

/** Null when it is no UTF-8: a lenient decoder would make the same text of different bytes. */
function utf8(bytes: Uint8Array): string | null {
  const buffer = asBuffer(bytes)
  return isUtf8(buffer) ? buffer.toString() : null
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Longer JSON is not parsed. */
const MAX_JSON_BYTES = 64 * 1_024

/** One member of a JSON object, as the bytes that it would be as a header of its own. */
export function readJsonMember(bytes: Uint8Array, member: string): Reading<Uint8Array> {
  const text = bytes.length > MAX_JSON_BYTES ? null : utf8(bytes)
  if (text === null) return failed('undecodable')
  try {
    const parsed: unknown = JSON.parse(text)
    const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
    if (!isObject || !Object.hasOwn(parsed, member)) return failed('empty')
    const value = (parsed as Record<string, unknown>)[member]
    // A number beyond 2^53 was already rounded when it was parsed.
    const isExact = typeof value === 'string' || Number.isSafeInteger(value)
    return isExact ? { value: Buffer.from(String(value)), fault: null } : failed('undecodable')
  } catch {
    // Whatever is no JSON: the header's value is somebody else's.
    return failed('undecodable')
  }
}
