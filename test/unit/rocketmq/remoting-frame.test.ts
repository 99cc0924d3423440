import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RemotingFormatError } from '../../../lib/rocketmq/remoting-format-error.ts'
import { decodeFrame, encodeFrame, FrameSplitter } from '../../../lib/rocketmq/remoting-frame.ts'
import type { HeaderEncoding, RemotingHeader } from '../../../lib/rocketmq/remoting-header.ts'
import { body, header } from './remoting-arbitraries.ts'

const ENCODINGS: HeaderEncoding[] = ['json', 'rocketmq']
const HEADER: RemotingHeader = {
  code: 30,
  version: 477,
  opaque: 1,
  flag: 0,
  remark: null,
  ext: { topic: 'T1', queueId: '0' },
}
const NO_BODY = Buffer.alloc(0)

function split(...chunks: Buffer[]): Buffer[] {
  const splitter = new FrameSplitter()
  const frames: Buffer[] = []
  for (const chunk of chunks) splitter.push(chunk, (frame) => frames.push(frame))
  return frames
}

/** A frame as it lies on the wire, without its length, with any header bytes. */
function rawFrame(type: number, headerText: string): Buffer {
  const bytes = Buffer.from(headerText, 'latin1')
  return Buffer.concat([Buffer.from([type, 0, 0, bytes.length]), bytes])
}

describe('a frame', () => {
  it('is written as RocketMQ reads it', () => {
    const written =
      '{"code":30,"language":"OTHER","version":477,"opaque":1,"flag":0,' +
      '"extFields":{"topic":"T1","queueId":"0"},"serializeTypeCurrentRPC":"JSON"}'
    const frame = encodeFrame({ header: HEADER, body: NO_BODY }, 'json')
    expect(frame.readInt32BE(0)).toBe(4 + written.length)
    expect(frame.readInt32BE(4)).toBe(written.length)
    expect(frame.toString('utf8', 8)).toBe(written)
  })

  it('is written in binary as RocketMQ reads it', () => {
    const frame = encodeFrame(
      { header: { ...HEADER, ext: { k: 'v' }, remark: 'r' }, body: Buffer.from('b') },
      'rocketmq',
    )
    const expected =
      '00000023' + '0100001e' + '001e0701dd0000000100000000' + '0000000172' + '00000008' + '00016b0000000176' + '62'
    expect(frame.toString('hex')).toBe(expected)
  })

  it('carries a code of more than 16 bits in JSON', () => {
    const frame = encodeFrame({ header: { ...HEADER, code: 200_050 }, body: NO_BODY }, 'rocketmq')
    expect(frame.readUInt8(4)).toBe(0)
    expect(decodeFrame(frame.subarray(4)).header.code).toBe(200_050)
  })

  it.each(ENCODINGS)('reads what it wrote in %s', (encoding) => {
    fc.assert(
      fc.property(header, body, (someHeader, someBody) => {
        const [frame = NO_BODY, ...others] = split(encodeFrame({ header: someHeader, body: someBody }, encoding))
        expect(others).toEqual([])
        const read = decodeFrame(frame)
        expect(read.header).toEqual(someHeader)
        expect(Object.keys(read.header.ext).sort()).toEqual(Object.keys(someHeader.ext).sort())
        expect(read.body.equals(someBody)).toBe(true)
      }),
    )
  })

  it('takes what servers leave out', () => {
    const { header: read } = decodeFrame(rawFrame(0, '{"code":0,"opaque":7,"remark":"","someday":{"more":1}}'))
    expect(read).toEqual({ code: 0, version: 0, opaque: 7, flag: 0, remark: null, ext: {} })
  })

  it('leaves out fields that are no text', () => {
    const { header: read } = decodeFrame(rawFrame(0, '{"code":0,"opaque":7,"extFields":{"a":"1","b":2,"c":null}}'))
    expect(read.ext).toEqual({ a: '1' })
  })

  it.each([
    ['a header beyond its frame', Buffer.from([0, 0, 0, 9, 0x7b])],
    ['an unknown kind of header', rawFrame(2, '{}')],
    ['a header that is no JSON', rawFrame(0, '{"code":')],
    ['a header that is no object', rawFrame(0, 'null')],
    ['a header without an opaque', rawFrame(0, '{"code":0}')],
    ['a code that is no integer', rawFrame(0, '{"code":0.5,"opaque":1}')],
    ['an opaque beyond 32 bits', rawFrame(0, '{"code":0,"opaque":4294967296}')],
    ['a binary header that is too short', rawFrame(1, '\0\0\0')],
    ['a binary remark beyond its header', rawFrame(1, `${'\0'.repeat(13)}\0\0\0\x09r`)],
    ['a binary field of negative length', rawFrame(1, `${'\0'.repeat(17)}\0\0\0\x06\xff\xff\0\0\0\0`)],
  ])('refuses %s', (_name, frame) => {
    expect(() => decodeFrame(frame)).toThrow(RemotingFormatError)
  })
})

describe('FrameSplitter', () => {
  it('finds the same frames however the bytes are cut', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(fc.array(fc.tuple(header, body), { maxLength: 5 }), cuts, (commands, sizes) => {
        const frames = commands.map(([someHeader, someBody]) =>
          encodeFrame({ header: someHeader, body: someBody }, 'json'),
        )
        const wire = Buffer.concat(frames)
        const chunks: Buffer[] = []
        for (let at = 0, index = 0; at < wire.length; index += 1) {
          const size = sizes[index % sizes.length] ?? 1
          chunks.push(wire.subarray(at, at + size))
          at += size
        }
        expect(split(...chunks).map(String)).toEqual(frames.map((frame) => String(frame.subarray(4))))
      }),
    )
  })

  it('does not copy a frame that comes in one piece', () => {
    const wire = encodeFrame({ header: HEADER, body: Buffer.from('body') }, 'json')
    const [frame = NO_BODY] = split(wire)
    wire.fill(0x58, wire.length - 4)
    expect(decodeFrame(frame).body.toString()).toBe('XXXX')
  })

  it('hands out what came before bytes that are no frame', () => {
    const good = encodeFrame({ header: HEADER, body: NO_BODY }, 'json')
    const frames: Buffer[] = []
    const push = () => new FrameSplitter().push(Buffer.concat([good, Buffer.alloc(8)]), (frame) => frames.push(frame))
    expect(push).toThrow(RemotingFormatError)
    expect(frames).toHaveLength(1)
  })

  it.each([
    ['negative', -1],
    ['smaller than a header length', 3],
    ['one more than RocketMQ accepts', 16 * 2 ** 20 + 1],
    ['the start of a TLS record', 0x16030100],
    ['text', 0x48545450],
  ])('refuses a length that is %s', (_name, length) => {
    const bytes = Buffer.alloc(4)
    bytes.writeInt32BE(length)
    expect(() => split(bytes)).toThrow(RemotingFormatError)
    expect(() => split(bytes.subarray(0, 2), bytes.subarray(2))).toThrow(RemotingFormatError)
  })

  it('holds about as much memory as has come, whatever was announced', () => {
    const announced = Buffer.alloc(4)
    announced.writeInt32BE(16 * 2 ** 20)
    const before = process.memoryUsage().arrayBuffers
    const splitters = Array.from({ length: 100 }, () => new FrameSplitter())
    for (const splitter of splitters) splitter.push(announced, () => undefined)
    const single = Buffer.from([1])
    for (let count = 0; count < 100_000; count += 1) splitters[0]?.push(single, () => undefined)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100 * 2 ** 20)
    expect(splitters).toHaveLength(100)
  })
})
