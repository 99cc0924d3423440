import { deflateSync, zstdCompressSync } from 'node:zlib'
import { compressionsAlgorithms } from '@platformatic/kafka'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readBody, unpackBatch } from '../../../lib/rocketmq/message-body.ts'
import { decodeMessages, parseProperties, type StoredMessage } from '../../../lib/rocketmq/stored-message.ts'
import { encodeBatch, encodeMessage, type MessageFields } from '../../builders/rocketmq-messages.ts'
import { propertyText } from './remoting-arbitraries.ts'

const MIB = 2 ** 20
const KINDS: [name: string, sysFlag: number, compress: (bytes: Buffer) => Buffer][] = [
  ['no compression', 0, (bytes) => bytes],
  ['zlib of older clients', 0x001, (bytes) => deflateSync(bytes)],
  ['lz4', 0x101, (bytes) => Buffer.from(compressionsAlgorithms.lz4.compressSync(bytes))],
  ['zstd', 0x201, (bytes) => zstdCompressSync(bytes)],
  ['zlib', 0x301, (bytes) => deflateSync(bytes)],
]
const COMPRESSED = KINDS.slice(1)

function stored(fields: Partial<MessageFields>): StoredMessage {
  return decodeMessages(encodeMessage(fields)).messages[0] as StoredMessage
}

describe('readBody', () => {
  it.each(KINDS)('reads back %s', (_name, sysFlag, compress) => {
    // Repeats make matches, long ones cross the blocks of a frame.
    const bodies = fc
      .tuple(fc.uint8Array({ minLength: 1, maxLength: 600 }), fc.integer({ min: 1, max: 400 }))
      .map(([bytes, times]) => Buffer.concat(Array<Uint8Array>(times).fill(bytes)))
    fc.assert(
      fc.property(bodies, (body) => {
        const outcome = readBody(stored({ sysFlag, storedBody: compress(body) }), MIB)
        expect(outcome.fault).toBeNull()
        expect(outcome.body?.equals(body)).toBe(true)
      }),
    )
  })

  it.each(KINDS)('allows just as much as it is told of %s', (_name, sysFlag, compress) => {
    const message = stored({ sysFlag, storedBody: compress(Buffer.alloc(10_000, 'ab')) })
    expect(readBody(message, 10_000).body).toHaveLength(10_000)
    expect(readBody(message, 9_999)).toEqual({ body: null, fault: 'tooLarge' })
  })

  it.each(COMPRESSED)('does not let %s unfold in memory', (_name, sysFlag, compress) => {
    const bomb = stored({ sysFlag, storedBody: compress(Buffer.alloc(64 * MIB)) })
    const before = process.memoryUsage().arrayBuffers
    expect(readBody(bomb, MIB)).toEqual({ body: null, fault: 'tooLarge' })
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * MIB)
  })

  it.each([
    ['as large as a frame', '70', { body: Buffer.from('a'), fault: null }],
    ['that would take 128 MiB', '88', { body: null, fault: 'corrupt' }],
  ])('gives zstd a window %s or not', (_name, windowHex, outcome) => {
    const storedBody = Buffer.from(`28b52ffd00${windowHex}09000061`, 'hex')
    expect(readBody(stored({ sysFlag: 0x201, storedBody }), MIB)).toEqual(outcome)
  })

  it.each(COMPRESSED)('answers damaged %s with a fault', (_name, sysFlag, compress) => {
    const whole = compress(Buffer.from('hello '.repeat(100)))
    const message = stored({ sysFlag, storedBody: whole.subarray(0, whole.length / 2) })
    expect(readBody(message, MIB)).toEqual({ body: null, fault: 'corrupt' })
    expect(readBody(stored({ sysFlag, storedBody: Buffer.alloc(0) }), MIB)).toEqual({ body: null, fault: 'corrupt' })
  })

  it('does not guess a compression of the future', () => {
    expect(readBody(stored({ sysFlag: 0x401 }), MIB)).toEqual({ body: null, fault: 'unknownCompression' })
  })
})

describe('LZ4', () => {
  const lz4 = (hexText: string) => readBody(stored({ sysFlag: 0x101, storedBody: Buffer.from(hexText, 'hex') }), MIB)
  const HEADER = '04224d186040a7'

  it.each([
    ['a block that is not compressed', `${HEADER}03000080616263${'00000000'}`, 'abc'],
    ['a run of one byte', `${HEADER}05000000${'1561' + '0100' + '00'}${'00000000'}`, `a${'a'.repeat(9)}`],
    ['matches across blocks', `${HEADER}03000080616263${'04000000' + '0003' + '0000'}${'00000000'}`, 'abcabca'],
    ['block checksums', `04224d187040a7${'03000080616263'}${'deadbeef'}${'00000000'}`, 'abc'],
    ['a declared size', `04224d186840${'0300000000000000'}a7${'03000080616263'}${'00000000'}`, 'abc'],
  ])('reads %s', (_name, hexText, body) => {
    expect(lz4(hexText).body?.toString()).toBe(body)
  })

  it.each([
    ['another format', '28b52ffd6040a700000000'],
    ['a dictionary', '04224d186140a700000000'],
    ['a block beyond the frame', `${HEADER}ff000000`],
    ['a match before the start', `${HEADER}04000000${'1061' + '0200'}00000000`],
    ['a match offset of zero', `${HEADER}04000000${'1061' + '0000'}00000000`],
    ['literals beyond the block', `${HEADER}02000000${'f061'}00000000`],
    ['a length that never ends', `${HEADER}04000000${'f0ffffff'}00000000`],
    ['no end', `${HEADER}03000080616263`],
  ])('refuses %s', (_name, hexText) => {
    expect(lz4(hexText)).toEqual({ body: null, fault: 'corrupt' })
  })
})

describe('unpackBatch', () => {
  const BATCH = 0xc0
  const inner = fc.record({
    flag: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    body: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
    properties: fc.uniqueArray(
      fc.tuple(
        propertyText.map((name) => `k${name}`),
        fc.constant('v'),
      ),
      {
        selector: ([name]) => name,
        maxLength: 3,
      },
    ),
  })

  it('takes a batch apart, each message at its own offset', () => {
    fc.assert(
      fc.property(fc.array(inner, { maxLength: 5 }), (messages) => {
        const batch = stored({ sysFlag: BATCH, queueOffset: 40n })
        const unpacked = unpackBatch(batch, encodeBatch(messages))
        expect(
          unpacked?.map(({ propertyBytes, ...rest }) => ({ ...rest, properties: [...parseProperties(propertyBytes)] })),
        ).toEqual(messages.map((message, index) => ({ ...message, queueOffset: 40n + BigInt(index) })))
      }),
    )
  })

  it.each([0, 0x40, 0x80])('leaves a message of system flag %i alone', (sysFlag) => {
    expect(unpackBatch(stored({ sysFlag }), encodeBatch([]))).toBeNull()
  })

  it.each([
    ['cut off', encodeBatch([{ flag: 0, body: Buffer.from('a'), properties: [] }]).subarray(0, 21)],
    ['shorter than one message', Buffer.alloc(10)],
    ['with a negative length', Buffer.alloc(40, 0xff)],
  ])('does not guess at a batch that is %s', (_name, body) => {
    expect(unpackBatch(stored({ sysFlag: BATCH }), body)).toBeNull()
  })
})
