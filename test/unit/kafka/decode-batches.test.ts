import { crc32, gzipSync, zstdCompressSync } from 'node:zlib'
import { compressionsAlgorithms } from '@platformatic/kafka'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  DECODE_LIMITS,
  type DecodedBatches,
  decodeBatches,
  type FetchedBytes,
} from '../../../lib/kafka/decode-batches.ts'
import { batchOf, type Codec, controlBatch, kafkaBatch, sealed } from '../../builders/kafka-batches.ts'

const TRANSACTIONAL = 0x10
const LOG_APPEND_TIME = 0x08

function decode(bytes: Buffer, more: Partial<FetchedBytes> = {}, limits = DECODE_LIMITS): DecodedBatches {
  return decodeBatches({ partition: 3, bytes, fromOffset: 0n, endOffset: 1_000n, aborted: [], ...more }, limits)
}

const textsOf = ({ messages }: DecodedBatches) =>
  messages.map(({ value }) => (value ? Buffer.from(value).toString() : null))
const faultsOf = ({ unreadable }: DecodedBatches) =>
  unreadable.map(({ fromOffset, toOffset, fault }) => [fromOffset, toOffset, fault.code])

describe('decodeBatches', () => {
  it.each<Codec>(['none', 'gzip', 'snappy', 'lz4', 'zstd'])('reads a batch compressed with %s', (codec) => {
    const values = Array.from({ length: 200 }, (_, index) => `value ${index} ${'abc'.repeat(index)}`)
    const decoded = decode(kafkaBatch({ values, codec, baseOffset: 7 }))
    expect(textsOf(decoded)).toEqual(values)
    expect(decoded.messages[0]).toMatchObject({
      ...{ partition: 3, broker: null, offset: 7n, timestampMs: 1_000, key: null, rocketmq: null },
      headers: [{ key: 'h', value: Buffer.from('1') }],
      sizeBytes: 10,
    })
    expect(decoded.nextOffset).toBe(207n)
  })

  it('reads snappy in the chunks that Java clients write', () => {
    const plain = kafkaBatch({ values: ['a'.repeat(500), 'b'.repeat(500)] }).subarray(61)
    const chunks = [plain.subarray(0, 300), plain.subarray(300)].map((chunk) => {
      const packed = compressionsAlgorithms.snappy.compressSync(chunk)
      const size = Buffer.alloc(4)
      size.writeUInt32BE(packed.length)
      return Buffer.concat([size, packed])
    })
    const head = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1])
    expect(textsOf(decode(batchOf(Buffer.concat([head, ...chunks]), 2, { codec: 'snappy' })))).toEqual([
      'a'.repeat(500),
      'b'.repeat(500),
    ])
  })

  it('tells a tombstone from an empty value, and the time of the broker from that of the producer', () => {
    const decoded = decode(kafkaBatch({ values: [null, ''], attributes: LOG_APPEND_TIME, timestampMs: 5 }))
    expect(decoded.messages.map(({ value, timestampMs }) => [value?.length ?? null, timestampMs])).toEqual([
      [null, 5],
      [0, 5],
    ])
    // None; and microseconds and nanoseconds, which are no milliseconds of any year.
    for (const timestampMs of [-1, 1.7e15, 1.7e18]) {
      expect(decode(kafkaBatch({ values: ['x'], timestampMs })).messages[0]?.timestampMs).toBeNull()
    }
  })

  it('begins in the middle of a batch and passes the gap before the next', () => {
    const bytes = Buffer.concat([
      kafkaBatch({ values: ['a', 'b', 'c'] }),
      kafkaBatch({ values: ['d'], baseOffset: 90 }),
    ])
    const decoded = decode(bytes, { fromOffset: 2n })
    expect(textsOf(decoded)).toEqual(['c', 'd'])
    expect(decoded.nextOffset).toBe(91n)
  })

  it('leaves out what was aborted, what is still the same producer after a commit stays', () => {
    const transactional = { attributes: TRANSACTIONAL, producerId: 9 }
    const bytes = Buffer.concat([
      kafkaBatch({ values: ['aborted'], baseOffset: 0, ...transactional }),
      kafkaBatch({ values: ['other'], baseOffset: 1, attributes: TRANSACTIONAL, producerId: 8 }),
      kafkaBatch({ values: ['plain'], baseOffset: 2 }),
      controlBatch(3, 9, 'abort'),
      kafkaBatch({ values: ['kept'], baseOffset: 4, ...transactional }),
      controlBatch(5, 9, 'commit'),
      controlBatch(6, 8, 'commit'),
      kafkaBatch({ values: ['aborted again'], baseOffset: 7, ...transactional }),
      controlBatch(8, 9, 'abort'),
    ])
    const aborted = [
      { producerId: 9n, firstOffset: 7n },
      { producerId: 9n, firstOffset: 0n },
    ]
    const decoded = decode(bytes, { aborted })
    expect(textsOf(decoded)).toEqual(['other', 'plain', 'kept'])
    expect(decoded).toMatchObject({ nextOffset: 9n, unreadable: [] })
  })

  it('goes on to nothing with a batch that is cut off', () => {
    const bytes = kafkaBatch({ values: ['a', 'b'] })
    expect(decode(bytes.subarray(0, bytes.length - 1))).toEqual({ messages: [], nextOffset: 0n, unreadable: [] })
  })

  it('names a batch that is damaged, of an unknown format or too large, and reads what lies behind', () => {
    const flipped = kafkaBatch({ values: ['a', 'b'], baseOffset: 0 })
    flipped[70] = (flipped[70] ?? 0) ^ 1
    const strange = kafkaBatch({ values: ['c'], baseOffset: 2 })
    strange.writeInt8(9, 16)
    const bomb = batchOf(gzipSync(Buffer.alloc(1_000_000)), 5, { baseOffset: 3, codec: 'gzip' })
    const lying = batchOf(Buffer.from('garbage!'), 1, { baseOffset: 8 })
    const good = kafkaBatch({ values: ['good'], baseOffset: 9 })
    const bytes = Buffer.concat([flipped, strange, bomb, lying, good])
    const decoded = decode(bytes, {}, { ...DECODE_LIMITS, batchBytes: 10_000 })
    expect(textsOf(decoded)).toEqual(['good'])
    expect(faultsOf(decoded)).toEqual([
      [0n, 2n, 'batchDamaged'],
      [2n, 3n, 'batchFormatUnknown'],
      [3n, 8n, 'batchTooLarge'],
      [8n, 9n, 'batchDamaged'],
    ])
  })

  it('keeps what a batch holds before the place where it is damaged', () => {
    const whole = kafkaBatch({ values: ['first', 'second'] })
    const records = Buffer.from(whole.subarray(61))
    // The second record claims a length behind the end.
    records[(records[0] ?? 0) / 2 + 1] = 0xfe
    const decoded = decode(batchOf(records, 2))
    expect(textsOf(decoded)).toEqual(['first'])
    expect(faultsOf(decoded)).toEqual([[1n, 2n, 'batchDamaged']])
  })

  it('gives up one offset where a length leads nowhere', () => {
    const bytes = kafkaBatch({ values: ['a'] })
    bytes.writeInt32BE(-5, 8)
    expect(faultsOf(decode(bytes))).toEqual([[0n, 1n, 'batchDamaged']])
  })

  it('stops within a batch at the most messages, and goes on there', () => {
    const bytes = kafkaBatch({ values: ['a', 'b', 'c', 'd', 'e'] })
    const limits = { ...DECODE_LIMITS, messages: 2 }
    const first = decode(bytes, {}, limits)
    expect([textsOf(first), first.nextOffset]).toEqual([['a', 'b'], 2n])
    const second = decode(bytes, { fromOffset: first.nextOffset }, limits)
    expect([textsOf(second), second.nextOffset]).toEqual([['c', 'd'], 4n])
  })

  it('unpacks no further batch behind the limit of one read', () => {
    const one = (baseOffset: number) => kafkaBatch({ values: ['x'.repeat(1_000)], codec: 'zstd', baseOffset })
    const decoded = decode(Buffer.concat([one(0), one(1), one(2)]), {}, { ...DECODE_LIMITS, readBytes: 1_500 })
    expect(decoded.nextOffset).toBe(2n)
  })

  it.each<[Codec, Buffer]>([
    ['gzip', gzipSync(Buffer.alloc(1_000_000))],
    ['zstd', zstdCompressSync(Buffer.alloc(1_000_000))],
    ['lz4', Buffer.from(compressionsAlgorithms.lz4.compressSync(Buffer.alloc(1_000_000)))],
    ['snappy', Buffer.from(compressionsAlgorithms.snappy.compressSync(Buffer.alloc(1_000_000)))],
  ])('unpacks no more than allowed of %s', (codec, packed) => {
    const decoded = decode(batchOf(packed, 1, { codec }), {}, { ...DECODE_LIMITS, batchBytes: 999_999 })
    expect(faultsOf(decoded)).toEqual([[0n, 1n, 'batchTooLarge']])
  })
})

