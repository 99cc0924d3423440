/** Groups of every type: listed by every broker (each lists those it coordinates), described and read there. */

import type { FactBook } from '../cluster/fact-book.ts'
import type { Fault } from '../cluster/fault.ts'
import type { Outcome } from '../cluster/outcome.ts'
import type { GroupMember, GroupPartition, GroupState, GroupType } from '../cluster/snapshot.ts'
import { memberOfClassic, memberOfDescribed, memberOfNew } from './group-mapping.ts'
import type { DescribedGroup } from './group-requests.ts'
import type { KafkaCaller } from './kafka-client.ts'
import { faultOfErrorCode } from './kafka-fault.ts'
import {
  CONSUMER_GROUP_DESCRIBE,
  DESCRIBE_GROUPS,
  DESCRIBE_SHARE_GROUP_OFFSETS,
  type KafkaRequest,
  LIST_GROUPS,
  OFFSET_FETCH,
  SHARE_GROUP_DESCRIBE,
  STREAMS_GROUP_DESCRIBE,
} from './kafka-requests.ts'

const GROUPS_PER_REQUEST = 100
const COORDINATOR_NOT_AVAILABLE = 15
/** For a group that was asked about and is missing in the answer. */
const GROUP_ID_NOT_FOUND = 69
const TYPES: readonly GroupType[] = ['classic', 'consumer', 'share', 'streams']

/** A group between its first request and the snapshot. */
export interface ReadGroup {
  id: string
  type: GroupType
  state: string | null
  coordinator: number
  members: GroupMember[] | null
  partitions: GroupPartition[] | null
  fault: Fault | null
}

/** Where groups may live. */
export interface GroupPlace {
  brokers: readonly number[]
  /** Some partition of `__consumer_offsets` has no leader: the groups stored there are listed by nobody. */
  isOffsetsTopicOffline: boolean
}

interface Description {
  groupId: string
  errorCode: number
  state: string
  members: GroupMember[]
}

/**
 * Lists and describes. Groups that were known and whose coordinator does not answer now stay in the list with
 * everything unknown: not being able to see a group is not the same as its being gone.
 */
export async function readGroups(
  caller: KafkaCaller,
  place: GroupPlace,
  known: ReadonlyMap<string, ReadGroup>,
  book: FactBook,
): Promise<Map<string, ReadGroup>> {
  const groups = new Map<string, ReadGroup>()
  const silent = new Map<number, Fault>()
  await Promise.all(
    place.brokers.map(async (broker) => {
      const listed = await listGroups(caller, broker)
      if (listed.fault) {
        silent.set(broker, listed.fault)
        book.fail('groups', 'broker', String(broker), listed.fault)
        return
      }
      for (const group of listed.value) groups.set(group.id, group)
      await describeGroups(caller, broker, listed.value, book)
    }),
  )
  for (const group of known.values()) {
    const reason = groups.has(group.id) ? null : whyUnseen(group, silent, place)
    if (!reason) continue
    groups.set(group.id, { ...group, state: null, members: null, partitions: null, fault: reason })
    book.fail('groups', 'group', group.id, reason)
  }
  return groups
}

/** Why a group that nobody lists may still exist; null when it is gone. */
function whyUnseen(group: ReadGroup, silent: ReadonlyMap<number, Fault>, place: GroupPlace): Fault | null {
  const coordinatorIsSilent = silent.get(group.coordinator)
  if (coordinatorIsSilent) return coordinatorIsSilent
  // Its coordinator left, and the one that takes over needs a moment; or it moved to a broker that is silent now.
  const hasJustMoved = !place.brokers.includes(group.coordinator) && group.fault === null
  const mayBeElsewhere = silent.size > 0 || place.isOffsetsTopicOffline || hasJustMoved
  return mayBeElsewhere ? faultOfErrorCode(COORDINATOR_NOT_AVAILABLE, { broker: group.coordinator }) : null
}

async function listGroups(caller: KafkaCaller, broker: number): Promise<Outcome<ReadGroup[]>> {
  const answer = await caller.call(broker, LIST_GROUPS, [], [])
  if (answer.fault) return answer
  const value = answer.value.groups.map(({ groupId, groupState, groupType }) => ({
    id: groupId,
    type: groupTypeOf(groupType),
    state: groupState || null,
    coordinator: broker,
    members: null,
    partitions: null,
    fault: null,
  }))
  return { value, fault: null }
}

/** Brokers before 3.8 do not tell the type; they have classic groups only. */
function groupTypeOf(text: string | undefined): GroupType {
  return TYPES.find((type) => type === text?.toLowerCase()) ?? 'classic'
}

async function describeGroups(caller: KafkaCaller, broker: number, groups: ReadGroup[], book: FactBook): Promise<void> {
  const reads: Promise<void>[] = []
  for (const type of TYPES) {
    const ofType = groups.filter((group) => group.type === type)
    for (const some of chunks(ofType)) reads.push(describeSome(caller, broker, type, some, book))
  }
  await Promise.all(reads)
}

