/** Members of groups, from the shapes of each group type to ours. */
import { type consumerGroupDescribeV0, type describeGroupsV5, Reader } from '@platformatic/kafka'
import type { GroupMember, MemberAssignment } from '../cluster/snapshot.ts'
import type { DescribedGroupMember } from './group-requests.ts'

type ClassicMember = describeGroupsV5.DescribeGroupsResponseGroup['members'][number]
type NewMember = consumerGroupDescribeV0.ConsumerGroupDescribeResponse['groups'][number]['members'][number]

/** Kafka puts a slash before the address. */
function hostOf(clientHost: string): string {
  return clientHost.startsWith('/') ? clientHost.slice(1) : clientHost
}

/** A partition's number is enough to name it: which broker leads it is no part of the assignment. */
function onAnyBroker(assigned: { topic: string; partitions: number[] }): MemberAssignment {
  return { ...assigned, broker: null }
}

export function memberOfDescribed(member: DescribedGroupMember): GroupMember {
  const { memberId, clientId, clientHost, assignment } = member
  return { memberId, clientId, host: hostOf(clientHost), assignments: assignment.map(onAnyBroker) }
}

export function memberOfNew(member: NewMember): GroupMember {
  const { memberId, clientId, clientHost, assignment } = member
  const assignments = assignment.topicPartitions.map(({ topicName, partitions }) =>
    onAnyBroker({ topic: topicName, partitions }),
  )
  return { memberId, clientId, host: hostOf(clientHost), assignments }
}

export function memberOfClassic(member: ClassicMember, protocolType: string): GroupMember {
  const { memberId, clientId, clientHost, memberAssignment } = member
  // Only consumers share a format; Connect and schema registries put their own bytes there.
  const assignments = protocolType === 'consumer' ? readAssignment(memberAssignment) : []
  return { memberId, clientId, host: hostOf(clientHost), assignments }
}

/*
  Consumer protocol assignment => version INT16 [topics] user_data
    topics => topic STRING [partitions INT32]
*/
function readAssignment(bytes: Buffer): MemberAssignment[] {
  if (bytes.length === 0) return []
  try {
    const reader = Reader.from(bytes)
    reader.readInt16()
    return reader.readArray(
      (r) => ({
        topic: r.readString(false),
        broker: null,
        partitions: r.readArray((p) => p.readInt32(), false, false),
      }),
      false,
      false,
    )
  } catch {
    // The bytes were written by somebody else's client; a member without a readable assignment is still a member.
    return []
  }
}
