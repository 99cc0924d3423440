/**
 * Messages as brokers store them and hand them out, back to back. All integers big-endian:
 *
 *   0 total size INT32 | 4 magic INT32 | 8 body CRC INT32 | 12 queue id INT32 | 16 flag INT32 | 20 queue offset INT64 |
 *   28 physical offset INT64 | 36 system flag INT32 | 40 born time INT64 | 48 born host IP (4 or 16) + port INT32 |
 *   store time INT64 | store host IP (4 or 16) + port INT32 | reconsume times INT32 | prepared transaction offset INT64 |
 *   body INT32 + bytes | topic INT8 (v2: INT16) + UTF-8 | properties INT16 + UTF-8
 */
import { crc32 } from 'node:zlib'
import type { HostPort } from '../cluster/host-port.ts'
import { formatIp } from './ip-bytes.ts'

/** None, half (not yet decided), or the decision over a half message. */
export type TransactionState = 'none' | 'prepared' | 'committed' | 'rolledBack'

export interface StoredMessage {
  topic: string
  queueId: number
  queueOffset: bigint
  /** Its place in the broker's commit log. */
  physicalOffset: bigint
  /** The producer's own number. */
  flag: number
  /** How the message is stored; see `message-body.ts`. */
  sysFlag: number
  transaction: TransactionState
  bornAtMs: number
  bornHost: HostPort
  storedAtMs: number
  storeHost: HostPort
  reconsumeTimes: number
  preparedTransactionOffset: bigint
  /** As stored, possibly compressed or a batch; shares the memory of what was received. */
  storedBody: Buffer
  /** False when the stored body does not fit its CRC. */
  isBodyIntact: boolean
  /** Undecoded, for `parseProperties`; shares the memory of what was received. */
  propertyBytes: Buffer
}

export interface DecodedMessages {
  messages: StoredMessage[]
  /** Bytes that are no message; 0 when all were read. A record with damage inside hides none of the others. */
  damagedBytes: number
}

const MAGIC_V1 = -626_843_481
const MAGIC_V2 = -626_843_477
/** Marks the unused end of a commit-log file. */
const MAGIC_FILLER = -875_286_124
const BORN_HOST_AT = 48
const PORT_BYTES = 4
/** With IPv4 hosts and nothing in body, topic and properties. */
const SMALLEST_RECORD_BYTES = 91
const BORN_HOST_IS_IPV6 = 0x10
const STORE_HOST_IS_IPV6 = 0x20
const CRC_MASK = 0x7fff_ffff
const TRANSACTION_STATES: TransactionState[] = ['none', 'prepared', 'committed', 'rolledBack']

/** Never throws: what makes no sense is counted. */
export function decodeMessages(bytes: Buffer): DecodedMessages {
  const messages: StoredMessage[] = []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let damagedBytes = 0
  let at = 0
  while (at + 8 <= bytes.length) {
    if (view.getInt32(at + 4) === MAGIC_FILLER) return { messages, damagedBytes }
    const size = view.getInt32(at)
    if (size < SMALLEST_RECORD_BYTES || at + size > bytes.length) break
    const message = decodeRecord(bytes, view, at, at + size)
    if (message === null) damagedBytes += size
    else messages.push(message)
    at += size
  }
  return { messages, damagedBytes: damagedBytes + bytes.length - at }
}

/**
 * Null when its lengths contradict each other.
 * @param view of the same bytes: it reads 64-bit numbers several times as fast as a buffer does
 */
