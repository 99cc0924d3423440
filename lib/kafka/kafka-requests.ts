/**
 * Every request the driver sends, in the versions it speaks, newest first. For each broker the newest version
 * that both know is chosen. Arguments are the same in all versions of one request.
 */
import {
  type API,
  apiVersionsV3,
  consumerGroupDescribeV0,
  deleteGroupsV2,
  deleteRecordsV2,
  describeConfigsV4,
  describeGroupsV5,
  describeLogDirsV4,
  describeQuorumV1,
  describeQuorumV2,
  describeTopicPartitionsV0,
  findCoordinatorV4,
  incrementalAlterConfigsV1,
  listGroupsV4,
  listGroupsV5,
  listPartitionReassignmentsV0,
  offsetFetchV8,
  offsetFetchV9,
  offsetForLeaderEpochV4,
} from '@platformatic/kafka'
import { fetchCommittedV12, fetchV12 } from './fetch-request.ts'
import { flatApi, rememberedApi } from './flat-reader.ts'
import { describeShareGroupOffsetsV0, shareGroupDescribeV1, streamsGroupDescribeV0 } from './group-requests.ts'
import { listOffsetsV7, listOffsetsV8 } from './list-offsets-request.ts'
import { metadata } from './metadata-request.ts'
import { produceV9 } from './produce-request.ts'
import { addOffsetsToTxn, addPartitionsToTxn, endTxn, initProducerId, txnOffsetCommit } from './transaction-requests.ts'

export interface KafkaRequest<Args extends unknown[], Answer> {
  name: string
  versions: readonly API<Args, Answer>[]
}

function request<Args extends unknown[], Answer>(
  name: string,
  ...versions: API<Args, Answer>[]
): KafkaRequest<Args, Answer> {
  return { name, versions }
}

/** Not negotiated: this is how the other versions are learnt. */
export const API_VERSIONS = apiVersionsV3.api

export const METADATA = request('Metadata', metadata)
export const FIND_COORDINATOR = request('FindCoordinator', findCoordinatorV4.api)
export const LIST_OFFSETS = request('ListOffsets', listOffsetsV7)
export const LIST_LOCAL_OFFSETS = request('ListOffsets', listOffsetsV8)
export const OFFSET_FOR_LEADER_EPOCH = request('OffsetForLeaderEpoch', offsetForLeaderEpochV4.api)
export const LIST_GROUPS = request('ListGroups', listGroupsV5.api, listGroupsV4.api)
export const DESCRIBE_GROUPS = request('DescribeGroups', describeGroupsV5.api)
export const CONSUMER_GROUP_DESCRIBE = request('ConsumerGroupDescribe', consumerGroupDescribeV0.api)
export const SHARE_GROUP_DESCRIBE = request('ShareGroupDescribe', shareGroupDescribeV1)
export const DESCRIBE_SHARE_GROUP_OFFSETS = request('DescribeShareGroupOffsets', describeShareGroupOffsetsV0)
export const STREAMS_GROUP_DESCRIBE = request('StreamsGroupDescribe', streamsGroupDescribeV0)
export const OFFSET_FETCH = request('OffsetFetch', rememberedApi(offsetFetchV9), rememberedApi(offsetFetchV8))
export const DESCRIBE_CONFIGS = request('DescribeConfigs', describeConfigsV4.api)
export const INCREMENTAL_ALTER_CONFIGS = request('IncrementalAlterConfigs', incrementalAlterConfigsV1.api)
export const DESCRIBE_LOG_DIRS = request('DescribeLogDirs', flatApi(describeLogDirsV4))
export const DESCRIBE_QUORUM = request('DescribeQuorum', describeQuorumV2.api, describeQuorumV1.api)
export const DESCRIBE_TOPIC_PARTITIONS = request('DescribeTopicPartitions', describeTopicPartitionsV0.api)
export const LIST_PARTITION_REASSIGNMENTS = request('ListPartitionReassignments', listPartitionReassignmentsV0.api)
export const FETCH = request('Fetch', fetchV12)
export const FETCH_COMMITTED = request('Fetch', fetchCommittedV12)
export const PRODUCE = request('Produce', produceV9)
export const INIT_PRODUCER_ID = request('InitProducerId', initProducerId)
export const ADD_PARTITIONS_TO_TXN = request('AddPartitionsToTxn', addPartitionsToTxn)
export const ADD_OFFSETS_TO_TXN = request('AddOffsetsToTxn', addOffsetsToTxn)
export const TXN_OFFSET_COMMIT = request('TxnOffsetCommit', txnOffsetCommit)
export const END_TXN = request('EndTxn', endTxn)
export const DELETE_RECORDS = request('DeleteRecords', deleteRecordsV2.api)
export const DELETE_GROUPS = request('DeleteGroups', deleteGroupsV2.api)

export interface VersionRange {
  minVersion: number
  maxVersion: number
}

/** The newest version that the broker knows too; null when there is none. */
export function pickVersion<Args extends unknown[], Answer>(
  wanted: KafkaRequest<Args, Answer>,
  known: ReadonlyMap<number, VersionRange>,
): API<Args, Answer> | null {
  for (const api of wanted.versions) {
    const range = known.get(api.key)
    if (range && range.minVersion <= api.version && api.version <= range.maxVersion) return api
  }
  return null
}