async function describeSome(
  caller: KafkaCaller,
  broker: number,
  type: GroupType,
  groups: ReadGroup[],
  book: FactBook,
): Promise<void> {
  const answer = await describe(
    caller,
    broker,
    type,
    groups.map(({ id }) => id),
  )
  const found = new Map((answer.value ?? []).map((description) => [description.groupId, description]))
  for (const group of groups) {
    const description = found.get(group.id)
    const reason =
      answer.fault ?? faultOfErrorCode(description?.errorCode ?? GROUP_ID_NOT_FOUND, { api: 'DescribeGroups', broker })
    if (reason) {
      group.fault = reason
      book.fail('groups', 'group', group.id, reason)
    } else if (description) {
      group.state = description.state || group.state
      group.members = description.members
    }
  }
}

async function describe(
  caller: KafkaCaller,
  broker: number,
  type: GroupType,
  ids: string[],
): Promise<Outcome<Description[]>> {
  if (type === 'share') return describeNew(caller, broker, SHARE_GROUP_DESCRIBE, ids)
  if (type === 'streams') return describeNew(caller, broker, STREAMS_GROUP_DESCRIBE, ids)
  if (type === 'consumer') {
    const answer = await caller.call(broker, CONSUMER_GROUP_DESCRIBE, ids, false)
    return mapOutcome(answer, ({ groups }) =>
      groups.map(({ groupId, errorCode, groupState, members }) => ({
        groupId,
        errorCode,
        state: groupState,
        members: members.map(memberOfNew),
      })),
    )
  }
  const answer = await caller.call(broker, DESCRIBE_GROUPS, ids, false)
  return mapOutcome(answer, ({ groups }) =>
    groups.map(({ groupId, errorCode, groupState, protocolType, members }) => ({
      groupId,
      errorCode,
      state: groupState,
      members: members.map((member) => memberOfClassic(member, protocolType)),
    })),
  )
}

async function describeNew(
  caller: KafkaCaller,
  broker: number,
  request: KafkaRequest<[groupIds: string[]], DescribedGroup[]>,
  ids: string[],
): Promise<Outcome<Description[]>> {
  const answer = await caller.call(broker, request, ids)
  return mapOutcome(answer, (groups) =>
    groups.map(({ groupId, errorCode, groupState, members }) => ({
      groupId,
      errorCode,
      state: groupState,
      members: members.map(memberOfDescribed),
    })),
  )
}

/** Reads committed offsets into the groups; those with a fault of the whole group keep `partitions` unknown. */
export async function readCommitted(
  caller: KafkaCaller,
  groups: Iterable<ReadGroup>,
  book: FactBook,
  known: KnownCommits = new WeakMap(),
): Promise<void> {
  const byCoordinator = new Map<string, ReadGroup[]>()
  for (const group of groups) {
    // Its coordinator did not answer a moment ago.
    if (group.state === null && group.fault) continue
    const key = `${group.coordinator} ${group.type === 'share' ? 'share' : ''}`
    const list = byCoordinator.get(key)
    if (list) list.push(group)
    else byCoordinator.set(key, [group])
  }
  const reads: Promise<void>[] = []
  for (const list of byCoordinator.values()) {
    const read = list[0]?.type === 'share' ? shareOffsets : fetchOffsets
    for (const some of chunks(list)) reads.push(read(caller, some, book, known))
  }
  await Promise.all(reads)
}

async function fetchOffsets(
  caller: KafkaCaller,
  groups: ReadGroup[],
  book: FactBook,
  known: KnownCommits,
): Promise<void> {
  const coordinator = groups[0]?.coordinator ?? -1
  const asked = groups.map(({ id }) => ({ groupId: id, memberId: null, memberEpoch: -1, topics: null }))
  const answer = await caller.call(coordinator, OFFSET_FETCH, asked, false)
  const found = new Map((answer.value?.groups ?? []).map((group) => [group.groupId, group]))
  for (const group of groups) {
    const offsets = found.get(group.id)
    const reason =
      answer.fault ??
      faultOfErrorCode(offsets?.errorCode ?? GROUP_ID_NOT_FOUND, { api: OFFSET_FETCH.name, broker: coordinator })
    if (reason || !offsets) {
      failOffsets(group, reason, book)
      continue
    }
    nameFaults(group, offsets.topics, coordinator, book)
    group.partitions = withAssigned(committedOf(offsets.topics, known), group)
  }
}

interface CommittedTopic {
  name: string
  partitions: { partitionIndex: number; committedOffset: bigint; errorCode: number }[]
}

/** Of one cluster, by the answer, which is the very same object while nobody commits. */
export type KnownCommits = WeakMap<readonly CommittedTopic[], GroupPartition[]>

