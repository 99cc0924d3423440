import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { unreadStart } from '../../../lib/kafka/record-batch.ts'

interface TestRecord {
  offset: number
  timestampMs: number
}

interface TestBatch {
  records: TestRecord[]
  baseOffset?: number
  attributes?: number
  gzip?: boolean
  baseTimestampMs?: number
}

const CONTROL = 0x20
const LOG_APPEND_TIME = 0x08
const DELETE_HORIZON = 0x40

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value >= 0 ? value * 2 : -value * 2 - 1
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80)
  return Buffer.from([...bytes, rest])
}

function batch({ records, attributes = 0, gzip = false, ...more }: TestBatch): Buffer {
  const baseOffset = more.baseOffset ?? records[0]?.offset ?? 0
  const baseMs = more.baseTimestampMs ?? records[0]?.timestampMs ?? 0
  const bodies = records.map(({ offset, timestampMs }) => {
    const head = [Buffer.from([0]), varint(timestampMs - baseMs), varint(offset - baseOffset)]
    // No key, a value of two bytes, no headers.
    const body = Buffer.concat([...head, varint(-1), varint(2), Buffer.from('vv'), varint(0)])
    return Buffer.concat([varint(body.length), body])
  })
  const payload = gzip ? gzipSync(Buffer.concat(bodies)) : Buffer.concat(bodies)
  const header = Buffer.alloc(61)
  header.writeBigInt64BE(BigInt(baseOffset), 0)
  header.writeInt32BE(49 + payload.length, 8)
  header.writeInt8(2, 16)
  header.writeInt16BE(attributes | (gzip ? 1 : 0), 21)
  header.writeInt32BE((records.at(-1)?.offset ?? baseOffset) - baseOffset, 23)
  header.writeBigInt64BE(BigInt(baseMs), 27)
  header.writeBigInt64BE(BigInt(Math.max(...records.map(({ timestampMs }) => timestampMs))), 35)
  header.writeInt32BE(records.length, 57)
  return Buffer.concat([header, payload])
}

/** As compaction leaves it for the sake of its producer's sequence. */
function emptied(bytes: Buffer): Buffer {
  const head = Buffer.from(bytes.subarray(0, 61))
  head.writeInt32BE(49, 8)
  head.writeInt32BE(0, 57)
  return head
}

const three = [
  { offset: 10, timestampMs: 1_000 },
  { offset: 11, timestampMs: 900 },
  { offset: 15, timestampMs: 5_000_000 },
]

describe('the time of the first record', () => {
  it.each([
    ['the first record', 10n, 1_000],
    ['one with an earlier time than the first', 11n, 900],
    ['the next one after a compacted gap', 12n, 5_000_000],
    ['the last', 15n, 5_000_000],
  ])('finds %s, plain and compressed', (_name, offset, timestampMs) => {
    const expected = { timestampMs, precision: 'record' }
    expect(unreadStart(batch({ records: three }), offset).time).toEqual(expected)
    expect(unreadStart(batch({ records: three, gzip: true }), offset).time).toEqual(expected)
  })

  it('agrees with the records, whatever they are', () => {
    const record = fc.record({
      gap: fc.integer({ min: 1, max: 300 }),
      timestampMs: fc.integer({ min: 0, max: 2 ** 42 }),
    })
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 8 }), fc.nat({ max: 2_000 }), (list, wanted) => {
        let at = 0
        const records = list.map(({ gap, timestampMs }) => {
          at += gap
          return { offset: at, timestampMs }
        })
        const expected = records.find(({ offset }) => offset >= wanted)
        const found = unreadStart(batch({ records }), BigInt(wanted)).time
        expect(found).toEqual(expected ? { timestampMs: expected.timestampMs, precision: 'record' } : null)
      }),
    )
  })

  it('steps over transaction markers and older batches', () => {
    const marker = batch({ records: [{ offset: 16, timestampMs: 1 }], attributes: CONTROL })
    const next = batch({ records: [{ offset: 17, timestampMs: 7_000 }] })
    const bytes = Buffer.concat([batch({ records: three }), marker, next])
    expect(unreadStart(bytes, 16n).time).toEqual({ timestampMs: 7_000, precision: 'record' })
  })

  it('knows the time of every record of a batch stamped by the broker', () => {
    const bytes = batch({ records: three, attributes: LOG_APPEND_TIME })
    expect(unreadStart(bytes, 11n).time).toEqual({ timestampMs: 5_000_000, precision: 'record' })
  })

  it('falls back to the batch when only its beginning is there', () => {
    const bytes = batch({ records: three }).subarray(0, 64)
    expect(unreadStart(bytes, 11n).time).toEqual({ timestampMs: 1_000, precision: 'batch' })
  })

  it('does not take a delete horizon for a time of writing', () => {
    const bytes = batch({ records: three, attributes: DELETE_HORIZON, baseTimestampMs: 9_999_999 })
    expect(unreadStart(bytes, 10n).time).toEqual({ timestampMs: 1_000, precision: 'record' })
    expect(unreadStart(bytes.subarray(0, 64), 10n).time).toEqual({ timestampMs: 5_000_000, precision: 'batch' })
  })

  describe('where what is unread begins', () => {
    const marker = (offset: number): Buffer => batch({ records: [{ offset, timestampMs: 1 }], attributes: CONTROL })
    const next = batch({ records: [{ offset: 18, timestampMs: 7_000 }] })
    it.each([
      ['at the wanted offset', [batch({ records: three })], 11n, 11n],
      ['behind the end of a transaction', [batch({ records: three }), marker(16)], 16n, 17n],
      ['behind several, and what compaction left out', [marker(16), marker(17), next], 15n, 18n],
      ['behind a gap', [next], 16n, 18n],
      ['behind a batch of which nothing is left', [emptied(batch({ records: three }))], 12n, 16n],
      ['behind a batch whose rest is gone', [batch({ records: three.slice(0, 2) }), next], 12n, 18n],
      ['unknown', [], 12n, 12n],
    ])('%s', (_, batches, offset, from) => {
      expect(unreadStart(Buffer.concat(batches), offset).from).toBe(from)
    })
  })

  it('knows nothing from bytes that are no batch, and always ends', () => {
    expect(unreadStart(Buffer.alloc(0), 0n).time).toBeNull()
    expect(unreadStart(Buffer.alloc(200), 0n).time).toBeNull()
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 61, maxLength: 200 }), (bytes) => {
        const noise = Buffer.from(bytes)
        noise.writeInt8(2, 16)
        unreadStart(noise, 5n).time
      }),
    )
  })
})
