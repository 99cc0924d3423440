/**
 * Requests about share and streams groups, which no client library describes yet, defined on the client's own
 * request builder. Layouts stand above their parsers; all are flexible, so every struct ends in tagged fields
 * (`readArray` and `appendArray` handle those of their elements).
 */
import { createAPI, type Reader, Writer } from '@platformatic/kafka'

export interface DescribedAssignment {
  topic: string
  partitions: number[]
}

export interface DescribedGroupMember {
  memberId: string
  clientId: string
  clientHost: string
  assignment: DescribedAssignment[]
}

export interface DescribedGroup {
  errorCode: number
  groupId: string
  groupState: string
  members: DescribedGroupMember[]
}

export interface ShareGroupOffsets {
  groupId: string
  errorCode: number
  topics: {
    topicName: string
    partitions: { partitionIndex: number; startOffset: bigint; errorCode: number }[]
  }[]
}

/*
  group_ids include_authorized_operations TAG_BUFFER
*/
export function writeDescribeRequest(groupIds: string[]): Writer {
  return Writer.create()
    .appendArray(groupIds, (writer, groupId) => writer.appendString(groupId), true, false)
    .appendBoolean(false)
    .appendTaggedFields()
}

/*
  ShareGroupDescribe Response (Version: 1) => throttle_time_ms [groups] TAG_BUFFER
    groups => error_code error_message group_id group_state group_epoch assignment_epoch assignor_name [members]
              authorized_operations TAG_BUFFER
      members => member_id rack_id member_epoch client_id client_host [subscribed_topic_names] assignment TAG_BUFFER
        assignment => [topic_partitions] TAG_BUFFER
          topic_partitions => topic_id topic_name [partitions] TAG_BUFFER
*/
export function readShareGroups(
  _correlationId: number,
  _key: number,
  _version: number,
  reader: Reader,
): DescribedGroup[] {
  reader.readInt32()
  return reader.readArray((r) => {
    const errorCode = r.readInt16()
    r.readNullableString()
    const groupId = r.readString()
    const groupState = r.readString()
    r.readInt32()
    r.readInt32()
    r.readString()
    const members = r.readArray(readShareMember)
    r.readInt32()
    return { errorCode, groupId, groupState, members }
  })
}

function readShareMember(r: Reader): DescribedGroupMember {
  const memberId = r.readString()
  r.readNullableString()
  r.readInt32()
  const clientId = r.readString()
  const clientHost = r.readString()
  r.readArray((inner) => inner.readString(), true, false)
  const assignment = r.readArray((inner) => {
    inner.readUUID()
    const topic = inner.readString()
    return { topic, partitions: inner.readArray((p) => p.readInt32(), true, false) }
  })
  r.readTaggedFields()
  return { memberId, clientId, clientHost, assignment }
}

/*
  StreamsGroupDescribe Response (Version: 0) => throttle_time_ms [groups] TAG_BUFFER
    groups => error_code error_message group_id group_state group_epoch assignment_epoch topology [members]
              authorized_operations TAG_BUFFER
      topology => epoch [subtopologies] TAG_BUFFER          (one byte before it: -1 = null, 1 = present)
        subtopologies => subtopology_id [source_topics] [repartition_sink_topics] [state_changelog_topics]
                         [repartition_source_topics] TAG_BUFFER
          state_changelog_topics, repartition_source_topics => name partitions replication_factor
                         [topic_configs: key value TAG_BUFFER] TAG_BUFFER
      members => member_id member_epoch instance_id rack_id client_id client_host topology_epoch process_id
                 user_endpoint [client_tags] [task_offsets] [task_end_offsets] assignment target_assignment
                 is_classic TAG_BUFFER
        user_endpoint => host port TAG_BUFFER               (one byte before it: -1 = null, 1 = present)
        client_tags => key value TAG_BUFFER
        task_offsets, task_end_offsets => subtopology_id partition offset TAG_BUFFER
        assignment, target_assignment => [active_tasks] [standby_tasks] [warmup_tasks] TAG_BUFFER
          tasks => subtopology_id [partitions] TAG_BUFFER
*/
export function readStreamsGroups(
  _correlationId: number,
  _key: number,
  _version: number,
  reader: Reader,
): DescribedGroup[] {
  reader.readInt32()
  return reader.readArray((r) => {
    const errorCode = r.readInt16()
    r.readNullableString()
    const groupId = r.readString()
    const groupState = r.readString()
    r.readInt32()
    r.readInt32()
    const sources = r.readNullableStruct(() => readTopology(r)) ?? new Map()
    const members = r.readArray((inner) => readStreamsMember(inner, sources))
    r.readInt32()
    return { errorCode, groupId, groupState, members }
  })
}

