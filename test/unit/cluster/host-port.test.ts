import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dialAddress, formatHostPort, parseHostPort } from '../../../lib/cluster/host-port.ts'

describe('an address', () => {
  it.each([
    ['broker-a:10911', { host: 'broker-a', port: 10_911 }],
    [' 10.0.0.5:9092 ', { host: '10.0.0.5', port: 9_092 }],
    ['[::1]:65535', { host: '::1', port: 65_535 }],
  ])('is read from %j', (text, address) => {
    expect(parseHostPort(text)).toEqual(address)
  })

  it.each(['', 'broker', ':1', 'broker:', 'broker:0', 'broker:65536', 'broker:x', '::1:9092', '[]:1'])(
    'is not read from %j',
    (text) => {
      expect(parseHostPort(text)).toBeNull()
    },
  )

  it('is written as it is read', () => {
    const host = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6())
    fc.assert(
      fc.property(fc.record({ host, port: fc.integer({ min: 1, max: 65_535 }) }), (address) => {
        expect(parseHostPort(formatHostPort(address))).toEqual(address)
      }),
    )
  })
})

describe('dialAddress', () => {
  const advertised = { host: '10.0.0.5', port: 9_092 }

  it.each([
    ['the mapped address', { '10.0.0.5:9092': 'localhost:19092' }, { host: 'localhost', port: 19_092 }],
    ['itself when it is not mapped', { '10.0.0.5:9093': 'localhost:19092' }, advertised],
    ['itself when it is mapped to no address', { '10.0.0.5:9092': 'nowhere' }, advertised],
  ])('is %s', (_name, map, dialled) => {
    expect(dialAddress(advertised, map as Record<string, string>)).toEqual(dialled)
  })

  it('looks only at the map itself', () => {
    const map = Object.create({ '10.0.0.5:9092': 'localhost:1' }) as Record<string, string>
    expect(dialAddress(advertised, map)).toEqual(advertised)
  })
})
