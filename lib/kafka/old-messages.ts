/** Messages in the formats before Kafka 0.11 (magic 0 and 1): brokers up to 3.9 may still hold them. */
import { crc32 } from 'node:zlib'
import type { StoredMessage } from '../cluster/messages.ts'
import { timeOrNull } from '../cluster/time-or-null.ts'
import { DamagedBytesError } from './damaged-bytes.ts'
import { decompress } from './decompress.ts'

/*
  0 offset INT64 | 8 size INT32 | 12 crc UINT32 (of all behind it) | 16 magic INT8 | 17 attributes INT8 |
  18 timestamp INT64 (magic 1 only) | key_length INT32, key | value_length INT32, value
  Compressed: the value holds more of these; their offsets count from 0 with magic 1, the wrapper's is the last one's.
*/
const SIZE_AT = 8
const SIZE_END = 12
const CRC_AT = 12
const CRC_END = 16
const ATTRIBUTES_AT = 17
const TIMESTAMP_AT = 18
const CODEC = 0x07
const LOG_APPEND_TIME = 0x08

interface Setting {
  partition: number
  fromOffset: bigint
  magic: number
  /** What a compressed message may unpack to. */
  limit: number
}

/** @throws DamagedBytesError, TooManyBytesError */
export function readOldMessages(
  message: Buffer,
  setting: Setting,
): { messages: StoredMessage[]; unpackedBytes: number } {
  const outer = readOne(message, setting)
  if (outer.codec === 0) {
    const isWanted = outer.stored.offset >= setting.fromOffset
    return { messages: isWanted ? [outer.stored] : [], unpackedBytes: message.length }
  }
  const inner = decompress(outer.codec, outer.value ?? Buffer.alloc(0), setting.limit)
  const messages = readInner(inner, setting)
  const last = messages.at(-1)
  if (last && setting.magic === 1) {
    const shift = outer.stored.offset - last.offset
    for (const one of messages) one.offset += shift
  }
  // Told by the broker, the time of the wrapper is the time of all.
  if (outer.isAppendTime) for (const one of messages) one.timestampMs = outer.stored.timestampMs
  const wanted = messages.filter(({ offset }) => offset >= setting.fromOffset)
  return { messages: wanted, unpackedBytes: inner.length }
}

function readInner(bytes: Buffer, setting: Setting): StoredMessage[] {
  const messages: StoredMessage[] = []
  for (let at = 0; at < bytes.length; ) {
    if (at + SIZE_END > bytes.length) throw new DamagedBytesError('records')
    const end = at + SIZE_END + bytes.readInt32BE(at + SIZE_AT)
    if (end <= at + SIZE_END || end > bytes.length) throw new DamagedBytesError('records')
    const { codec, stored } = readOne(bytes.subarray(at, end), setting)
    if (codec !== 0) throw new DamagedBytesError('records')
    messages.push(stored)
    at = end
  }
  return messages
}

function readOne(bytes: Buffer, { partition, magic }: Setting) {
  const keyAt = magic === 0 ? TIMESTAMP_AT : TIMESTAMP_AT + 8
  if (bytes.length < keyAt + 8) throw new DamagedBytesError('length')
  if (crc32(bytes.subarray(CRC_END)) !== bytes.readUInt32BE(CRC_AT)) throw new DamagedBytesError('checksum')
  const key = slice(bytes, keyAt)
  const value = slice(bytes, keyAt + 4 + (key?.length ?? 0))
  const attributes = bytes.readInt8(ATTRIBUTES_AT)
  const stampMs = magic === 0 ? -1 : Number(bytes.readBigInt64BE(TIMESTAMP_AT))
  const stored: StoredMessage = {
    partition,
    broker: null,
    offset: bytes.readBigInt64BE(0),
    timestampMs: timeOrNull(stampMs),
    key,
    value,
    headers: [],
    sizeBytes: (key?.length ?? 0) + (value?.length ?? 0),
    rocketmq: null,
  }
  return { codec: attributes & CODEC, isAppendTime: (attributes & LOG_APPEND_TIME) !== 0, value, stored }
}

function slice(bytes: Buffer, at: number): Buffer | null {
  if (at + 4 > bytes.length) throw new DamagedBytesError('records')
  const length = bytes.readInt32BE(at)
  if (length === -1) return null
  if (length < 0 || at + 4 + length > bytes.length) throw new DamagedBytesError('records')
  return bytes.subarray(at + 4, at + 4 + length)
}
