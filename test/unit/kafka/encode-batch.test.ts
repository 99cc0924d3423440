import { Reader, readRecordsBatch } from '@platformatic/kafka'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OutgoingMessage } from '../../../lib/cluster/messages.ts'
import { decodeBatches } from '../../../lib/kafka/decode-batches.ts'
import { compressBatch, encodeBatch, recordSize } from '../../../lib/kafka/encode-batch.ts'

const PRODUCER = { producerId: 77n, producerEpoch: 3, isTransactional: true }
const bytes = fc.uint8Array({ maxLength: 200 }).map((list) => Buffer.from(list))
const messages = fc.array(
  fc.record<OutgoingMessage>({
    topic: fc.constant('t'),
    partition: fc.constant(0),
    broker: fc.constant(null),
    key: fc.option(bytes),
    value: fc.option(bytes),
    headers: fc.array(fc.record({ key: fc.string({ unit: 'grapheme', maxLength: 10 }), value: fc.option(bytes) }), {
      maxLength: 5,
    }),
    timestampMs: fc.option(fc.integer({ min: 0, max: 2 ** 45 })),
  }),
  { minLength: 1, maxLength: 20 },
)

describe('encodeBatch', () => {
  it('writes what the reader reads back, headers in their order and as often as they come', () => {
    fc.assert(
      fc.property(messages, fc.boolean(), (list, isCompressed) => {
        const plain = encodeBatch(list, PRODUCER, 5, 1_234)
        const batch = isCompressed ? compressBatch(plain) : plain
        const fetched = { partition: 0, bytes: batch, fromOffset: 0n, endOffset: 1_000n, aborted: [] }
        const decoded = decodeBatches(fetched)
        expect(decoded.unreadable).toEqual([])
        expect(
          decoded.messages.map(({ key, value, headers, timestampMs }) => ({ key, value, headers, timestampMs })),
        ).toEqual(
          list.map(({ key, value, headers, timestampMs }) => ({
            key,
            value,
            headers,
            timestampMs: timestampMs ?? 1_234,
          })),
        )
        expect(plain.length).toBeLessThanOrEqual(61 + list.reduce((sum, one) => sum + recordSize(one), 0))
      }),
    )
  })

  it('is read back the same whether a header repeats that of the record before or stands alone', () => {
    // Few names and values, with lengths around those from which on bytes are copied and compared otherwise.
    const value = fc
      .tuple(fc.constantFrom(0, 1, 63, 64, 65, 120, 127, 128, 129, 300), fc.constantFrom(1, 2))
      .map(([length, fill]) => Buffer.alloc(length, fill))
    const header = fc.record({ key: fc.constantFrom('', 'a', 'b', 'ab', 'ä'), value: fc.option(value) })
    const list = fc.array(fc.array(header, { maxLength: 4 }), { minLength: 2, maxLength: 20 })
    const read = (headers: OutgoingMessage['headers'][]) => {
      const place = { topic: 't', partition: 0, broker: null, key: null, value: null, timestampMs: 1 }
      const bytes = encodeBatch(
        headers.map((some) => ({ ...place, headers: some })),
        PRODUCER,
        0,
        1,
      )
      return decodeBatches({ partition: 0, bytes, fromOffset: 0n, endOffset: 100n, aborted: [] }).messages
    }
    fc.assert(
      fc.property(list, (headers) => {
        const together = read(headers)
        const alone = headers.flatMap((some) => read([some]))
        expect(together.map(({ headers: some }) => some)).toEqual(headers)
        expect(together.map((message) => ({ ...message, offset: 0n }))).toEqual(alone)
        expect(new Set(together.map(({ headers: some }) => some)).size).toBe(headers.length)
      }),
    )
  })

  it('writes what the client library reads back', () => {
    const headers = [{ key: 'ä', value: null }]
    const one = { topic: 't', partition: 0, broker: null, key: Buffer.from('k'), value: null, headers, timestampMs: 9 }
    expect(readRecordsBatch(Reader.from(encodeBatch([one, { ...one, timestampMs: 4 }], PRODUCER, 5, 0)))).toMatchObject(
      {
        ...{ magic: 2, attributes: 0x10, lastOffsetDelta: 1, firstTimestamp: 9n, maxTimestamp: 9n },
        ...{ producerId: 77n, producerEpoch: 3, firstSequence: 5 },
        records: [
          {
            offsetDelta: 0,
            timestampDelta: 0n,
            key: Buffer.from('k'),
            value: null,
            headers: [[Buffer.from('ä'), null]],
          },
          { offsetDelta: 1, timestampDelta: -5n },
        ],
      },
    )
  })
})
