import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeOffsetId, parseMessageId } from '../../../lib/rocketmq/message-id.ts'

const SEEN = { id: '7F000001000051AF00000000000000E8', storeHost: { host: '127.0.0.1', port: 20_911 }, offset: 232n }

describe('message ids', () => {
  it('write an offset id as a real broker does', () => {
    expect(encodeOffsetId(SEEN.storeHost, SEEN.offset)).toBe(SEEN.id)
  })

  it.each([
    ['as the broker writes it', SEEN.id],
    ['in lower case', SEEN.id.toLowerCase()],
  ])('read an offset id %s', (_name, id) => {
    expect(parseMessageId(id)).toEqual({ kind: 'offset', storeHost: SEEN.storeHost, physicalOffset: SEEN.offset })
  })

  it('read what they wrote', () => {
    const port = fc.integer({ min: 1, max: 65_535 })
    const offset = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n })
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), port, offset, (host, somePort, physicalOffset) => {
        const id = encodeOffsetId({ host, port: somePort }, physicalOffset) ?? ''
        const read = parseMessageId(id)
        expect(read).toMatchObject({ kind: 'offset', physicalOffset, storeHost: { port: somePort } })
        // Addresses have several spellings: the bytes must be the same.
        expect(read?.kind === 'offset' && encodeOffsetId(read.storeHost, physicalOffset)).toBe(id)
      }),
    )
  })

  it.each([
    ['of a client', '7F0000010001AAAA0000000000000001'],
    ['made by a broker', `FD${'0'.repeat(12)}${'A'.repeat(42)}`],
  ])('recognise a unique id %s', (_name, id) => {
    expect(parseMessageId(id)).toEqual({ kind: 'unique' })
  })

  it.each([
    ['nothing', ''],
    ['words', 'order-17'],
    ['hex of another length', '7F000001'],
    ['an odd number of digits', `${SEEN.id}0`],
    ['digits with blanks', ` ${SEEN.id.slice(1)}`],
  ])('take %s for neither', (_name, id) => {
    expect(parseMessageId(id)).toBeNull()
  })

  it('have no offset id for a host name', () => {
    expect(encodeOffsetId({ host: 'broker-a', port: 10_911 }, 0n)).toBeNull()
    expect(encodeOffsetId({ host: 'fe80::1%eth0', port: 10_911 }, 0n)).toBeNull()
  })
})