describe('messages in the old formats', () => {
  function oldMessage(offset: number, value: Buffer, { magic = 1, attributes = 0, timestampMs = 50 } = {}): Buffer {
    const time = Buffer.alloc(magic === 0 ? 0 : 8)
    if (magic === 1) time.writeBigInt64BE(BigInt(timestampMs))
    const lengths = [Buffer.alloc(4, 0xff), Buffer.alloc(4)]
    lengths[1]?.writeInt32BE(value.length)
    const body = Buffer.concat([Buffer.from([magic, attributes]), time, ...lengths, value])
    const head = Buffer.alloc(16)
    head.writeBigInt64BE(BigInt(offset), 0)
    head.writeInt32BE(4 + body.length, 8)
    head.writeUInt32BE(crc32(body), 12)
    return Buffer.concat([head, body])
  }

  it('are read, plain and compressed, with offsets that count from the wrapper', () => {
    const inner = [0, 1, 2].map((index) => oldMessage(index, Buffer.from(`inner ${index}`)))
    const wrapper = oldMessage(12, gzipSync(Buffer.concat(inner)), { attributes: 1 })
    const bytes = Buffer.concat([
      oldMessage(4, Buffer.from('zero'), { magic: 0 }),
      oldMessage(5, Buffer.from('one')),
      wrapper,
      kafkaBatch({ values: ['two'], baseOffset: 13 }),
    ])
    const decoded = decode(bytes, { fromOffset: 4n })
    expect(decoded.messages.map(({ offset, timestampMs, value }) => [offset, timestampMs, String(value)])).toEqual([
      [4n, null, 'zero'],
      [5n, 50, 'one'],
      [10n, 50, 'inner 0'],
      [11n, 50, 'inner 1'],
      [12n, 50, 'inner 2'],
      [13n, 1_000, 'two'],
    ])
    expect(textsOf(decode(bytes, { fromOffset: 12n }))).toEqual(['inner 2', 'two'])
  })

  it('are named when they are damaged', () => {
    const bytes = Buffer.concat([oldMessage(0, Buffer.from('a')), oldMessage(1, Buffer.from('b'))])
    bytes[30] = 0x7f
    expect(faultsOf(decode(bytes))).toEqual([[0n, 1n, 'batchDamaged']])
  })
})

