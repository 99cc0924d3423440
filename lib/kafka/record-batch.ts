/** Time stamps from raw record batches: which record comes first at or after an offset, and when was it written? */
import { compressionsAlgorithmsByBitmask } from '@platformatic/kafka'

/*
  Record batch (magic 2):
    0 base_offset INT64 | 8 batch_length INT32 | 12 leader_epoch INT32 | 16 magic INT8 | 17 crc UINT32 |
    21 attributes INT16 | 23 last_offset_delta INT32 | 27 base_timestamp INT64 | 35 max_timestamp INT64 |
    43 producer_id INT64 | 51 producer_epoch INT16 | 53 base_sequence INT32 | 57 records_count INT32 | 61 records
  Attributes: bits 0-2 compression, 3 log-append time, 4 transactional, 5 control, 6 base_timestamp is a delete horizon
  Record: length VARINT | attributes INT8 | timestamp_delta VARLONG | offset_delta VARINT | key, value, headers
*/
const LENGTH_AT = 8
const LENGTH_END = 12
const MAGIC_AT = 16
const ATTRIBUTES_AT = 21
const LAST_OFFSET_DELTA_AT = 23
const BASE_TIMESTAMP_AT = 27
const MAX_TIMESTAMP_AT = 35
const RECORDS_COUNT_AT = 57
const RECORDS_AT = 61
const COMPRESSION_MASK = 0x07
const LOG_APPEND_TIME = 0x08
const CONTROL = 0x20
const DELETE_HORIZON = 0x40
const NEWEST_MAGIC = 2

/** Decoding a larger batch costs more than the exact second is worth. */
const MAX_DECODED_BYTES = 64 * 1024

export interface RecordTime {
  timestampMs: number
  precision: 'record' | 'batch'
}

export interface UnreadStart {
  /** No record that a reader sees lies between the wanted offset and this one. */
  from: bigint
  /** Of the first record at or after the wanted offset; null when these bytes do not tell. */
  time: RecordTime | null
}

/** Where the records at or after `offset` begin: ends of transactions, and what compaction left empty, are none. */
export function unreadStart(bytes: Buffer, offset: bigint): UnreadStart {
  let from = offset
  let at = 0
  while (at + RECORDS_AT <= bytes.length) {
    const end = at + LENGTH_END + bytes.readInt32BE(at + LENGTH_AT)
    if (bytes.readInt8(at + MAGIC_AT) !== NEWEST_MAGIC || end <= at + LENGTH_END) break
    const base = bytes.readBigInt64BE(at)
    const last = base + BigInt(bytes.readInt32BE(at + LAST_OFFSET_DELTA_AT))
    if (last >= offset) {
      const time = holdsRecords(bytes, at)
        ? timeInBatch(bytes.subarray(at, Math.min(end, bytes.length)), offset, end <= bytes.length)
        : 'none'
      if (base > from) from = base
      if (time !== 'none') return { from, time }
      from = last + 1n
    }
    at = end
  }
  return { from, time: null }
}

function holdsRecords(bytes: Buffer, at: number): boolean {
  const isControl = (bytes.readInt16BE(at + ATTRIBUTES_AT) & CONTROL) !== 0
  return !isControl && bytes.readInt32BE(at + RECORDS_COUNT_AT) > 0
}

function timeInBatch(batch: Buffer, offset: bigint, isWhole: boolean): RecordTime | 'none' {
  const attributes = batch.readInt16BE(ATTRIBUTES_AT)
  const base = batch.readBigInt64BE(0)
  const baseMs = Number(batch.readBigInt64BE(BASE_TIMESTAMP_AT))
  if (attributes & LOG_APPEND_TIME) {
    return { timestampMs: Number(batch.readBigInt64BE(MAX_TIMESTAMP_AT)), precision: 'record' }
  }
  const isHorizon = (attributes & DELETE_HORIZON) !== 0
  // The base time stamp is the first record's own, except after compaction of a batch with tombstones.
  if (base === offset && !isHorizon) return { timestampMs: baseMs, precision: 'record' }
  const records = isWhole && batch.length <= MAX_DECODED_BYTES ? decompress(batch, attributes) : null
  if (records) {
    const delta = timestampDelta(records, Number(offset - base))
    return delta === null ? 'none' : { timestampMs: baseMs + delta, precision: 'record' }
  }
  const fallbackMs = isHorizon ? Number(batch.readBigInt64BE(MAX_TIMESTAMP_AT)) : baseMs
  return { timestampMs: fallbackMs, precision: 'batch' }
}

function decompress(batch: Buffer, attributes: number): Buffer | null {
  const records = batch.subarray(RECORDS_AT)
  const bitmask = attributes & COMPRESSION_MASK
  if (bitmask === 0) return records
  const codec = compressionsAlgorithmsByBitmask[bitmask]
  if (!codec?.available) return null
  try {
    return codec.decompressSync(records)
  } catch {
    // A codec that cannot read this batch: the batch's own time stamp still serves.
    return null
  }
}

/** Of the first record whose offset delta is at least `wanted`; null when there is none. */
function timestampDelta(records: Buffer, wanted: number): number | null {
  const cursor = { at: 0 }
  while (cursor.at < records.length) {
    const length = readVarint(records, cursor)
    const end = cursor.at + length
    cursor.at += 1
    const timestamp = readVarint(records, cursor)
    if (readVarint(records, cursor) >= wanted) return timestamp
    if (length <= 0) return null
    cursor.at = end
  }
  return null
}

/** Zigzag variable-length integer; exact up to 2^53. */
function readVarint(bytes: Buffer, cursor: { at: number }): number {
  let value = 0
  let factor = 1
  for (;;) {
    const byte = bytes[cursor.at++] ?? 0
    value += (byte & 0x7f) * factor
    if (byte < 0x80) break
    factor *= 128
  }
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2
}
