/** Joins a streams group without an application: a heartbeat that brings a topology of one source topic. */
import { Connection, createAPI, findCoordinatorV4, type Reader, Writer } from '@platformatic/kafka'

interface Joined {
  errorCode: number
  memberEpoch: number
}

/*
  StreamsGroupHeartbeat Request (Version: 0) => group_id member_id member_epoch endpoint_information_epoch instance_id
      rack_id rebalance_timeout_ms topology [active_tasks] [standby_tasks] [warmup_tasks] process_id user_endpoint
      [client_tags] [task_offsets] [task_end_offsets] shutdown_application TAG_BUFFER
    topology => epoch [subtopologies] TAG_BUFFER
      subtopologies => subtopology_id [source_topics] [source_topic_regex] [state_changelog_topics]
                       [repartition_sink_topics] [repartition_source_topics] [copartition_groups] TAG_BUFFER
*/
function writeHeartbeat(group: string, member: string, epoch: number, topic: string): Writer {
  const writer = Writer.create()
  writer
    .appendString(group)
    .appendString(member)
    .appendInt32(epoch)
    .appendInt32(0)
    .appendString(null)
    .appendString(null)
  writer.appendInt32(60_000).appendInt8(1).appendInt32(0)
  writer.appendArray(['0'], (w, id) => {
    w.appendString(id).appendArray([topic], (t, name) => t.appendString(name), true, false)
    for (let empty = 0; empty < 5; empty++) w.appendArray([], () => w)
  })
  writer.appendTaggedFields()
  for (let tasks = 0; tasks < 3; tasks++) writer.appendArray([], () => writer)
  writer.appendString('process').appendInt8(-1)
  writer
    .appendArray([], () => writer)
    .appendArray(null, () => writer)
    .appendArray(null, () => writer)
  return writer.appendBoolean(false).appendTaggedFields()
}

/*
  StreamsGroupHeartbeat Response (Version: 0) => throttle_time_ms error_code error_message member_id member_epoch …
*/
function readHeartbeat(_correlationId: number, _key: number, _version: number, reader: Reader): Joined {
  reader.readInt32()
  const errorCode = reader.readInt16()
  reader.readNullableString()
  reader.readString()
  return { errorCode, memberEpoch: reader.readInt32() }
}

const heartbeat = createAPI<[group: string, member: string, epoch: number, topic: string], Joined>(
  88,
  0,
  writeHeartbeat,
  readHeartbeat,
)

export async function joinStreamsGroup(server: string, group: string, member: string, topic: string): Promise<Joined> {
  const [host = '', port] = server.split(':')
  const connection = new Connection('test-streams')
  await connection.connect(host, Number(port))
  const { coordinators } = await findCoordinatorV4.api.async(connection, 0, [group])
  await connection.close()
  const coordinator = new Connection('test-streams')
  await coordinator.connect(coordinators[0]?.host ?? host, coordinators[0]?.port ?? Number(port))
  try {
    return await heartbeat.async(coordinator, group, member, 0, topic)
  } finally {
    await coordinator.close()
  }
}
