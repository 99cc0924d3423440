import { Reader, Writer } from '@platformatic/kafka'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type DescribedGroup,
  readShareGroups,
  readShareOffsets,
  readStreamsGroups,
  type ShareGroupOffsets,
  writeDescribeRequest,
  writeShareOffsetsRequest,
} from '../../../lib/kafka/group-requests.ts'

const UUID = '00112233-4455-6677-8899-aabbccddeeff'

const name = fc.string({ minLength: 1, maxLength: 12 })
const int32 = fc.integer({ min: 0, max: 2 ** 31 - 1 })
const assignment = fc.record({ topic: name, partitions: fc.array(int32, { maxLength: 5 }) })
const member = fc.record({
  memberId: name,
  clientId: name,
  clientHost: name,
  assignment: fc.array(assignment, { maxLength: 3 }),
})
const groups: fc.Arbitrary<DescribedGroup[]> = fc.array(
  fc.record({
    errorCode: fc.integer({ min: -1, max: 140 }),
    groupId: name,
    groupState: fc.constantFrom('Empty', 'Stable', 'Dead', ''),
    members: fc.array(member, { maxLength: 3 }),
  }),
  { maxLength: 4 },
)

/** As a broker writes it, with an unknown tagged field in each group, which readers must step over. */
function writeShareGroups(described: DescribedGroup[]): Writer {
  return Writer.create()
    .appendInt32(0)
    .appendArray(
      described,
      (w, group) => {
        w.appendInt16(group.errorCode).appendString(null).appendString(group.groupId).appendString(group.groupState)
        w.appendInt32(7).appendInt32(7).appendString('simple')
        w.appendArray(group.members, (m, one) => {
          m.appendString(one.memberId).appendString(null).appendInt32(3).appendString(one.clientId)
          m.appendString(one.clientHost).appendArray(['a', 'b'], (s, topic) => s.appendString(topic), true, false)
          m.appendArray(one.assignment, (t, { topic, partitions }) => {
            t.appendUUID(UUID)
              .appendString(topic)
              .appendArray(partitions, (p, id) => p.appendInt32(id), true, false)
          }).appendTaggedFields()
        })
        w.appendInt32(-2147483648)
        w.appendUnsignedVarInt(1).appendUnsignedVarInt(9).appendUnsignedVarInt(2).append(Buffer.from('xx'))
      },
      true,
      false,
    )
    .appendTaggedFields()
}

/** One subtopology per topic, so that tasks and topics are the same thing. */
function writeStreamsGroups(described: DescribedGroup[]): Writer {
  return Writer.create()
    .appendInt32(0)
    .appendArray(described, (w, group) => {
      w.appendInt16(group.errorCode).appendString(null).appendString(group.groupId).appendString(group.groupState)
      w.appendInt32(1).appendInt32(1)
      writeTopology(w, [...new Set(group.members.flatMap((one) => one.assignment.map(({ topic }) => topic)))])
      w.appendArray(group.members, (m, one) => {
        m.appendString(one.memberId).appendInt32(2).appendString(null).appendString('rack')
        m.appendString(one.clientId).appendString(one.clientHost).appendInt32(1).appendString('process')
        m.appendInt8(1).appendString('host').appendUnsignedInt16(8080).appendTaggedFields()
        m.appendArray([['k', 'v']], (t, [key, value]) => t.appendString(key ?? '').appendString(value ?? ''))
        for (const offset of [1n, 2n])
          m.appendArray([offset], (t, at) => t.appendString('0').appendInt32(0).appendInt64(at))
        for (const tasks of [one.assignment, []]) {
          writeTasks(m, tasks)
        }
        m.appendBoolean(false)
      })
      w.appendInt32(-2147483648)
    })
    .appendTaggedFields()
}

function writeTopology(w: Writer, topics: string[]): void {
  if (topics.length === 0) {
    w.appendInt8(-1)
    return
  }
  const noConfig = (t: Writer, topic: string) =>
    t
      .appendString(topic)
      .appendInt32(0)
      .appendInt16(1)
      .appendArray([], () => t)
  w.appendInt8(1).appendInt32(1)
  w.appendArray(topics, (s, topic) => {
    s.appendString(`sub-${topic}`).appendArray([topic], (t, one) => t.appendString(one), true, false)
    s.appendArray(['sink'], (t, one) => t.appendString(one), true, false)
    s.appendArray(['changelog'], noConfig).appendArray([], noConfig)
  }).appendTaggedFields()
}

function writeTasks(m: Writer, tasks: { topic: string; partitions: number[] }[]): void {
  m.appendArray(tasks, (t, { topic, partitions }) => {
    t.appendString(`sub-${topic}`).appendArray(partitions, (p, id) => p.appendInt32(id), true, false)
  })
  m.appendArray([], () => m)
    .appendArray([], () => m)
    .appendTaggedFields()
}

describe('share groups', () => {
  it('reads what a broker writes', () => {
    fc.assert(
      fc.property(groups, (described) => {
        const reader = Reader.from(writeShareGroups(described))
        expect(readShareGroups(0, 77, 1, reader)).toEqual(described)
      }),
    )
  })

  it('asks for the named groups, without authorised operations', () => {
    const reader = Reader.from(writeDescribeRequest(['a', 'b']))
    expect(reader.readArray((r) => r.readString(), true, false)).toEqual(['a', 'b'])
    expect(reader.readBoolean()).toBe(false)
    reader.readTaggedFields()
    expect(reader.remaining).toBe(0)
  })

  const partition = fc.record({
    partitionIndex: int32,
    startOffset: fc.bigInt({ min: -1n, max: 2n ** 62n }),
    errorCode: fc.integer({ min: 0, max: 140 }),
  })
  const offsets: fc.Arbitrary<ShareGroupOffsets[]> = fc.array(
    fc.record({
      groupId: name,
      errorCode: fc.integer({ min: 0, max: 140 }),
      topics: fc.array(fc.record({ topicName: name, partitions: fc.array(partition, { maxLength: 4 }) }), {
        maxLength: 3,
      }),
    }),
    { maxLength: 4 },
  )

  it('reads start offsets as a broker writes them', () => {
    fc.assert(
      fc.property(offsets, (written) => {
        const writer = Writer.create()
          .appendInt32(0)
          .appendArray(written, (w, group) => {
            w.appendString(group.groupId)
              .appendArray(group.topics, (t, { topicName, partitions }) => {
                t.appendString(topicName).appendUUID(UUID)
                t.appendArray(partitions, (p, { partitionIndex, startOffset, errorCode }) => {
                  p.appendInt32(partitionIndex)
                    .appendInt64(startOffset)
                    .appendInt32(4)
                    .appendInt16(errorCode)
                    .appendString(null)
                })
              })
              .appendInt16(group.errorCode)
              .appendString('why')
          })
          .appendTaggedFields()
        expect(readShareOffsets(0, 90, 0, Reader.from(writer))).toEqual(written)
      }),
    )
  })

  it('asks for all partitions of the named groups', () => {
    const reader = Reader.from(writeShareOffsetsRequest(['a']))
    const asked = reader.readArray((r) => [r.readString(), r.readNullableArray((t) => t.readString())])
    expect(asked).toEqual([['a', null]])
    reader.readTaggedFields()
    expect(reader.remaining).toBe(0)
  })
})

describe('streams groups', () => {
  it('reads what a broker writes, tasks as the partitions they read', () => {
    fc.assert(
      fc.property(groups, (described) => {
        expect(readStreamsGroups(0, 89, 0, Reader.from(writeStreamsGroups(described)))).toEqual(described)
      }),
    )
  })
})
