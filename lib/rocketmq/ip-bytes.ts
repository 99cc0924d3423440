/** IP addresses as RocketMQ writes them: 4 or 16 bytes. */
import { isIPv4, isIPv6, SocketAddress } from 'node:net'

const GROUPS = 8

/** @param count 4 or 16 bytes, from `at` on */
export function formatIp(bytes: Buffer, at: number, count: number): string {
  if (count === 4) return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`
  const groups = Array.from({ length: GROUPS }, (_, index) => bytes.readUInt16BE(at + 2 * index).toString(16))
  // Node writes the shortest form.
  return new SocketAddress({ address: groups.join(':'), family: 'ipv6' }).address
}

/** Null when it is no IP address. */
export function parseIp(text: string): Buffer | null {
  if (isIPv4(text)) return Buffer.from(text.split('.').map(Number))
  if (!isIPv6(text) || text.includes('%')) return null
  const [head = '', tail] = withoutDots(text).split('::')
  const first = head === '' ? [] : head.split(':')
  const last = tail ? tail.split(':') : []
  const zeros = Array<string>(GROUPS - first.length - last.length).fill('0')
  const bytes = Buffer.alloc(2 * GROUPS)
  for (const [index, group] of [...first, ...zeros, ...last].entries()) {
    bytes.writeUInt16BE(Number.parseInt(group, 16), 2 * index)
  }
  return bytes
}

/** `::ffff:1.2.3.4` with its last four bytes in hex, like the others. */
function withoutDots(ipv6: string): string {
  return ipv6.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) =>
    [Number(a) * 256 + Number(b), Number(c) * 256 + Number(d)].map((group) => group.toString(16)).join(':'),
  )
}
