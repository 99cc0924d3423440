import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeMessages, parseProperties, type StoredMessage } from '../../../lib/rocketmq/stored-message.ts'
import { encodeFiller, encodeMessage, type MessageFields } from '../../builders/rocketmq-messages.ts'
import { propertyText } from './remoting-arbitraries.ts'

/** As a real 5.5.0 broker stored it. */
const SEEN = Buffer.from(
  [
    '000000e8daa320a76241472a0000000000000000000000000000000000000000',
    '0000000000000000000001a203e2b5e87f0000010000a1c8000001a203e2b61a',
    '7f000001000051af0000000000000000000000000000000768656c6c6f2d3102',
    '543100844d53475f524547494f4e0144656661756c74526567696f6e02554e49',
    '515f4b4559013746303030303031303030314141414130303030303030303030',
    '30303030303102434c55535445520174657374436c7573746572025441475301',
    '74616741024b455953016b31206b32025741495401747275650254524143455f',
    '4f4e017472756502',
  ].join(''),
  'hex',
)

function decodeOne(bytes: Buffer): StoredMessage {
  const { messages, damagedBytes } = decodeMessages(bytes)
  expect([messages.length, damagedBytes]).toEqual([1, 0])
  return messages[0] as StoredMessage
}

const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const host = fc.record({
  host: fc.oneof(fc.ipV4(), fc.constantFrom('::1', '::', '2001:db8::ff00:42:8329', 'fe80::1:0:0:1')),
  port: fc.integer({ min: 0, max: 65_535 }),
})
const fields: fc.Arbitrary<MessageFields> = fc.record({
  version: fc.constantFrom(1, 2),
  topic: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 120 }),
  queueId: int32,
  queueOffset: int64,
  physicalOffset: int64,
  flag: int32,
  sysFlag: fc.nat(0xfff).map((bits) => bits & ~0x30),
  bornAtMs: fc.maxSafeNat(),
  bornHost: host,
  storedAtMs: fc.maxSafeNat(),
  storeHost: host,
  reconsumeTimes: int32,
  preparedTransactionOffset: int64,
  storedBody: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  properties: fc.uniqueArray(
    fc.tuple(
      propertyText.filter((name) => name !== ''),
      propertyText,
    ),
    { selector: ([name]) => name, maxLength: 6 },
  ),
  endsProperties: fc.boolean(),
})

describe('decodeMessages', () => {
  it('reads what a real broker stored', () => {
    const { propertyBytes, storedBody, ...message } = decodeOne(SEEN)
    expect(message).toEqual({
      topic: 'T1',
      queueId: 0,
      queueOffset: 0n,
      physicalOffset: 0n,
      flag: 0,
      sysFlag: 0,
      transaction: 'none',
      bornAtMs: 0x1a203e2b5e8,
      bornHost: { host: '127.0.0.1', port: 41_416 },
      storedAtMs: 0x1a203e2b61a,
      storeHost: { host: '127.0.0.1', port: 20_911 },
      reconsumeTimes: 0,
      preparedTransactionOffset: 0n,
      isBodyIntact: true,
    })
    expect(storedBody.toString()).toBe('hello-1')
    expect([...parseProperties(propertyBytes)]).toEqual([
      ['MSG_REGION', 'DefaultRegion'],
      ['UNIQ_KEY', '7F0000010001AAAA0000000000000001'],
      ['CLUSTER', 'testCluster'],
      ['TAGS', 'tagA'],
      ['KEYS', 'k1 k2'],
      ['WAIT', 'true'],
      ['TRACE_ON', 'true'],
    ])
  })

  it('reads every field of every message', () => {
    fc.assert(
      fc.property(fc.array(fields, { minLength: 1, maxLength: 4 }), (stored) => {
        const { messages, damagedBytes } = decodeMessages(Buffer.concat(stored.map(encodeMessage)))
        expect(damagedBytes).toBe(0)
        expect(messages).toHaveLength(stored.length)
        for (const [index, { version: _, properties, endsProperties: __, sysFlag, ...rest }] of stored.entries()) {
          const message = messages[index] as StoredMessage
          expect(message).toMatchObject(rest)
          expect(message.sysFlag & ~0x30).toBe(sysFlag)
          expect(message.isBodyIntact).toBe(true)
          expect(parseProperties(message.propertyBytes)).toEqual(new Map(properties))
        }
      }),
    )
  })

  it('reads topics longer than 127 bytes', () => {
    const topic = `%RETRY%${'g'.repeat(240)}`
    expect(decodeOne(encodeMessage({ version: 2, topic })).topic).toBe(topic)
  })

  it.each([
    [0, 'none'],
    [0x4, 'prepared'],
    [0x8, 'committed'],
    [0xc, 'rolledBack'],
  ])('tells the transaction of system flag %i', (sysFlag, transaction) => {
    expect(decodeOne(encodeMessage({ sysFlag: sysFlag | 0x1 })).transaction).toBe(transaction)
  })

  it('sees a body that does not fit its CRC', () => {
    const bytes = Buffer.from(SEEN)
    bytes[bytes.indexOf('hello-1')] = 0x48
    expect(decodeOne(bytes).isBodyIntact).toBe(false)
  })

  it('stops at the unused end of a file', () => {
    const { messages, damagedBytes } = decodeMessages(Buffer.concat([SEEN, encodeFiller(64)]))
    expect([messages.length, damagedBytes]).toEqual([1, 0])
  })

  it('reads nothing from nothing', () => {
    expect(decodeMessages(Buffer.alloc(0))).toEqual({ messages: [], damagedBytes: 0 })
  })

  it('counts the bytes of a message that was cut off', () => {
    const { messages, damagedBytes } = decodeMessages(Buffer.concat([SEEN, SEEN.subarray(0, 100)]))
    expect([messages.length, damagedBytes]).toEqual([1, 100])
  })

  it.each([
    ['body length', 84, 0x7fff_ffff],
    ['negative body length', 84, -1],
    ['magic', 4, 0x1234_5678],
  ])('passes over a record with a wrong %s', (_name, at, value) => {
    const damaged = Buffer.from(SEEN)
    damaged.writeInt32BE(value, at)
    const { messages, damagedBytes } = decodeMessages(Buffer.concat([SEEN, damaged, SEEN]))
    expect([messages.length, damagedBytes]).toEqual([2, SEEN.length])
  })

  it.each([0, -1, 8, 0x7fff_ffff])('stops at a size of %i', (size) => {
    const damaged = Buffer.from(SEEN)
    damaged.writeInt32BE(size, 0)
    const { messages, damagedBytes } = decodeMessages(Buffer.concat([SEEN, damaged, SEEN]))
    expect([messages.length, damagedBytes]).toEqual([1, 2 * SEEN.length])
  })
})

describe('parseProperties', () => {
  it.each([
    ['with its last value ended', 'a\x01b\x02c\x01d\x02'],
    ['without', 'a\x01b\x02c\x01d'],
    ['with empty places', '\x02a\x01b\x02\x02c\x01d\x02'],
    ['with parts that are no property', 'x\x02a\x01b\x02\x01y\x02c\x01d'],
  ])('reads a list %s', (_name, written) => {
    expect([...parseProperties(Buffer.from(written))]).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ])
  })

  it('takes hostile names as names like any other', () => {
    expect([...parseProperties(Buffer.from('__proto__\x01x\x02'))]).toEqual([['__proto__', 'x']])
  })
})
