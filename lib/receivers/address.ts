/**
 * Which addresses may be dialled. Whoever adds a receiver chooses where the console sends requests: without this they
 * could reach what only this machine can, such as the service by which a cloud hands out credentials. Pure.
 */
import { BlockList, isIP, isIPv4 } from 'node:net'

export type AddressVerdict = 'public' | 'allowed' | 'blocked' | 'metadata'

export function addressJudge(allowedNetworks: readonly string[]): (address: string) => AddressVerdict {
  const allowed = blockListOf(allowedNetworks)
  return (address) => {
    const forms = formsOf(address)
    if (forms === null) return 'blocked'
    const isIn = (list: BlockList, form: string): boolean => list.check(form, isIPv4(form) ? 'ipv4' : 'ipv6')
    if (forms.some((form) => isIn(METADATA, form))) return 'metadata'
    if (forms.some((form) => isIn(BLOCKED, form) && !isIn(allowed, form))) return 'blocked'
    return forms.some((form) => isIn(allowed, form)) ? 'allowed' : 'public'
  }
}

/** By this name a cloud is asked for credentials, whatever it resolves to. */
export function isMetadataName(host: string): boolean {
  return /^metadata\.google\.internal\.?$/i.test(host)
}

const METADATA = blockListOf([
  ...['169.254.169.254/32', '169.254.170.2/32', '100.100.100.200/32', '192.0.0.192/32', 'fd00:ec2::254/128'],
])

const BLOCKED = blockListOf([
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24'],
  ...['203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  // `::` and `::1` among the first of these.
  ...['::/96', 'fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8', '2001:db8::/32', '100::/64'],
])

function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    list.addSubnet(address, Number(bits), isIPv4(address) ? 'ipv4' : 'ipv6')
  }
  return list
}

/** The address, and those of IPv4 that stand inside one of IPv6: some gateway would dial them. Null: it is no address. */
function formsOf(text: string): string[] | null {
  const address = text.replace(/^\[|\]$/g, '').replace(/%.*$/, '')
  if (isIP(address) === 0) return null
  if (isIPv4(address)) return [address]
  const words = wordsOf(address)
  const ipv4 = (at: number, flip = 0): string => ipv4Of((words[at] ?? 0) ^ flip, (words[at + 1] ?? 0) ^ flip)
  const starts = (...start: number[]): boolean => start.every((word, at) => words[at] === word)
  // Mapped ones, those that were compatible once, and those that a gateway translates; `::1` is none of them.
  const isAtEnd = (starts(0, 0, 0, 0) && words[6] !== 0) || starts(0x64, 0xff9b)
  const within = [
    ...(isAtEnd ? [ipv4(6)] : []),
    // 6to4, and Teredo with its server and its flipped client.
    ...(starts(0x2002) ? [ipv4(1)] : []),
    ...(starts(0x2001, 0) ? [ipv4(2), ipv4(6, 0xffff)] : []),
  ]
  return [address, ...within]
}

function wordsOf(address: string): number[] {
  const withoutDots = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_all, a, b, c, d) =>
    [Number(a) * 256 + Number(b), Number(c) * 256 + Number(d)].map((word) => word.toString(16)).join(':'),
  )
  const [head = '', tail] = withoutDots.split('::')
  const read = (part: string): number[] => (part === '' ? [] : part.split(':').map((word) => Number.parseInt(word, 16)))
  const [front, back] = [read(head), read(tail ?? '')]
  return [...front, ...new Array<number>(8 - front.length - back.length).fill(0), ...back]
}

function ipv4Of(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}