/** Topics that each subtopology reads, its repartition topics included. */
function readTopology(r: Reader): Map<string, string[]> {
  r.readInt32()
  const subtopologies = r.readNullableArray((inner) => {
    const id = inner.readString()
    const sourceTopics = inner.readArray((s) => s.readString(), true, false)
    inner.readArray((s) => s.readString(), true, false)
    inner.readArray(readTopicInfo)
    const topics: [string, string[]] = [id, [...sourceTopics, ...inner.readArray(readTopicInfo)]]
    return topics
  })
  r.readTaggedFields()
  return new Map(subtopologies)
}

function readTopicInfo(r: Reader): string {
  const name = r.readString()
  r.readInt32()
  r.readInt16()
  r.readArray(readKeyValue)
  return name
}

function readKeyValue(r: Reader): void {
  r.readString()
  r.readString()
}

function readStreamsMember(r: Reader, sources: Map<string, string[]>): DescribedGroupMember {
  const memberId = r.readString()
  r.readInt32()
  r.readNullableString()
  r.readNullableString()
  const clientId = r.readString()
  const clientHost = r.readString()
  r.readInt32()
  r.readString()
  r.readNullableStruct(() => {
    r.readString()
    r.readUnsignedInt16()
    r.readTaggedFields()
  })
  r.readArray(readKeyValue)
  r.readArray(readTaskOffset)
  r.readArray(readTaskOffset)
  const assignment = readTasks(r, sources)
  readTasks(r, sources)
  r.readBoolean()
  return { memberId, clientId, clientHost, assignment }
}

function readTaskOffset(r: Reader): void {
  r.readString()
  r.readInt32()
  r.readInt64()
}

/** The topic partitions of the active tasks: task n of a subtopology reads partition n of its source topics. */
function readTasks(r: Reader, sources: Map<string, string[]>): DescribedAssignment[] {
  const active = r.readArray(readTaskIds)
  r.readArray(readTaskIds)
  r.readArray(readTaskIds)
  r.readTaggedFields()
  return active.flatMap(({ subtopology, partitions }) =>
    (sources.get(subtopology) ?? []).map((topic) => ({ topic, partitions })),
  )
}

function readTaskIds(r: Reader): { subtopology: string; partitions: number[] } {
  return { subtopology: r.readString(), partitions: r.readArray((p) => p.readInt32(), true, false) }
}

/*
  DescribeShareGroupOffsets Request (Version: 0) => [groups] TAG_BUFFER
    groups => group_id [topics] TAG_BUFFER                  (topics: null = all)
*/
export function writeShareOffsetsRequest(groupIds: string[]): Writer {
  return Writer.create()
    .appendArray(groupIds, (writer, groupId) => {
      writer.appendString(groupId).appendArray(null, writeNothing)
    })
    .appendTaggedFields()
}

/*
  DescribeShareGroupOffsets Response (Version: 0) => throttle_time_ms [groups] TAG_BUFFER
    groups => group_id [topics] error_code error_message TAG_BUFFER
      topics => topic_name topic_id [partitions] TAG_BUFFER
        partitions => partition_index start_offset leader_epoch error_code error_message TAG_BUFFER
*/
export function readShareOffsets(
  _correlationId: number,
  _key: number,
  _version: number,
  reader: Reader,
): ShareGroupOffsets[] {
  reader.readInt32()
  return reader.readArray((r) => {
    const groupId = r.readString()
    const topics = r.readArray((inner) => {
      const topicName = inner.readString()
      inner.readUUID()
      return { topicName, partitions: inner.readArray(readSharePartition) }
    })
    const errorCode = r.readInt16()
    r.readNullableString()
    return { groupId, errorCode, topics }
  })
}

function readSharePartition(r: Reader): ShareGroupOffsets['topics'][number]['partitions'][number] {
  const partitionIndex = r.readInt32()
  const startOffset = r.readInt64()
  r.readInt32()
  const errorCode = r.readInt16()
  r.readNullableString()
  return { partitionIndex, startOffset, errorCode }
}

export const shareGroupDescribeV1 = createAPI<[groupIds: string[]], DescribedGroup[]>(
  77,
  1,
  writeDescribeRequest,
  readShareGroups,
)
export const streamsGroupDescribeV0 = createAPI<[groupIds: string[]], DescribedGroup[]>(
  89,
  0,
  writeDescribeRequest,
  readStreamsGroups,
)
export const describeShareGroupOffsetsV0 = createAPI<[groupIds: string[]], ShareGroupOffsets[]>(
  90,
  0,
  writeShareOffsetsRequest,
  readShareOffsets,
)

/** For arrays without elements. */
function writeNothing(): void {
  // There is nothing to write.
}
