/**
 * Fetch in the one version that every supported broker knows, with the record batches left as bytes: a poll wants
 * time stamps from the first bytes of a batch, and messages are decoded by `decode-batches.ts`.
 */
import { createAPI, type Reader, Writer } from '@platformatic/kafka'

export interface FetchPartition {
  partition: number
  leaderEpoch: number
  offset: bigint
}

export interface FetchTopic {
  topic: string
  partitions: FetchPartition[]
}

export interface AbortedTransaction {
  producerId: bigint
  firstOffset: bigint
}

export interface FetchedPartition {
  topic: string
  partition: number
  errorCode: number
  /** Minus one with an error. */
  lastStableOffset: bigint
  logStartOffset: bigint
  /** Of transactions within these records; empty unless only committed ones were asked for. */
  aborted: AbortedTransaction[]
  records: Buffer | null
}

export interface FetchedCommitted {
  /** A quota held the answer back, or what it should have held. */
  throttleMs: number
  partitions: FetchedPartition[]
}

const READ_UNCOMMITTED = 0
const READ_COMMITTED = 1

/*
  Fetch Request (Version: 12) => replica_id max_wait_ms min_bytes max_bytes isolation_level session_id session_epoch
                                 [topics] [forgotten_topics_data] rack_id TAG_BUFFER
    topics => topic [partitions] TAG_BUFFER
      partitions => partition current_leader_epoch fetch_offset last_fetched_epoch log_start_offset
                    partition_max_bytes TAG_BUFFER
*/
function writeRequest(
  topics: FetchTopic[],
  maxBytes: number,
  partitionMaxBytes: number,
  maxWaitMs: number,
  isolation: number,
): Writer {
  return Writer.create()
    .appendInt32(-1)
    .appendInt32(maxWaitMs)
    .appendInt32(maxWaitMs > 0 ? 1 : 0)
    .appendInt32(maxBytes)
    .appendInt8(isolation)
    .appendInt32(0)
    .appendInt32(-1)
    .appendArray(topics, (writer, { topic, partitions }) => {
      writer.appendString(topic).appendArray(partitions, (inner, { partition, leaderEpoch, offset }) => {
        inner
          .appendInt32(partition)
          .appendInt32(leaderEpoch)
          .appendInt64(offset)
          .appendInt32(-1)
          .appendInt64(-1n)
          .appendInt32(partitionMaxBytes)
      })
    })
    .appendArray([], writeNothing)
    .appendString('')
    .appendTaggedFields()
}

/*
  Fetch Response (Version: 12) => throttle_time_ms error_code session_id [responses] TAG_BUFFER
    responses => topic [partitions] TAG_BUFFER
      partitions => partition_index error_code high_watermark last_stable_offset log_start_offset
                    [aborted_transactions: producer_id first_offset TAG_BUFFER] preferred_read_replica records
                    TAG_BUFFER
*/
function readFetch(_correlationId: number, _key: number, _version: number, reader: Reader): FetchedCommitted {
  const throttleMs = reader.readInt32()
  const requestError = reader.readInt16()
  reader.readInt32()
  const topics = reader.readArray((r) => {
    const topic = r.readString()
    return r.readArray((inner) => {
      const partition = inner.readInt32()
      const errorCode = inner.readInt16()
      inner.readInt64()
      const lastStableOffset = inner.readInt64()
      const logStartOffset = inner.readInt64()
      const aborted = inner.readArray((r) => ({ producerId: r.readInt64(), firstOffset: r.readInt64() }))
      inner.readInt32()
      const records = inner.readNullableBytes()
      const offsets = { lastStableOffset, logStartOffset }
      return { topic, partition, errorCode: errorCode || requestError, ...offsets, aborted, records }
    })
  })
  return { throttleMs, partitions: topics.flat() }
}

/** Whatever was written, without waiting. */
export const fetchV12 = createAPI<
  [topics: FetchTopic[], maxBytes: number, partitionMaxBytes: number],
  FetchedPartition[]
>(
  1,
  12,
  (topics, maxBytes, partitionMaxBytes) => writeRequest(topics, maxBytes, partitionMaxBytes, 0, READ_UNCOMMITTED),
  (...answer) => readFetch(...answer).partitions,
)

/** What no transaction holds back, with the names of those that were aborted. */
export const fetchCommittedV12 = createAPI<[topic: FetchTopic, maxBytes: number, maxWaitMs: number], FetchedCommitted>(
  1,
  12,
  (topic, maxBytes, maxWaitMs) => writeRequest([topic], maxBytes, maxBytes, maxWaitMs, READ_COMMITTED),
  readFetch,
)

/** For arrays without elements. */
function writeNothing(): void {
  // There is nothing to write.
}