function decodeRecord(bytes: Buffer, view: DataView, start: number, end: number): StoredMessage | null {
  const magic = view.getInt32(start + 4)
  if (magic !== MAGIC_V1 && magic !== MAGIC_V2) return null
  const sysFlag = view.getInt32(start + 36)
  const bornHostBytes = (sysFlag & BORN_HOST_IS_IPV6) === 0 ? 4 : 16
  const storeHostBytes = (sysFlag & STORE_HOST_IS_IPV6) === 0 ? 4 : 16
  const bornHostAt = start + BORN_HOST_AT
  const storedAt = bornHostAt + bornHostBytes + PORT_BYTES
  const reconsumeAt = storedAt + 8 + storeHostBytes + PORT_BYTES
  const body = sliceWithLength(bytes, reconsumeAt + 12, 4, end)
  const topic = body && sliceWithLength(bytes, body.end, magic === MAGIC_V1 ? 1 : 2, end)
  const properties = topic && sliceWithLength(bytes, topic.end, 2, end)
  if (!body || !topic || !properties) return null
  return {
    topic: topic.bytes.toString(),
    queueId: view.getInt32(start + 12),
    queueOffset: view.getBigInt64(start + 20),
    physicalOffset: view.getBigInt64(start + 28),
    flag: view.getInt32(start + 16),
    sysFlag,
    transaction: TRANSACTION_STATES[(sysFlag >> 2) & 3] ?? 'none',
    bornAtMs: readTime(view, start + 40),
    bornHost: readHost(bytes, bornHostAt, bornHostBytes),
    storedAtMs: readTime(view, storedAt),
    storeHost: readHost(bytes, storedAt + 8, storeHostBytes),
    reconsumeTimes: view.getInt32(reconsumeAt),
    preparedTransactionOffset: view.getBigInt64(reconsumeAt + 4),
    storedBody: body.bytes,
    isBodyIntact: (crc32(body.bytes) & CRC_MASK) === (view.getInt32(start + 8) & CRC_MASK),
    propertyBytes: properties.bytes,
  }
}

/** Bytes behind their length; null when they would reach beyond the record, which ends at `recordEnd`. */
export function sliceWithLength(
  bytes: Buffer,
  at: number,
  lengthSize: 1 | 2 | 4,
  recordEnd = bytes.length,
): { bytes: Buffer; end: number } | null {
  const start = at + lengthSize
  if (start > recordEnd) return null
  const length = bytes.readIntBE(at, lengthSize)
  const end = start + length
  return length < 0 || end > recordEnd ? null : { bytes: bytes.subarray(start, end), end }
}

/** Exact up to the year 287,396, and four times as fast as over a bigint. */
function readTime(view: DataView, at: number): number {
  return view.getInt32(at) * 2 ** 32 + view.getUint32(at + 4)
}

function readHost(bytes: Buffer, at: number, ipBytes: number): HostPort {
  return { host: formatIp(bytes, at, ipBytes), port: bytes.readInt32BE(at + ipBytes) }
}

const NAME_END = '\x01'
const VALUE_END = '\x02'

/** `name 0x01 value 0x02` repeated; the last 0x02 may be missing. In their order, and as often as they are there. */
export function listProperties(bytes: Buffer): [name: string, value: string][] {
  const text = bytes.toString()
  const found: [name: string, value: string][] = []
  for (let at = 0; at < text.length; ) {
    const valueEnd = text.indexOf(VALUE_END, at)
    const end = valueEnd < 0 ? text.length : valueEnd
    const nameEnd = text.indexOf(NAME_END, at)
    if (nameEnd > at && nameEnd < end) found.push([text.slice(at, nameEnd), text.slice(nameEnd + 1, end)])
    at = end + 1
  }
  return found
}

/** Of a name that comes twice the last value counts. */
export function parseProperties(bytes: Buffer): Map<string, string> {
  return new Map(listProperties(bytes))
}

/** What `listProperties` reads. Names and values must be free of the two characters that end them. */
export function joinProperties(properties: Iterable<readonly [name: string, value: string]>): string {
  return Array.from(properties, ([name, value]) => `${name}${NAME_END}${value}${VALUE_END}`).join('')
}

/** Whether a name or value can be stored at all. */
export function canBeProperty(text: string): boolean {
  return !text.includes(NAME_END) && !text.includes(VALUE_END)
}