function nameFaults(group: ReadGroup, topics: readonly CommittedTopic[], broker: number, book: FactBook): void {
  for (const { name, partitions } of topics) {
    for (const { partitionIndex, errorCode } of partitions) {
      if (errorCode === 0) continue
      const fault = faultOfErrorCode(errorCode, { api: OFFSET_FETCH.name, broker })
      if (fault) partFailed(group, name, partitionIndex, fault, book)
    }
  }
}

/** Without those whose commit is unreadable. Each poll fills in anew what is unread. */
function committedOf(topics: readonly CommittedTopic[], known: KnownCommits): GroupPartition[] {
  const before = known.get(topics)
  if (before !== undefined) {
    for (const partition of before) {
      partition.unreadFrom = null
      partition.firstUnread = null
    }
    return before
  }
  const partitions: GroupPartition[] = []
  for (const { name, partitions: committed } of topics) {
    for (const { partitionIndex, committedOffset, errorCode } of committed) {
      if (errorCode === 0) partitions.push(groupPartition(name, partitionIndex, committedOffset))
    }
  }
  known.set(topics, partitions)
  return partitions
}

async function shareOffsets(caller: KafkaCaller, groups: ReadGroup[], book: FactBook): Promise<void> {
  const coordinator = groups[0]?.coordinator ?? -1
  const ids = groups.map(({ id }) => id)
  const answer = await caller.call(coordinator, DESCRIBE_SHARE_GROUP_OFFSETS, ids)
  const found = new Map((answer.value ?? []).map((group) => [group.groupId, group]))
  const facts = { api: DESCRIBE_SHARE_GROUP_OFFSETS.name, broker: coordinator }
  for (const group of groups) {
    const offsets = found.get(group.id)
    const reason = answer.fault ?? faultOfErrorCode(offsets?.errorCode ?? GROUP_ID_NOT_FOUND, facts)
    if (reason || !offsets) {
      failOffsets(group, reason, book)
      continue
    }
    const partitions: GroupPartition[] = []
    for (const { topicName, partitions: started } of offsets.topics) {
      for (const { partitionIndex, startOffset, errorCode } of started) {
        const fault = faultOfErrorCode(errorCode, facts)
        if (fault) partFailed(group, topicName, partitionIndex, fault, book)
        else partitions.push(groupPartition(topicName, partitionIndex, startOffset))
      }
    }
    group.partitions = withAssigned(partitions, group)
  }
}

function failOffsets(group: ReadGroup, reason: Fault | null, book: FactBook): void {
  if (!reason) return
  group.fault ??= reason
  book.fail('committedOffsets', 'group', group.id, reason)
}

/** One partition's commit is unreadable: it is left out, since null would say "never committed". */
function partFailed(group: ReadGroup, topic: string, partition: number, fault: Fault, book: FactBook): void {
  group.fault ??= fault
  book.fail('committedOffsets', 'group', `${group.id}/${topic}/${partition}`, fault)
}

function groupPartition(topic: string, partition: number, offset: bigint): GroupPartition {
  const committedOffset = offset < 0n ? null : offset
  const unread = { unreadFrom: null, firstUnread: null }
  return { topic, partition, broker: null, committedOffset, isCommitUnknown: false, ...unread }
}

/** Adds partitions that a member holds and nobody has committed yet. */
function withAssigned(partitions: GroupPartition[], group: ReadGroup): GroupPartition[] {
  const members = group.members ?? []
  // A fault of one partition left it out above; it must not come back as "never committed".
  if (members.length === 0 || group.fault) return partitions
  const added: GroupPartition[] = []
  const seen = new Map<string, Set<number>>()
  for (const { topic, partition } of partitions) (seen.get(topic) ?? newSet(seen, topic)).add(partition)
  for (const { assignments } of members) {
    for (const { topic, partitions: assigned } of assignments) {
      const known = seen.get(topic) ?? newSet(seen, topic)
      for (const partition of assigned ?? []) {
        if (known.has(partition)) continue
        known.add(partition)
        added.push(groupPartition(topic, partition, -1n))
      }
    }
  }
  return added.length === 0 ? partitions : [...partitions, ...added]
}

function newSet(sets: Map<string, Set<number>>, key: string): Set<number> {
  const set = new Set<number>()
  sets.set(key, set)
  return set
}

function mapOutcome<A, B>(outcome: Outcome<A>, change: (value: A) => B): Outcome<B> {
  return outcome.fault ? outcome : { value: change(outcome.value), fault: null }
}

function* chunks<T>(items: readonly T[]): Generator<T[]> {
  for (let at = 0; at < items.length; at += GROUPS_PER_REQUEST) yield items.slice(at, at + GROUPS_PER_REQUEST)
}

export function groupState(group: ReadGroup): GroupState {
  return { ...group, coordinator: String(group.coordinator), rocketmq: null }
}