describe('hostile bytes', () => {
  /** Whatever comes, decoding ends, moves on or waits for more, and keeps to the order of offsets. */
  function check(bytes: Buffer, fromOffset = 0n): void {
    const limits = { batchBytes: 100_000, readBytes: 200_000, messages: 1_000 }
    const { messages, nextOffset, unreadable } = decode(bytes, { fromOffset }, limits)
    expect(messages.length).toBeLessThanOrEqual(1_000)
    let last = fromOffset - 1n
    for (const { offset } of messages) {
      expect(offset).toBeGreaterThan(last)
      last = offset
    }
    expect(nextOffset).toBeGreaterThan(last)
    for (const one of unreadable) expect(one.toOffset).toBeGreaterThan(one.fromOffset)
  }

  const codecs = fc.constantFrom<Codec>('none', 'gzip', 'snappy', 'lz4', 'zstd')
  const bytesOf = (maxLength: number) => fc.uint8Array({ maxLength }).map((bytes) => Buffer.from(bytes))

  it('of any kind never crash or hang the decoder', () => {
    fc.assert(fc.property(bytesOf(300), (bytes) => check(bytes)))
  })

  it('as the records of a good batch never crash or hang it', () => {
    fc.assert(
      fc.property(bytesOf(300), fc.integer({ min: -2, max: 50 }), codecs, (bytes, count, codec) =>
        check(batchOf(bytes, count, { codec })),
      ),
      { numRuns: 1_000 },
    )
  })

  it('as records that were packed well never crash or hang it', () => {
    fc.assert(
      fc.property(bytesOf(300), fc.integer({ min: 0, max: 50 }), codecs, (bytes, count, codec) =>
        check(batchOf(Buffer.from(compressionsAlgorithms[codec].compressSync(bytes)), count, { codec })),
      ),
      { numRuns: 300 },
    )
  })

  it('changed at any place of real batches never crash or hang it', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(codecs, changes, fc.boolean(), fc.nat(4), (codec, list, isSealed, from) => {
        const values = ['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', null, 'b'.repeat(200), 'c']
        const first = kafkaBatch({ values, codec })
        for (const [at, byte] of list) first[at % first.length] = byte
        // With its checksum made right again the change reaches the decoder of the records.
        const batch = isSealed ? sealed(first) : first
        check(Buffer.concat([batch, kafkaBatch({ values: ['d'], baseOffset: 4 })]), BigInt(from))
      }),
      { numRuns: 2_000 },
    )
  })
})
