/**
 * The two kinds of message ids, both upper-case hex.
 *
 * Offset id, made by the broker: store IP (4 or 16 bytes) | port INT32 | physical offset INT64.
 * Unique id, made by the client and kept by retries and dead letters: the property `UNIQ_KEY`.
 */
import type { HostPort } from '../cluster/host-port.ts'
import { formatIp, parseIp } from './ip-bytes.ts'

export type MessageId =
  /** Tells which broker has the message, at the address that broker has for itself. */
  | { kind: 'offset'; storeHost: HostPort; physicalOffset: bigint }
  /** Tells nothing: it is looked up by the index of a topic. */
  | { kind: 'unique' }

const HEX = /^[\dA-Fa-f]+$/
const HIGHEST_PORT = 65_535
const BEHIND_IP_BYTES = 4 + 8
const LENGTHS = [4 + BEHIND_IP_BYTES, 16 + BEHIND_IP_BYTES]

/** Null when the host is no IP address. */
export function encodeOffsetId({ host, port }: HostPort, physicalOffset: bigint): string | null {
  const ip = parseIp(host)
  if (ip === null) return null
  const rest = Buffer.alloc(BEHIND_IP_BYTES)
  rest.writeInt32BE(port, 0)
  rest.writeBigInt64BE(physicalOffset, 4)
  return Buffer.concat([ip, rest]).toString('hex').toUpperCase()
}

/** Null when the text is neither. Both kinds may have the same length: an offset id holds a possible port and offset. */
export function parseMessageId(text: string): MessageId | null {
  const bytes = HEX.test(text) && text.length % 2 === 0 ? Buffer.from(text, 'hex') : Buffer.alloc(0)
  if (!LENGTHS.includes(bytes.length)) return null
  const portAt = bytes.length - BEHIND_IP_BYTES
  const port = bytes.readInt32BE(portAt)
  const physicalOffset = bytes.readBigInt64BE(portAt + 4)
  if (port <= 0 || port > HIGHEST_PORT || physicalOffset < 0n) return { kind: 'unique' }
  return { kind: 'offset', storeHost: { host: formatIp(bytes, 0, portAt), port }, physicalOffset }
}
