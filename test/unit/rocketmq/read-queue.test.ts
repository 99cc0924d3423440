import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MessageAccessError, type MessageBatch } from '../../../lib/cluster/messages.ts'
import type { PulledMessages } from '../../../lib/rocketmq/message-requests.ts'
import { type QueueRead, readQueue } from '../../../lib/rocketmq/read-queue.ts'
import { encodeBatch, encodeFiller, encodeMessage, type MessageFields } from '../../builders/rocketmq-messages.ts'

const FOUND = 0
const NOT_FOUND = 19
const RETRY_IMMEDIATELY = 20
const OFFSET_MOVED = 21

function at(queueOffset: bigint, over: Partial<MessageFields> = {}): Buffer {
  return encodeMessage({ queueOffset, storedBody: Buffer.from(`body ${queueOffset}`), endsProperties: false, ...over })
}

function found(nextOffset: bigint, ...messages: Buffer[]): Partial<PulledMessages> {
  return { nextOffset, body: Buffer.concat(messages) }
}

/** Reads from a broker that answers so, one answer after the other, and tells what it was asked for. */
async function read(
  answers: Partial<PulledMessages>[],
  over: Partial<QueueRead> = {},
): Promise<MessageBatch & { asked: bigint[]; offsetsRead: bigint[] }> {
  const asked: bigint[] = []
  const offsets = over.offsets ?? { min: 0n, max: 10n }
  const batch = await readQueue(
    { broker: 'broker-a', fromOffset: 0n, maxBytes: 1_000_000, offsets, ...over },
    async (offset) => {
      const answer = answers[asked.length]
      asked.push(offset)
      if (answer === undefined) throw new Error(`asked for ${offset} too`)
      const plain = {
        code: FOUND,
        minOffset: offsets.min,
        maxOffset: offsets.max,
        nextOffset: offset,
        body: Buffer.alloc(0),
      }
      return { ...plain, ...answer }
    },
  )
  return { ...batch, asked, offsetsRead: batch.messages.map(({ offset }) => offset) }
}

const DAMAGED = { code: 'messageUnreadable', facts: { detail: 'damaged' } }

