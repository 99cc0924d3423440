/**
 * Whatever bytes a server sends, nothing crashes, hangs or grows without bound. The bytes are real frames, bodies and
 * messages with a few changes, which reach deeper than random ones, and random ones too.
 */
import { deflateSync, zstdCompressSync } from 'node:zlib'
import { compressionsAlgorithms } from '@platformatic/kafka'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FastjsonError, parseFastjson } from '../../../lib/rocketmq/fastjson.ts'
import { readBody, unpackBatch } from '../../../lib/rocketmq/message-body.ts'
import { RemotingFault } from '../../../lib/rocketmq/remoting-fault.ts'
import { RemotingFormatError } from '../../../lib/rocketmq/remoting-format-error.ts'
import { decodeFrame, encodeFrame, FrameSplitter } from '../../../lib/rocketmq/remoting-frame.ts'
import { decodeMessages, parseProperties } from '../../../lib/rocketmq/stored-message.ts'
import { encodeBatch, encodeFiller, encodeMessage } from '../../builders/rocketmq-messages.ts'
import { startClient, startPeer } from './loopback-peer.ts'

const RUNS = 3_000
const LIVE_RUNS = 150
const MIB = 2 ** 20

const BODIES = [
  '{"offsetTable":{{"brokerName":"broker-a","queueId":1,"topic":"T1"}:{"maxOffset":1,"minOffset":0}},"topicPutTps":0.0}',
  '{"brokerAddrTable":{"broker-a":{"brokerAddrs":{0:"127.0.0.1:20911",1:"127.0.0.1:20921"},"cluster":"c"}}}',
  '{"dataVersion":{"counter":9223372036854775807},"offsetTable":{"T1@g1":{0:1,1:0}},"x":[true,null,"\\u4e3b\\n"]}',
].map((body) => Buffer.from(body))

const HEADER = { code: 0, version: 513, opaque: 1, flag: 1, remark: 'ok', ext: { offset: '1', topic: 'T1' } }
const FRAMES = BODIES.flatMap((body) => [
  encodeFrame({ header: HEADER, body }, 'json'),
  encodeFrame({ header: HEADER, body }, 'rocketmq'),
])

const PLAIN = Buffer.from('hello '.repeat(40))
const MESSAGES = [
  encodeMessage({ properties: [['KEYS', 'k1 k2']] }),
  encodeMessage({ bornHost: { host: '::1', port: 1 }, sysFlag: 0x1, storedBody: deflateSync(PLAIN) }),
  encodeMessage({
    version: 2,
    sysFlag: 0x101,
    storedBody: Buffer.from(compressionsAlgorithms.lz4.compressSync(PLAIN)),
  }),
  encodeMessage({ sysFlag: 0x201, storedBody: zstdCompressSync(PLAIN) }),
  encodeMessage({ sysFlag: 0xc0, storedBody: encodeBatch([{ flag: 1, body: PLAIN, properties: [['a', 'b']] }]) }),
  Buffer.concat([encodeMessage(), encodeFiller(32)]),
]

/** One change: the share of the way through the bytes where it happens, and what happens there. */
const change = fc.tuple(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.oneof(
    fc.record({ kind: fc.constant('write' as const), bytes: fc.uint8Array({ minLength: 1, maxLength: 4 }) }),
    fc.record({
      kind: fc.constant('write' as const),
      bytes: fc.constantFrom('7fffffff', 'ffffffff', '80000000', '00000000').map((text) => Buffer.from(text, 'hex')),
    }),
    fc.record({ kind: fc.constant('insert' as const), bytes: fc.uint8Array({ minLength: 1, maxLength: 20 }) }),
    fc.record({ kind: fc.constant('remove' as const), bytes: fc.uint8Array({ minLength: 1, maxLength: 20 }) }),
  ),
)

