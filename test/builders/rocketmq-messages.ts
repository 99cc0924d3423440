/** Writes messages as RocketMQ's brokers and clients do; layout in `lib/rocketmq/stored-message.ts`. */
import { crc32 } from 'node:zlib'
import { parseIp } from '../../lib/rocketmq/ip-bytes.ts'

export interface MessageFields {
  version: 1 | 2
  topic: string
  queueId: number
  queueOffset: bigint
  physicalOffset: bigint
  flag: number
  /** Without the bits for IPv6, which follow from the hosts. */
  sysFlag: number
  bornAtMs: number
  bornHost: { host: string; port: number }
  storedAtMs: number
  storeHost: { host: string; port: number }
  reconsumeTimes: number
  preparedTransactionOffset: bigint
  storedBody: Buffer
  properties: [name: string, value: string][]
  /** Newer brokers end the last property too; other clients do not. */
  endsProperties: boolean
}

const PLAIN: MessageFields = {
  version: 1,
  topic: 'orders',
  queueId: 3,
  queueOffset: 42n,
  physicalOffset: 4_096n,
  flag: 0,
  sysFlag: 0,
  bornAtMs: 1_795_361_519_080,
  bornHost: { host: '127.0.0.1', port: 41_416 },
  storedAtMs: 1_795_361_519_130,
  storeHost: { host: '127.0.0.1', port: 20_911 },
  reconsumeTimes: 0,
  preparedTransactionOffset: 0n,
  storedBody: Buffer.from('hello'),
  properties: [],
  endsProperties: true,
}

export function encodeMessage(fields: Partial<MessageFields> = {}): Buffer {
  const message = { ...PLAIN, ...fields }
  const bornHost = encodeHost(message.bornHost)
  const storeHost = encodeHost(message.storeHost)
  const sysFlag = message.sysFlag | (bornHost.length > 8 ? 0x10 : 0) | (storeHost.length > 8 ? 0x20 : 0)
  const topic = Buffer.from(message.topic)
  const properties = encodeProperties(message.properties, message.endsProperties)
  const behindSize = Buffer.concat([
    int32(message.version === 1 ? 0xdaa320a7 : 0xdaa320ab),
    int32(crc32(message.storedBody) & 0x7fff_ffff),
    int32(message.queueId),
    int32(message.flag),
    int64(message.queueOffset),
    int64(message.physicalOffset),
    int32(sysFlag),
    int64(BigInt(message.bornAtMs)),
    bornHost,
    int64(BigInt(message.storedAtMs)),
    storeHost,
    int32(message.reconsumeTimes),
    int64(message.preparedTransactionOffset),
    int32(message.storedBody.length),
    message.storedBody,
    message.version === 1 ? Buffer.from([topic.length]) : int16(topic.length),
    topic,
    int16(properties.length),
    properties,
  ])
  return Buffer.concat([int32(behindSize.length + 4), behindSize])
}

export interface BatchedFields {
  flag: number
  body: Buffer
  properties: [name: string, value: string][]
}

/** The body of a batch that is stored as one message. */
export function encodeBatch(messages: readonly BatchedFields[]): Buffer {
  return Buffer.concat(
    messages.map(({ flag, body, properties }) => {
      const propertyBytes = encodeProperties(properties, true)
      const sizes = [int32(body.length), body, int16(propertyBytes.length), propertyBytes]
      const behindSize = Buffer.concat([int32(0), int32(0), int32(flag), ...sizes])
      return Buffer.concat([int32(behindSize.length + 4), behindSize])
    }),
  )
}

/** What fills the end of a commit-log file. */
export function encodeFiller(bytes: number): Buffer {
  return Buffer.concat([int32(bytes), int32(0xcbd43194), Buffer.alloc(bytes - 8)])
}

function encodeProperties(properties: MessageFields['properties'], endsLast: boolean): Buffer {
  return Buffer.from(properties.map(([name, value]) => `${name}\x01${value}`).join('\x02') + (endsLast ? '\x02' : ''))
}

function encodeHost({ host, port }: { host: string; port: number }): Buffer {
  return Buffer.concat([parseIp(host) ?? Buffer.alloc(4), int32(port)])
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value | 0)
  return bytes
}

function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(value)
  return bytes
}