describe('readQueue', () => {
  it('pulls until the queue’s end', async () => {
    const seen = await read([found(2n, at(0n), at(1n)), found(3n, at(2n))], { offsets: { min: 0n, max: 3n } })
    expect(seen).toMatchObject({
      ...{ asked: [0n, 2n], offsetsRead: [0n, 1n, 2n], nextOffset: 3n, isAtEnd: true, startOffset: 0n, endOffset: 3n },
      unreadable: [],
    })
  })

  it('ends when it has enough, with what the broker handed out beyond that left for the next read', async () => {
    const size = Buffer.from('body 0').length
    const seen = await read([found(5n, at(0n), at(1n), at(2n), at(3n), at(4n))], { maxBytes: size + 1 })
    expect(seen).toMatchObject({ offsetsRead: [0n, 1n], nextOffset: 2n, isAtEnd: false })
    expect(await read([found(5n, at(0n), at(1n))], { maxBytes: 0 })).toMatchObject({
      offsetsRead: [0n],
      nextOffset: 1n,
    })
  })

  it('asks nothing of an empty queue, and nothing beyond the end or before the start', async () => {
    expect(await read([], { offsets: { min: 5n, max: 5n } })).toMatchObject({
      nextOffset: 5n,
      isAtEnd: true,
      asked: [],
    })
    expect(await read([], { fromOffset: 99n })).toMatchObject({
      nextOffset: 99n,
      isAtEnd: true,
      endOffset: 10n,
      asked: [],
    })
    const late = await read([found(8n, at(7n))], { fromOffset: 2n, offsets: { min: 7n, max: 8n } })
    expect(late).toMatchObject({ asked: [7n], startOffset: 7n, offsetsRead: [7n], nextOffset: 8n })
  })

  it('passes gaps, and names what retention was just taking or the index lacks', async () => {
    const gap = await read([found(4n, at(0n), at(3n)), found(10n, at(6n), at(9n))])
    expect(gap).toMatchObject({ asked: [0n, 4n], offsetsRead: [0n, 3n, 6n, 9n], nextOffset: 10n, unreadable: [] })
    const lacking = await read([{ code: NOT_FOUND, nextOffset: 6n }, found(10n, at(6n), at(9n))])
    expect(lacking).toMatchObject({ asked: [0n, 6n], offsetsRead: [6n, 9n], nextOffset: 10n })
    expect(lacking.unreadable).toEqual([{ fromOffset: 0n, toOffset: 6n, fault: DAMAGED }])
    const removed = await read([{ code: RETRY_IMMEDIATELY, nextOffset: 9n }, found(10n, at(9n))])
    expect(removed.unreadable).toEqual([
      { fromOffset: 0n, toOffset: 9n, fault: { code: 'messageUnreadable', facts: { detail: 'removed' } } },
    ])
    // What it proposes does not matter: the queue’s new start does.
    for (const nextOffset of [8n, 0n]) {
      const moved = await read([{ code: OFFSET_MOVED, nextOffset, minOffset: 8n }, found(10n, at(8n), at(9n))])
      expect(moved).toMatchObject({ asked: [0n, 8n], offsetsRead: [8n, 9n] })
    }
  })

  it('does not follow a broker that sends it back, or nowhere', async () => {
    const stuck = { fault: { code: 'brokerError', facts: { errorCode: NOT_FOUND } }, retriable: true }
    await expect(read([{ code: NOT_FOUND, nextOffset: 0n }])).rejects.toMatchObject(stuck)
    await expect(read([{ code: NOT_FOUND, nextOffset: 1n }], { fromOffset: 4n })).rejects.toMatchObject(stuck)
    const some = await read([found(1n, at(0n)), { code: NOT_FOUND, nextOffset: 0n }])
    expect(some).toMatchObject({ offsetsRead: [0n], nextOffset: 1n, isAtEnd: false })
    const beyond = await read([{ code: NOT_FOUND, nextOffset: 999n }])
    expect(beyond).toMatchObject({ nextOffset: 10n, isAtEnd: true })
  })

  it('skips no message behind the unused end of a file', async () => {
    const seen = await read([found(3n, at(0n), encodeFiller(64), at(1n)), found(3n, at(1n), at(2n))], {
      offsets: { min: 0n, max: 3n },
    })
    expect(seen).toMatchObject({ asked: [0n, 1n], offsetsRead: [0n, 1n, 2n] })
  })

  it('names damaged places, and reads what lies around them', async () => {
    const broken = at(1n)
    // Its topic would reach beyond the message.
    broken.writeInt8(127, broken.length - 2 - 'orders'.length - 1)
    const seen = await read([found(3n, at(0n), broken, at(2n))], { offsets: { min: 0n, max: 3n } })
    expect(seen).toMatchObject({ offsetsRead: [0n, 2n], nextOffset: 3n })
    expect(seen.unreadable).toEqual([{ fromOffset: 1n, toOffset: 2n, fault: DAMAGED }])
    const cut = await read([found(3n, at(0n), at(1n).subarray(0, 60))], { offsets: { min: 0n, max: 3n } })
    expect(cut).toMatchObject({ offsetsRead: [0n], nextOffset: 3n })
    expect(cut.unreadable).toEqual([{ fromOffset: 1n, toOffset: 3n, fault: DAMAGED }])
  })

  it('tells of a body that does not fit its checksum, and shows it', async () => {
    const bytes = at(0n)
    bytes.writeInt32BE(7, 8)
    const { messages } = await read([found(1n, bytes)], { offsets: { min: 0n, max: 1n } })
    expect(messages).toMatchObject([{ value: Buffer.from('body 0'), rocketmq: { isBodyIntact: false } }])
  })

  it('unfolds compressed bodies, within a bound', async () => {
    const folded = (bytes: Buffer) => ({ storedBody: deflateSync(bytes), sysFlag: 1 })
    const bomb = folded(Buffer.alloc(17 * 1024 * 1024))
    const seen = await read(
      [
        found(
          4n,
          at(0n, folded(Buffer.from('text'))),
          at(1n, bomb),
          at(2n, { sysFlag: 0x501 }),
          at(3n, { sysFlag: 1 }),
        ),
      ],
      { offsets: { min: 0n, max: 4n } },
    )
    expect(seen.messages).toMatchObject([{ offset: 0n, value: Buffer.from('text'), sizeBytes: 4 }])
    expect(
      seen.unreadable.map(({ fromOffset, toOffset, fault }) => [fromOffset, toOffset, fault.facts.detail]),
    ).toEqual([
      [1n, 2n, 'tooLarge'],
      [2n, 3n, 'unknownCompression'],
      [3n, 4n, 'corrupt'],
    ])
  })

  it('takes a batch apart, also from its middle on', async () => {
    const inner = ['a', 'b', 'c'].map((text) => ({
      ...{ flag: 3, body: Buffer.from(text) },
      properties: [['KEYS', text]] as [string, string][],
    }))
    const batch = at(4n, { storedBody: encodeBatch(inner), sysFlag: 0xc0 })
    const offsets = { min: 0n, max: 8n }
    const seen = await read([found(8n, batch, at(7n))], { fromOffset: 5n, offsets })
    expect(seen.messages).toMatchObject([
      { offset: 5n, value: Buffer.from('b'), key: Buffer.from('b'), rocketmq: { flag: 3 } },
      { offset: 6n, value: Buffer.from('c'), key: Buffer.from('c') },
      { offset: 7n },
    ])
    const last = await read([found(7n, batch)], { fromOffset: 5n, offsets: { min: 0n, max: 7n } })
    expect(last.offsetsRead).toEqual([5n, 6n])
  })

  it('lets no producer hide what follows by calling its message a batch', async () => {
    const inner = Array.from({ length: 5 }, () => ({ flag: 0, body: Buffer.from('x'), properties: [] }))
    const liar = at(0n, { storedBody: encodeBatch(inner), sysFlag: 0xc0 })
    const offsets = { min: 0n, max: 3n }
    const seen = await read([found(2n, liar, at(1n)), found(3n, at(2n))], { offsets })
    expect(seen).toMatchObject({ offsetsRead: [0n, 1n, 2n], nextOffset: 3n })
    expect(seen.messages[0]?.value).toEqual(encodeBatch(inner))
    expect(await read([found(1n, liar), found(3n, at(1n), at(2n))], { offsets })).toMatchObject({
      offsetsRead: [0n, 1n, 2n],
    })
  })

  it('ends, goes forward and stays inside of the queue, whatever the broker says', async () => {
    const offset = fc.bigInt({ min: -3n, max: 40n })
    const message = fc
      .record({
        queueOffset: offset,
        sysFlag: fc.constantFrom(0, 1, 0xc0, 0x501),
        storedBody: fc.uint8Array({ maxLength: 40 }),
      })
      .map(({ storedBody, ...rest }) => encodeMessage({ ...rest, storedBody: Buffer.from(storedBody) }))
    const junk = fc.uint8Array({ maxLength: 120 }).map((bytes) => Buffer.from(bytes))
    const answer = fc.record({
      code: fc.constantFrom(FOUND, NOT_FOUND, RETRY_IMMEDIATELY, OFFSET_MOVED),
      ...{ nextOffset: offset, minOffset: offset, maxOffset: offset },
      body: fc.array(fc.oneof(message, junk), { maxLength: 6 }).map((parts) => Buffer.concat(parts)),
    })
    const run = fc.asyncProperty(
      fc.array(answer, { minLength: 1, maxLength: 8 }),
      offset,
      async (answers, fromOffset) => {
        let pulls = 0
        const request = { broker: 'a', fromOffset, maxBytes: 200, offsets: { min: 0n, max: 30n } }
        const batch = await readQueue(request, async () => answers[pulls++ % answers.length] as PulledMessages).catch(
          (error) => {
            if (error instanceof MessageAccessError) return null
            throw error
          },
        )
        if (batch === null) return
        const offsets = batch.messages.map((one) => one.offset)
        expect(offsets).toEqual([...new Set(offsets)].sort((one, other) => Number(one - other)))
        expect(offsets.every((one) => one >= fromOffset && one < batch.nextOffset)).toBe(true)
        expect(batch.nextOffset > fromOffset || batch.isAtEnd).toBe(true)
      },
    )
    await fc.assert(run, { numRuns: 500 })
  })

  it('hands out properties in their order, doubles too, and the facts of the store', async () => {
    const properties: [string, string][] = [
      ['b', '1'],
      ['KEYS', 'k1 k2'],
      ['a', ''],
      ['b', '2'],
    ]
    const { messages } = await read([found(1n, at(0n, { properties, reconsumeTimes: 3, flag: -9 }))], {
      offsets: { min: 0n, max: 1n },
    })
    expect(messages[0]?.headers.map(({ key, value }) => [key, value?.toString()])).toEqual(properties)
    expect(messages).toMatchObject([
      {
        ...{ partition: 3, broker: 'broker-a', key: Buffer.from('k1 k2'), timestampMs: 1_795_361_519_130 },
        rocketmq: {
          messageId: '7F000001000051AF0000000000001000',
          bornAtMs: 1_795_361_519_080,
          reconsumeTimes: 3,
          flag: -9,
        },
      },
    ])
  })

  it('names a hundred places at most, and is never led out of the queue', async () => {
    const offsets = { min: 0n, max: 1_000n }
    const broken = Array.from({ length: 300 }, (_, index) => at(BigInt(index), { sysFlag: 0x501 }))
    const seen = await read([found(300n, ...broken), found(1_000n, at(-1n), at(5n), at(2_000n), at(999n))], { offsets })
    expect(seen.unreadable).toHaveLength(100)
    expect(seen).toMatchObject({ offsetsRead: [999n], nextOffset: 1_000n })
  })
})
