/** Start, end and last stable offsets: asked of each partition's leader, in batches, all leaders at once. */
import type { Fault } from '../cluster/fault.ts'
import type { KafkaCaller, MetadataAnswer } from './kafka-client.ts'
import { faultOfErrorCode } from './kafka-fault.ts'
import { LIST_OFFSETS } from './kafka-requests.ts'

/** Kafka's markers in place of a time stamp. */
const LATEST = -1n
const EARLIEST = -2n
/** A request about more partitions than this is cut, so that no answer is held whole. */
const PARTITIONS_PER_REQUEST = 5_000

/** Offsets by topic and partition number; a hole or null is "not known". */
export type OffsetTable = Map<string, (bigint | null | undefined)[]>

interface AskedPartition {
  partitionIndex: number
  currentLeaderEpoch: number
}

export interface AskedTopic {
  name: string
  partitions: AskedPartition[]
}

/** Requests by leader; partitions without a leader are in none. */
export type LeaderPlan = Map<number, AskedTopic[][]>

export type OffsetFault = (topic: string, partition: number | null, broker: number, fault: Fault) => void

export function planByLeader(topics: MetadataAnswer['topics']): LeaderPlan {
  const plan: LeaderPlan = new Map()
  const sizes = new Map<number, number>()
  for (const { name, partitions, errorCode } of topics) {
    if (typeof name !== 'string' || errorCode !== 0) continue
    const open = new Map<number, AskedTopic>()
    for (const { partitionIndex, leaderId, leaderEpoch } of partitions) {
      if (leaderId < 0) continue
      const size = sizes.get(leaderId) ?? 0
      let asked = open.get(leaderId)
      if (!asked || size % PARTITIONS_PER_REQUEST === 0) {
        asked = { name, partitions: [] }
        open.set(leaderId, asked)
        addTopic(plan, leaderId, asked, size % PARTITIONS_PER_REQUEST === 0)
      }
      // The epoch makes the answer belong to the leader that the snapshot names, or fail.
      asked.partitions.push({ partitionIndex, currentLeaderEpoch: leaderEpoch })
      sizes.set(leaderId, size + 1)
    }
  }
  return plan
}

function addTopic(plan: LeaderPlan, leader: number, topic: AskedTopic, startsRequest: boolean): void {
  const requests = plan.get(leader) ?? []
  plan.set(leader, requests)
  if (startsRequest) requests.push([])
  requests.at(-1)?.push(topic)
}

export function readStartOffsets(caller: KafkaCaller, plan: LeaderPlan, failed: OffsetFault): Promise<OffsetTable> {
  return readOffsets(caller, plan, EARLIEST, false, failed)
}

export function readEndOffsets(caller: KafkaCaller, plan: LeaderPlan, failed: OffsetFault): Promise<OffsetTable> {
  return readOffsets(caller, plan, LATEST, false, failed)
}

export function readStableOffsets(caller: KafkaCaller, plan: LeaderPlan, failed: OffsetFault): Promise<OffsetTable> {
  return readOffsets(caller, plan, LATEST, true, failed)
}

async function readOffsets(
  caller: KafkaCaller,
  plan: LeaderPlan,
  timestamp: bigint,
  isCommitted: boolean,
  failed: OffsetFault,
): Promise<OffsetTable> {
  const table: OffsetTable = new Map()
  const reads: Promise<void>[] = []
  for (const [broker, requests] of plan) {
    for (const topics of requests) reads.push(readSome(caller, broker, topics, timestamp, isCommitted, table, failed))
  }
  await Promise.all(reads)
  return table
}

async function readSome(
  caller: KafkaCaller,
  broker: number,
  topics: AskedTopic[],
  timestamp: bigint,
  isCommitted: boolean,
  table: OffsetTable,
  failed: OffsetFault,
): Promise<void> {
  const answer = await caller.call(broker, LIST_OFFSETS, timestamp, isCommitted, topics)
  if (answer.fault) {
    for (const { name } of topics) failed(name, null, broker, answer.fault)
    return
  }
  for (const { name, partitions } of answer.value) {
    const offsets = table.get(name) ?? []
    table.set(name, offsets)
    for (const { partitionIndex, errorCode, offset } of partitions) {
      const fault = faultOfErrorCode(errorCode, { api: LIST_OFFSETS.name, broker })
      if (fault) failed(name, partitionIndex, broker, fault)
      // Minus one is Kafka's "no such offset".
      offsets[partitionIndex] = fault || offset < 0n ? null : offset
    }
  }
}
