/**
 * ListOffsets for tens of thousands of partitions at every poll. The client's own request wants an object with the same
 * time stamp for each partition, and its writer makes an object for each number; the answer is as large. Here the request
 * is written into one piece of memory, and the answer is three columns.
 */
import { createAPI, type Reader, Writer } from '@platformatic/kafka'
import { flat, remembered } from './flat-reader.ts'
import type { AskedTopic } from './read-offsets.ts'

/** Partitions in the order of the answer. */
export interface ListedOffsets {
  count: number
  topics: { name: string; partitions: number }[]
  partitionIndexes: Int32Array
  errorCodes: Int16Array
  /** Minus one: there is none. */
  offsets: BigInt64Array
}

type Arguments = [timestamp: bigint, isCommitted: boolean, topics: AskedTopic[]]

const NO_TAGS = 0
const NOT_A_REPLICA = -1
/** partition_index, current_leader_epoch, timestamp, tags */
const ASKED_BYTES = 4 + 4 + 8 + 1
/** partition_index, error_code, timestamp, offset, leader_epoch, tags */
const LISTED_BYTES = 4 + 2 + 8 + 8 + 4 + 1
const TIMESTAMP_BYTES = 8
const EPOCH_BYTES = 4
const MOST_VARINT_BYTES = 5

/*
  ListOffsets Request (Version: 7) => replica_id isolation_level [topics] TAG_BUFFER
    topics => name [partitions] TAG_BUFFER
      partitions => partition_index current_leader_epoch timestamp TAG_BUFFER
*/
function writeListOffsets(...[timestamp, isCommitted, topics]: Arguments): Writer {
  const bytes = Buffer.allocUnsafe(mostBytes(topics))
  let at = bytes.writeInt32BE(NOT_A_REPLICA)
  at = bytes.writeInt8(isCommitted ? 1 : 0, at)
  at = writeVarint(bytes, topics.length + 1, at)
  for (const { name, partitions } of topics) {
    at = writeVarint(bytes, Buffer.byteLength(name) + 1, at)
    at += bytes.write(name, at)
    at = writeVarint(bytes, partitions.length + 1, at)
    for (const { partitionIndex, currentLeaderEpoch } of partitions) {
      at = bytes.writeInt32BE(partitionIndex, at)
      at = bytes.writeInt32BE(currentLeaderEpoch, at)
      at = bytes.writeBigInt64BE(timestamp, at)
      at = bytes.writeInt8(NO_TAGS, at)
    }
    at = bytes.writeInt8(NO_TAGS, at)
  }
  at = bytes.writeInt8(NO_TAGS, at)
  return Writer.create().append(bytes.subarray(0, at))
}

function mostBytes(topics: readonly AskedTopic[]): number {
  let bytes = 4 + 1 + MOST_VARINT_BYTES + 1
  for (const { name, partitions } of topics) {
    bytes += MOST_VARINT_BYTES + Buffer.byteLength(name) + MOST_VARINT_BYTES + partitions.length * ASKED_BYTES + 1
  }
  return bytes
}

function writeVarint(bytes: Buffer, value: number, from: number): number {
  let at = from
  let rest = value
  for (; rest >= 0x80; rest >>>= 7) at = bytes.writeUInt8((rest & 0x7f) | 0x80, at)
  return bytes.writeUInt8(rest, at)
}

/*
  ListOffsets Response (Version: 7) => throttle_time_ms [topics] TAG_BUFFER
    topics => name [partitions] TAG_BUFFER
      partitions => partition_index error_code timestamp offset leader_epoch TAG_BUFFER
*/
function readListOffsets(_correlationId: number, _key: number, _version: number, reader: Reader): ListedOffsets {
  reader.readInt32()
  const most = Math.floor(reader.remaining / LISTED_BYTES)
  const partitionIndexes = new Int32Array(most)
  const errorCodes = new Int16Array(most)
  const offsets = new BigInt64Array(most)
  let count = 0
  // Loops, not callbacks: these would be an object for each of tens of thousands.
  const topics: ListedOffsets['topics'] = []
  for (let left = reader.readUnsignedVarInt() - 1; left > 0; left -= 1) {
    const name = reader.readString()
    const partitions = Math.max(0, reader.readUnsignedVarInt() - 1)
    for (const end = count + partitions; count < end; count += 1) {
      partitionIndexes[count] = reader.readInt32()
      errorCodes[count] = reader.readInt16()
      reader.skip(TIMESTAMP_BYTES)
      offsets[count] = reader.readInt64()
      reader.skip(EPOCH_BYTES)
      reader.readTaggedFields()
    }
    reader.readTaggedFields()
    topics.push({ name, partitions })
  }
  return { count, topics, partitionIndexes, errorCodes, offsets }
}

/** Knows `EARLIEST_LOCAL`; the same layout. */
export const listOffsetsV8 = createAPI<Arguments, ListedOffsets>(
  2,
  8,
  writeListOffsets,
  remembered(flat(readListOffsets)),
)

export const listOffsetsV7 = createAPI<Arguments, ListedOffsets>(
  2,
  7,
  writeListOffsets,
  remembered(flat(readListOffsets)),
)

export interface ListedOffset {
  partitionIndex: number
  errorCode: number
  offset: bigint
}

/** Of the first topic: for answers about one. */
export function listedOf(answer: ListedOffsets): ListedOffset[] {
  const { topics, partitionIndexes, errorCodes, offsets } = answer
  return Array.from({ length: topics[0]?.partitions ?? 0 }, (_, at) => ({
    partitionIndex: partitionIndexes[at] as number,
    errorCode: errorCodes[at] as number,
    offset: offsets[at] as bigint,
  }))
}
