/**
 * Metadata of a whole cluster at every poll. What it says of topics is nearly always as it was, but with KRaft each answer
 * names another broker as the controller: the two parts are read apart, so that the large one is read once.
 */
import { type API, createAPI, metadataV12, type Reader } from '@platformatic/kafka'
import { flat, remembered } from './flat-reader.ts'

export type MetadataAnswer = Omit<metadataV12.MetadataResponse, 'throttleTimeMs'>
type RawTopics = MetadataAnswer['topics']

/*
  Metadata Response (Version: 12) => throttle_time_ms [brokers] cluster_id controller_id [topics] TAG_BUFFER
    brokers => node_id host port rack TAG_BUFFER
    topics => error_code name topic_id is_internal [partitions] topic_authorized_operations TAG_BUFFER
      partitions => error_code partition_index leader_id leader_epoch [replica_nodes] [isr_nodes] [offline_replicas]
                    TAG_BUFFER
*/
function readMetadata(correlationId: number, key: number, version: number, reader: Reader): MetadataAnswer {
  reader.readInt32()
  return {
    brokers: reader.readArray((r) => ({
      ...{ nodeId: r.readInt32(), host: r.readString(), port: r.readInt32(), rack: r.readNullableString() },
    })),
    clusterId: reader.readNullableString(),
    controllerId: reader.readInt32(),
    topics: readTopics(correlationId, key, version, reader),
  }
}

/** Faults of single topics and partitions stay in their fields. */
const readTopics = remembered<RawTopics>((_correlationId, _key, _version, reader) =>
  reader.readArray((r) => ({
    errorCode: r.readInt16(),
    name: r.readNullableString(),
    topicId: r.readUUID(),
    isInternal: r.readBoolean(),
    partitions: r.readArray(readPartition),
    topicAuthorizedOperations: r.readInt32(),
  })),
)

function readPartition(r: Reader): RawTopics[number]['partitions'][number] {
  return {
    errorCode: r.readInt16(),
    partitionIndex: r.readInt32(),
    leaderId: r.readInt32(),
    leaderEpoch: r.readInt32(),
    replicaNodes: r.readArray(readNode, true, false),
    isrNodes: r.readArray(readNode, true, false),
    offlineReplicas: r.readArray(readNode, true, false),
  }
}

const readNode = (r: Reader): number => r.readInt32()

export const metadata: API<Parameters<typeof metadataV12.createRequest>, MetadataAnswer> = createAPI(
  metadataV12.api.key,
  metadataV12.api.version,
  metadataV12.createRequest,
  flat(readMetadata),
)
