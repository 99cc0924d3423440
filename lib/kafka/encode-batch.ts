/** Messages into one record batch, written once into a buffer of its exact size. The layout stands in `record-batch.ts`. */
import { zstdCompressSync } from 'node:zlib'
import type { OutgoingMessage } from '../cluster/messages.ts'
import { checksumOf } from './checksum.ts'

const LENGTH_AT = 8
const LENGTH_END = 12
const LEADER_EPOCH_AT = 12
const MAGIC_AT = 16
const CRC_AT = 17
const ATTRIBUTES_AT = 21
const LAST_OFFSET_DELTA_AT = 23
const BASE_TIMESTAMP_AT = 27
const MAX_TIMESTAMP_AT = 35
const PRODUCER_ID_AT = 43
const PRODUCER_EPOCH_AT = 51
const SEQUENCE_AT = 53
const COUNT_AT = 57
export const BATCH_OVERHEAD_BYTES = 61
const MAGIC = 2
const TRANSACTIONAL = 0x10
const ZSTD = 4
const NO_LEADER_EPOCH = -1
/** Room for a record's own numbers and those of its lengths: more than they ever take. */
const RECORD_OVERHEAD_BYTES = 32
const HEADER_OVERHEAD_BYTES = 10
/** Copying more than this is quicker in one call than byte by byte: most headers are shorter. */
const SHORT_BYTES = 64

export interface ProducerState {
  producerId: bigint
  producerEpoch: number
  isTransactional: boolean
}

/** An upper bound of what the message takes in a batch. */
export function recordSize({ key, value, headers }: OutgoingMessage): number {
  let size = RECORD_OVERHEAD_BYTES + (key?.length ?? 0) + (value?.length ?? 0)
  for (const header of headers) {
    // A character takes at most three bytes in UTF-8.
    size += HEADER_OVERHEAD_BYTES + header.key.length * 3 + (header.value?.length ?? 0)
  }
  return size
}

/** @param nowMs for messages that bring no time of their own */
export function encodeBatch(
  messages: readonly OutgoingMessage[],
  producer: ProducerState,
  sequence: number,
  nowMs: number,
): Buffer {
  const size = messages.reduce((sum, message) => sum + recordSize(message), BATCH_OVERHEAD_BYTES)
  const writer = new RecordWriter(Buffer.allocUnsafe(size), BATCH_OVERHEAD_BYTES)
  const baseMs = Math.trunc(messages[0]?.timestampMs ?? nowMs)
  let maxMs = baseMs
  messages.forEach((message, index) => {
    const ms = Math.trunc(message.timestampMs ?? nowMs)
    if (ms > maxMs) maxMs = ms
    writer.record(message, index, ms - baseMs)
  })
  const batch = writer.written()
  batch.writeBigInt64BE(0n, 0)
  batch.writeInt32BE(NO_LEADER_EPOCH, LEADER_EPOCH_AT)
  batch.writeInt8(MAGIC, MAGIC_AT)
  batch.writeInt16BE(producer.isTransactional ? TRANSACTIONAL : 0, ATTRIBUTES_AT)
  batch.writeInt32BE(messages.length - 1, LAST_OFFSET_DELTA_AT)
  batch.writeBigInt64BE(BigInt(baseMs), BASE_TIMESTAMP_AT)
  batch.writeBigInt64BE(BigInt(maxMs), MAX_TIMESTAMP_AT)
  batch.writeBigInt64BE(producer.producerId, PRODUCER_ID_AT)
  batch.writeInt16BE(producer.producerEpoch, PRODUCER_EPOCH_AT)
  batch.writeInt32BE(sequence, SEQUENCE_AT)
  batch.writeInt32BE(messages.length, COUNT_AT)
  return sealed(batch)
}

/** The same batch with its records compressed: for one that the broker found too large. */
export function compressBatch(batch: Buffer): Buffer {
  const records = zstdCompressSync(batch.subarray(BATCH_OVERHEAD_BYTES))
  const compressed = Buffer.concat([batch.subarray(0, BATCH_OVERHEAD_BYTES), records])
  compressed.writeInt16BE(compressed.readInt16BE(ATTRIBUTES_AT) | ZSTD, ATTRIBUTES_AT)
  return sealed(compressed)
}

function sealed(batch: Buffer): Buffer {
  batch.writeInt32BE(batch.length - LENGTH_END, LENGTH_AT)
  batch.writeUInt32BE(checksumOf(batch.subarray(ATTRIBUTES_AT)), CRC_AT)
  return batch
}

/** Records of a topic have few names of headers, each many thousand times: turning them into bytes was a seventh of a replay. */
const names = new Map<string, Buffer>()
const MOST_NAMES = 256
const LONGEST_NAME = 256

function nameBytes(name: string): Buffer {
  const known = names.get(name)
  if (known !== undefined) return known
  const bytes = Buffer.from(name)
  if (bytes.length > LONGEST_NAME) return bytes
  if (names.size >= MOST_NAMES) names.clear()
  names.set(name, bytes)
  return bytes
}

class RecordWriter {
  readonly #buffer: Buffer
  #at: number

  constructor(buffer: Buffer, at: number) {
    this.#buffer = buffer
    this.#at = at
  }

  written(): Buffer {
    return this.#buffer.subarray(0, this.#at)
  }

  record({ key, value, headers }: OutgoingMessage, offsetDelta: number, timestampDelta: number): void {
    let length = 1 + varintSize(timestampDelta) + varintSize(offsetDelta) + sliceSize(key) + sliceSize(value)
    length += varintSize(headers.length)
    for (const header of headers) length += sliceSize(nameBytes(header.key)) + sliceSize(header.value)
    this.#varint(length)
    this.#buffer[this.#at++] = 0
    this.#varint(timestampDelta)
    this.#varint(offsetDelta)
    this.#slice(key)
    this.#slice(value)
    this.#varint(headers.length)
    for (const header of headers) {
      this.#slice(nameBytes(header.key))
      this.#slice(header.value)
    }
  }

  #slice(bytes: Uint8Array | null): void {
    this.#varint(bytes?.length ?? -1)
    if (bytes === null) return
    if (bytes.length > SHORT_BYTES) this.#buffer.set(bytes, this.#at)
    else for (let index = 0; index < bytes.length; index += 1) this.#buffer[this.#at + index] = bytes[index] as number
    this.#at += bytes.length
  }

  #varint(value: number): void {
    let rest = zigzag(value)
    while (rest >= 0x80) {
      this.#buffer[this.#at++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.#buffer[this.#at++] = rest
  }
}

/** Without shifts: time stamps may differ by more than 32 bits hold. */
function zigzag(value: number): number {
  return value >= 0 ? value * 2 : -value * 2 - 1
}

function varintSize(value: number): number {
  let size = 1
  for (let rest = zigzag(value); rest >= 0x80; rest = Math.floor(rest / 0x80)) size++
  return size
}

function sliceSize(bytes: Uint8Array | null): number {
  return bytes === null ? 1 : varintSize(bytes.length) + bytes.length
}
