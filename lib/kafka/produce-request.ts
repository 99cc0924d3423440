/**
 * Produce with batches that are encoded already: the client's own request builds them from objects, and keeps neither
 * the order of headers nor several of one name. Version 9 is the newest that all supported brokers know; with it a
 * transaction names its partitions beforehand.
 */
import { createAPI, type Reader, Writer } from '@platformatic/kafka'

export interface ProducedBatch {
  topic: string
  partition: number
  batch: Buffer
}

export interface ProducedPartition {
  topic: string
  partition: number
  errorCode: number
  /** Of the first record. */
  baseOffset: bigint
}

export interface ProduceAnswer {
  partitions: ProducedPartition[]
  /** So long a quota keeps the broker from reading what comes next. */
  throttleMs: number
}

const ALL_IN_SYNC_REPLICAS = -1

/*
  Produce Request (Version: 9) => transactional_id acks timeout_ms [topic_data] TAG_BUFFER
    topic_data => name [partition_data] TAG_BUFFER
      partition_data => index records TAG_BUFFER
*/
function writeProduce(transactionalId: string | null, timeoutMs: number, batches: ProducedBatch[]): Writer {
  const topics = [...Map.groupBy(batches, ({ topic }) => topic)]
  return Writer.create()
    .appendString(transactionalId)
    .appendInt16(ALL_IN_SYNC_REPLICAS)
    .appendInt32(timeoutMs)
    .appendArray(topics, (writer, [topic, partitions]) => {
      writer.appendString(topic).appendArray(partitions, (inner, { partition, batch }) => {
        inner.appendInt32(partition).appendBytes(batch)
      })
    })
    .appendTaggedFields()
}

/*
  Produce Response (Version: 9) => [responses] throttle_time_ms TAG_BUFFER
    responses => name [partition_responses] TAG_BUFFER
      partition_responses => index error_code base_offset log_append_time_ms log_start_offset
                             [record_errors: batch_index batch_index_error_message TAG_BUFFER] error_message TAG_BUFFER
*/
function readProduce(_correlationId: number, _key: number, _version: number, reader: Reader): ProduceAnswer {
  const topics = reader.readArray((r) => {
    const topic = r.readString()
    return r.readArray((inner) => {
      const partition = inner.readInt32()
      const errorCode = inner.readInt16()
      const baseOffset = inner.readInt64()
      inner.readInt64()
      inner.readInt64()
      inner.readArray((error) => {
        error.readInt32()
        error.readNullableString()
      })
      inner.readNullableString()
      return { topic, partition, errorCode, baseOffset }
    })
  })
  return { partitions: topics.flat(), throttleMs: reader.readInt32() }
}

export const produceV9 = createAPI<
  [transactionalId: string | null, timeoutMs: number, batches: ProducedBatch[]],
  ProduceAnswer
>(0, 9, writeProduce, readProduce)
