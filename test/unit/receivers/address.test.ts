import { describe, expect, test } from 'vitest'
import { type AddressVerdict, addressJudge, isMetadataName } from '../../../lib/receivers/address.ts'

const judge = addressJudge([])
const PRIVATE = [
  '10.0.0.0/8',
  '127.0.0.0/8',
  '192.168.0.0/16',
  '169.254.0.0/16',
  'fc00::/7',
  '::1/128',
  '100.64.0.0/10',
]
const judgeOfOwn = addressJudge(PRIVATE)

const BLOCKED = [
  ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '127.255.255.254', '169.254.1.1', '172.16.0.1'],
  ...['172.31.255.255', '192.0.0.1', '192.0.2.1', '192.168.1.1', '198.18.0.1', '198.51.100.1', '203.0.113.1'],
  ...['224.0.0.1', '240.0.0.1', '255.255.255.255'],
  ...['::', '::1', 'fc00::1', 'fd12:3456::1', 'fe80::1', 'fe80::1%eth0', 'fec0::1', 'ff02::1', '2001:db8::1', '100::1'],
]
/** 10.0.0.1 and 127.0.0.1, in every form that something on the way takes for them. */
const INSIDE = [
  ...['::ffff:127.0.0.1', '::ffff:7f00:1', '0:0:0:0:0:ffff:7f00:0001', '::127.0.0.1', '::ffff:0:10.0.0.1'],
  ...['64:ff9b::10.0.0.1', '64:ff9b::a00:1', '64:ff9b:1::10.0.0.1', '2002:a00:1::', '2002:7f00:1::1'],
  // The client of Teredo is written with all bits flipped.
  ...['2001:0:102:304:0:0:f5ff:fffe', '2001:0:a00:1::'],
]
const METADATA = [
  ...['169.254.169.254', '169.254.170.2', '100.100.100.200', '192.0.0.192', 'fd00:ec2::254'],
  ...['::ffff:169.254.169.254', '::ffff:a9fe:a9fe', '64:ff9b::a9fe:a9fe', '2002:a9fe:a9fe::', '::169.254.169.254'],
]
const PUBLIC = [
  ...['1.1.1.1', '8.8.8.8', '172.15.255.255', '172.32.0.1', '100.63.255.255', '100.128.0.1', '192.0.1.1'],
  ...['2606:4700::1111', '2a00:1450::1', '::ffff:8.8.8.8', '64:ff9b::8.8.8.8', '2002:808:808::1'],
]

const expectAll = (addresses: readonly string[], wanted: AddressVerdict, judged = judge): void => {
  expect(addresses.map((address) => [address, judged(address)])).toEqual(addresses.map((address) => [address, wanted]))
}

describe('an address', () => {
  test('of a private or reserved network is blocked', () => expectAll(BLOCKED, 'blocked'))
  test('of IPv6 that means such a one of IPv4 is blocked', () => expectAll(INSIDE, 'blocked'))
  test('of everybody else is public', () => expectAll(PUBLIC, 'public'))
  test('that is none is blocked', () => expectAll(['', 'localhost', '1.2.3', '0x7f000001', '1.2.3.4.5'], 'blocked'))
  test('of a cloud’s credentials is told apart, in every form', () => expectAll(METADATA, 'metadata'))
})

describe('with networks of the operator’s own', () => {
  test('those addresses are allowed, and no others', () => {
    expectAll(['10.1.2.3', '127.0.0.1', '::1', '::ffff:127.0.0.1', 'fd12::1', '192.168.1.1'], 'allowed', judgeOfOwn)
    expectAll(['172.16.0.1', 'fe80::1', '0.0.0.0', '::'], 'blocked', judgeOfOwn)
    expectAll(['8.8.8.8', '2606:4700::1111'], 'public', judgeOfOwn)
  })

  test('what hands out credentials stays blocked, although it stands in one of them', () => {
    expectAll(METADATA, 'metadata', judgeOfOwn)
    expectAll(METADATA, 'metadata', addressJudge(['0.0.0.0/0', '::/0']))
  })

  test('an allowed address does not let another one in that stands inside of it', () => {
    expectAll(['2002:7f00:1::1', '64:ff9b::127.0.0.1'], 'blocked', addressJudge(['2002::/16', '64:ff9b::/96']))
  })
})

test.each([
  ['metadata.google.internal', true],
  ['Metadata.Google.Internal.', true],
  ['metadata.example.org', false],
])('the name %s', (host, isOne) => {
  expect(isMetadataName(host)).toBe(isOne)
})