function changed(
  original: Buffer,
  changes: [number, { kind: 'write' | 'insert' | 'remove'; bytes: Uint8Array }][],
): Buffer {
  return changes.reduce((bytes, [share, { kind, bytes: other }]) => {
    const at = Math.floor(share * bytes.length)
    const end = kind === 'insert' ? at : at + other.length
    return Buffer.concat([bytes.subarray(0, at), kind === 'remove' ? '' : other, bytes.subarray(end)].map(Buffer.from))
  }, original)
}

function hostile(corpus: Buffer[]): fc.Arbitrary<Buffer> {
  return fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .tuple(fc.constantFrom(...corpus), fc.array(change, { maxLength: 4 }))
        .map((pair) => changed(...pair)),
    },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)) },
  )
}

/** Lets only the designed error through. */
function orDesigned(work: () => unknown, designed: new (...args: never[]) => Error): void {
  try {
    work()
  } catch (error) {
    if (!(error instanceof designed)) throw error
  }
}

describe('hostile bytes', () => {
  it('at the frame splitter and the header decoder are refused or read', () => {
    fc.assert(
      fc.property(hostile(FRAMES), fc.integer({ min: 1, max: 50 }), (bytes, chunkBytes) => {
        const splitter = new FrameSplitter()
        orDesigned(() => {
          for (let at = 0; at < bytes.length; at += chunkBytes) {
            splitter.push(bytes.subarray(at, at + chunkBytes), (frame) => decodeFrame(frame))
          }
        }, RemotingFormatError)
      }),
      { numRuns: RUNS },
    )
  })

  it('at the header decoder alone are refused or read', () => {
    const frames = FRAMES.map((frame) => frame.subarray(4))
    const atLeastFour = hostile(frames).filter((bytes) => bytes.length >= 4)
    fc.assert(
      fc.property(atLeastFour, (bytes) => orDesigned(() => decodeFrame(bytes), RemotingFormatError)),
      { numRuns: RUNS },
    )
  })

  it('at the fastjson reader are refused or read', () => {
    fc.assert(
      fc.property(hostile(BODIES), (bytes) => orDesigned(() => parseFastjson(bytes), FastjsonError)),
      { numRuns: RUNS },
    )
  })

  it('at the message decoder are counted or read, down to the last property', () => {
    fc.assert(
      fc.property(hostile(MESSAGES), (bytes) => {
        const { messages, damagedBytes } = decodeMessages(bytes)
        expect(damagedBytes).toBeLessThanOrEqual(bytes.length)
        for (const message of messages) {
          parseProperties(message.propertyBytes)
          const { body } = readBody(message, MIB)
          expect(body?.length ?? 0).toBeLessThanOrEqual(MIB)
          for (const inner of (body && unpackBatch(message, body)) ?? []) parseProperties(inner.propertyBytes)
        }
      }),
      { numRuns: RUNS },
    )
  })
})

describe('a live connection', () => {
  it('survives whatever a peer sends, and can be used again', async () => {
    let hostileBytes: Buffer = Buffer.alloc(0)
    const peer = await startPeer(({ header, reply, socket }) => {
      if (header.code === 1) reply()
      else socket.write(hostileBytes)
    })
    const client = startClient()
    const before = process.memoryUsage()
    const ask = async (code: number, deadlineMs: number): Promise<boolean> => {
      try {
        await client.request(peer.address, { code, deadlineMs })
        return true
      } catch (error) {
        if (error instanceof RemotingFault) return false
        throw error
      }
    }
    await fc.assert(
      fc.asyncProperty(hostile(FRAMES), async (bytes) => {
        hostileBytes = bytes
        await ask(2, 20)
        // An unfinished frame swallows what follows it, until a deadline ends that connection.
        expect((await ask(1, 100)) || (await ask(1, 100)) || (await ask(1, 2_000))).toBe(true)
      }),
      { numRuns: LIVE_RUNS },
    )
    const after = process.memoryUsage()
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(64 * MIB)
    expect(after.heapUsed - before.heapUsed).toBeLessThan(64 * MIB)
  })
})
