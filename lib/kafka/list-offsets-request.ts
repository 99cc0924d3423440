/**
 * ListOffsets for tens of thousands of partitions at every poll: the client's own request wants an object with
 * the same time stamp for each partition and answers three fields nobody reads. This one takes the time stamp
 * once and reads what is used.
 */
import { createAPI, type Reader, Writer } from '@platformatic/kafka'
import type { AskedTopic } from './read-offsets.ts'

export interface ListedOffset {
  partitionIndex: number
  errorCode: number
  offset: bigint
}

export interface ListedTopic {
  name: string
  partitions: ListedOffset[]
}

type Arguments = [timestamp: bigint, isCommitted: boolean, topics: AskedTopic[]]

/*
  ListOffsets Request (Version: 7) => replica_id isolation_level [topics] TAG_BUFFER
    topics => name [partitions] TAG_BUFFER
      partitions => partition_index current_leader_epoch timestamp TAG_BUFFER
*/
function writeListOffsets(...[timestamp, isCommitted, topics]: Arguments): Writer {
  return Writer.create()
    .appendInt32(-1)
    .appendInt8(isCommitted ? 1 : 0)
    .appendArray(topics, (writer, { name, partitions }) => {
      writer.appendString(name).appendArray(partitions, (inner, { partitionIndex, currentLeaderEpoch }) => {
        inner.appendInt32(partitionIndex).appendInt32(currentLeaderEpoch).appendInt64(timestamp)
      })
    })
    .appendTaggedFields()
}

/*
  ListOffsets Response (Version: 7) => throttle_time_ms [topics] TAG_BUFFER
    topics => name [partitions] TAG_BUFFER
      partitions => partition_index error_code timestamp offset leader_epoch TAG_BUFFER
*/
function readListOffsets(_correlationId: number, _key: number, _version: number, reader: Reader): ListedTopic[] {
  reader.readInt32()
  return reader.readArray((r) => ({ name: r.readString(), partitions: r.readArray(readPartition) }))
}

function readPartition(r: Reader): ListedOffset {
  const partitionIndex = r.readInt32()
  const errorCode = r.readInt16()
  r.readInt64()
  const offset = r.readInt64()
  r.readInt32()
  return { partitionIndex, errorCode, offset }
}

export const listOffsetsV7 = createAPI<Arguments, ListedTopic[]>(2, 7, writeListOffsets, readListOffsets)
