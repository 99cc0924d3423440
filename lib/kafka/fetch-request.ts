/**
 * Fetch in the one version that every supported broker knows, with the record batches left as bytes: we want
 * time stamps from the first bytes of a batch, not records.
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

export interface FetchedPartition {
  topic: string
  partition: number
  errorCode: number
  records: Buffer | null
}

/*
  Fetch Request (Version: 12) => replica_id max_wait_ms min_bytes max_bytes isolation_level session_id session_epoch
                                 [topics] [forgotten_topics_data] rack_id TAG_BUFFER
    topics => topic [partitions] TAG_BUFFER
      partitions => partition current_leader_epoch fetch_offset last_fetched_epoch log_start_offset
                    partition_max_bytes TAG_BUFFER
*/
function writeFetch(topics: FetchTopic[], maxBytes: number, partitionMaxBytes: number): Writer {
  return Writer.create()
    .appendInt32(-1)
    .appendInt32(0)
    .appendInt32(0)
    .appendInt32(maxBytes)
    .appendInt8(0)
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
function readFetch(_correlationId: number, _key: number, _version: number, reader: Reader): FetchedPartition[] {
  reader.readInt32()
  const requestError = reader.readInt16()
  reader.readInt32()
  const topics = reader.readArray((r) => {
    const topic = r.readString()
    return r.readArray((inner) => {
      const partition = inner.readInt32()
      const errorCode = inner.readInt16()
      inner.readInt64()
      inner.readInt64()
      inner.readInt64()
      inner.readNullableArray((aborted) => {
        aborted.readInt64()
        aborted.readInt64()
      })
      inner.readInt32()
      return { topic, partition, errorCode: errorCode || requestError, records: inner.readNullableBytes() }
    })
  })
  return topics.flat()
}

export const fetchV12 = createAPI<
  [topics: FetchTopic[], maxBytes: number, partitionMaxBytes: number],
  FetchedPartition[]
>(1, 12, writeFetch, readFetch)

/** For arrays without elements. */
function writeNothing(): void {
  // There is nothing to write.
}
