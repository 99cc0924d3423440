/** The request that is written in one piece, against the client's own; and an answer as a broker sends it. */
import { type API, type Connection, listOffsetsV7 as own, Reader, Writer } from '@platformatic/kafka'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type ListedOffsets, listedOf, listOffsetsV7 } from '../../../lib/kafka/list-offsets-request.ts'

type Sent = { request: Buffer; parse: (id: number, key: number, version: number, reader: Reader) => unknown }

/** What the request would send, and what would read its answer. */
function captured<Args extends unknown[]>(api: API<Args, unknown>, ...args: Args): Sent {
  let sent: Sent | null = null
  const connection = {
    send: (_key: number, _version: number, create: () => Writer, parse: Sent['parse']) => {
      sent = { request: create().buffer, parse }
    },
  } as unknown as Connection
  void api.async(connection, ...args)
  if (sent === null) throw new Error('nothing was sent')
  return sent
}

const asked = fc.record({
  partitionIndex: fc.nat(100_000),
  currentLeaderEpoch: fc.integer({ min: -1, max: 2 ** 31 - 1 }),
})
const topics = fc.array(
  fc.record({
    name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 249 }),
    partitions: fc.array(asked, { minLength: 1, maxLength: 200 }),
  }),
  { maxLength: 200 },
)

it('is written as the client writes it', () => {
  fc.assert(
    fc.property(topics, fc.bigInt({ min: -4n, max: 2n ** 62n }), fc.boolean(), (list, timestamp, isCommitted) => {
      const theirs = list.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map((partition) => ({ ...partition, timestamp })),
      }))
      const ours = captured(listOffsetsV7, timestamp, isCommitted, list).request
      expect(ours.equals(captured(own.api, -1, isCommitted ? 1 : 0, theirs).request)).toBe(true)
    }),
    { numRuns: 50 },
  )
})

const listed = fc.record({
  partitionIndex: fc.nat(100_000),
  errorCode: fc.integer({ min: -1, max: 130 }),
  offset: fc.bigInt({ min: -1n, max: 2n ** 63n - 1n }),
})
const answers = fc.array(
  fc.record({ name: fc.string({ minLength: 1, maxLength: 20 }), partitions: fc.array(listed, { maxLength: 20 }) }),
  { maxLength: 20 },
)

it('has its answer read field by field', () => {
  const { parse } = captured(listOffsetsV7, -1n, false, [])
  fc.assert(
    fc.property(answers, (list) => {
      const answer = Writer.create()
        .appendInt32(0)
        .appendArray(list, (writer, { name, partitions }) => {
          writer.appendString(name).appendArray(partitions, (inner, { partitionIndex, errorCode, offset }) => {
            inner.appendInt32(partitionIndex).appendInt16(errorCode).appendInt64(7n).appendInt64(offset).appendInt32(3)
          })
        })
        .appendTaggedFields()
      const read = parse(1, 2, 7, Reader.from(answer.buffer)) as ListedOffsets
      const rows = list.flatMap(({ partitions }) => partitions)
      expect(read.topics).toEqual(list.map(({ name, partitions }) => ({ name, partitions: partitions.length })))
      expect(read.count).toBe(rows.length)
      expect([...read.partitionIndexes.subarray(0, read.count)]).toEqual(rows.map((row) => row.partitionIndex))
      expect([...read.errorCodes.subarray(0, read.count)]).toEqual(rows.map((row) => row.errorCode))
      expect([...read.offsets.subarray(0, read.count)]).toEqual(rows.map((row) => row.offset))
      expect(listedOf(read)).toEqual(list[0]?.partitions ?? [])
    }),
  )
})
