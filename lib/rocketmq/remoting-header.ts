/**
 * The header of a remoting command, in both its encodings.
 *
 * JSON: `{code, language, version, opaque, flag, remark?, extFields?, serializeTypeCurrentRPC}`.
 * ROCKETMQ: code INT16 | language INT8 | version INT16 | opaque INT32 | flag INT32 | remark INT32 + UTF-8 |
 *   ext INT32 + repeated { key INT16 + UTF-8, value INT32 + UTF-8 }
 */
import { RemotingFormatError } from './remoting-format-error.ts'

export interface RemotingHeader {
  /** Of the request or, in a reply, of its outcome. */
  code: number
  /** The sender's version, as an ordinal of RocketMQ's MQVersion. */
  version: number
  /** Ties a reply to its request; a signed 32-bit number. */
  opaque: number
  flag: number
  /** Null when absent or empty. */
  remark: string | null
  ext: Record<string, string>
}

export type HeaderEncoding = 'json' | 'rocketmq'

export const RESPONSE_FLAG = 1
export const ONEWAY_FLAG = 2

/** Every version knows this one; names of newer languages are refused by older brokers. */
const LANGUAGE = { name: 'OTHER', byte: 7 }
const FIXED_BYTES = 2 + 1 + 2 + 4 + 4

export function encodeJsonHeader({ code, version, opaque, flag, remark, ext }: RemotingHeader): Buffer {
  return Buffer.from(
    JSON.stringify({
      code,
      language: LANGUAGE.name,
      version,
      opaque,
      flag,
      remark: remark ?? undefined,
      extFields: ext,
      serializeTypeCurrentRPC: 'JSON',
    }),
  )
}

/** @throws RemotingFormatError when the bytes are no header. */
export function decodeJsonHeader(bytes: Buffer): RemotingHeader {
  const { code, version = 0, opaque, flag = 0, remark, extFields } = parseObject(bytes)
  if (!isInt32(code) || !isInt32(version) || !isInt32(opaque) || !isInt32(flag)) {
    throw new RemotingFormatError('a header without its numbers')
  }
  return {
    code,
    version,
    opaque,
    flag,
    remark: typeof remark === 'string' && remark ? remark : null,
    ext: texts(extFields),
  }
}

function parseObject(bytes: Buffer): Record<string, unknown> {
  let header: unknown
  try {
    header = JSON.parse(bytes.toString('utf8'))
  } catch (cause) {
    throw new RemotingFormatError('a header that is no JSON', cause)
  }
  if (typeof header !== 'object' || header === null) throw new RemotingFormatError('a header that is no object')
  return header as Record<string, unknown>
}

function isInt32(value: unknown): value is number {
  return typeof value === 'number' && (value | 0) === value
}

/** Values are texts on the wire; whatever else a server sends there is left out. */
function texts(fields: unknown): Record<string, string> {
  if (typeof fields !== 'object' || fields === null) return {}
  const entries = Object.entries(fields)
  if (entries.every(([, value]) => typeof value === 'string')) return fields as Record<string, string>
  return Object.fromEntries(entries.filter(([, value]) => typeof value === 'string'))
}

/** The code travels in 16 bits here: `fitsBinaryHeader` tells whether it can. */
export function encodeBinaryHeader({ code, version, opaque, flag, remark, ext }: RemotingHeader): Buffer {
  const fields = Buffer.concat(
    Object.entries(ext).flatMap(([key, value]) => [...withLength(key, 2), ...withLength(value, 4)]),
  )
  const fixed = Buffer.alloc(FIXED_BYTES)
  fixed.writeInt16BE(code, 0)
  fixed.writeInt8(LANGUAGE.byte, 2)
  fixed.writeInt16BE(version, 3)
  fixed.writeInt32BE(opaque, 5)
  fixed.writeInt32BE(flag, 9)
  return Buffer.concat([fixed, ...withLength(remark ?? '', 4), lengthBytes(fields.length, 4), fields])
}

export function fitsBinaryHeader({ code }: RemotingHeader): boolean {
  return (code << 16) >> 16 === code
}

function withLength(text: string, lengthSize: 2 | 4): [Buffer, Buffer] {
  const bytes = Buffer.from(text)
  return [lengthBytes(bytes.length, lengthSize), bytes]
}

function lengthBytes(length: number, size: 2 | 4): Buffer {
  const bytes = Buffer.alloc(size)
  bytes.writeIntBE(length, 0, size)
  return bytes
}

/** @throws RemotingFormatError when the bytes are no header. */
export function decodeBinaryHeader(bytes: Buffer): RemotingHeader {
  if (bytes.length < FIXED_BYTES) throw new RemotingFormatError('a header that is too short')
  const cursor = { bytes, at: FIXED_BYTES }
  const remark = readText(cursor, 4)
  const extLength = readLength(cursor, 4)
  cursor.at += 4
  const end = cursor.at + extLength
  const fields: [string, string][] = []
  while (cursor.at < end) fields.push([readText(cursor, 2), readText(cursor, 4)])
  return {
    code: bytes.readInt16BE(0),
    version: bytes.readInt16BE(3),
    opaque: bytes.readInt32BE(5),
    flag: bytes.readInt32BE(9),
    remark: remark || null,
    ext: Object.fromEntries(fields),
  }
}

interface Cursor {
  bytes: Buffer
  at: number
}

function readText(cursor: Cursor, lengthSize: 2 | 4): string {
  const length = readLength(cursor, lengthSize)
  cursor.at += lengthSize + length
  return cursor.bytes.toString('utf8', cursor.at - length, cursor.at)
}

/** Of what follows at the cursor; does not move it. */
function readLength({ bytes, at }: Cursor, size: 2 | 4): number {
  const length = at + size <= bytes.length ? bytes.readIntBE(at, size) : -1
  if (length < 0 || at + size + length > bytes.length) throw new RemotingFormatError('a field beyond its header')
  return length
}
