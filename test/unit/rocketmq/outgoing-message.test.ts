import { inflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { MessageHeader, OutgoingMessage } from '../../../lib/cluster/messages.ts'
import { outgoingBody, outgoingProperties } from '../../../lib/rocketmq/outgoing-message.ts'

function message(headers: [string, string | Buffer | null][], key: string | null = null): OutgoingMessage {
  const list: MessageHeader[] = headers.map(([name, value]) => ({
    key: name,
    value: value === null ? null : Buffer.from(value),
  }))
  const nothing = { topic: 'orders', partition: null, broker: null, value: null, timestampMs: null }
  return { ...nothing, key: key === null ? null : Buffer.from(key), headers: list }
}

describe('outgoingProperties', () => {
  it('keeps their order, the last of several, and always waits', () => {
    const given = message(
      [
        ['b', '1'],
        ['KEYS', 'old'],
        ['a', null],
        ['b', '2'],
        ['WAIT', 'false'],
      ],
      'k1 k2',
    )
    expect(outgoingProperties(given).value).toBe('b\x012\x02KEYS\x01k1 k2\x02a\x01\x02WAIT\x01true\x02')
    expect(outgoingProperties(message([['KEYS', 'kept']])).value).toBe('KEYS\x01kept\x02WAIT\x01true\x02')
  })

  it.each<[string, [string, string | Buffer]]>([
    ['a half message that nobody ends', ['TRAN_MSG', 'true']],
    ['a delay', ['DELAY', '3']],
    ['a timer', ['TIMER_DELIVER_MS', '1795361519130']],
    ['a name that ends early', ['a\x01b', 'v']],
    ['a value that ends early', ['a', 'v\x02']],
    ['no name', ['', 'v']],
    ['no text', ['a', Buffer.from([0xff, 0xfe])]],
  ])('refuses %s', (_, header) => {
    expect(outgoingProperties(message([header]))).toEqual({
      value: null,
      fault: { code: 'propertyNotSendable', facts: { property: header[0] } },
    })
  })

  it('lets pass what says that nothing is delayed', () => {
    expect(
      outgoingProperties(
        message([
          ['DELAY', '0'],
          ['TRAN_MSG', 'false'],
        ]),
      ).fault,
    ).toBeNull()
  })

  it('refuses more than a broker can store', () => {
    // With `p`, the two ends, and WAIT=true.
    const room = 32_767 - 3 - 'WAIT\x01true\x02'.length
    expect(outgoingProperties(message([['p', 'x'.repeat(room)]])).fault).toBeNull()
    expect(outgoingProperties(message([['p', 'x'.repeat(room + 1)]])).fault).toMatchObject({ code: 'messageRefused' })
    expect(outgoingProperties(message([['p', '€'.repeat(12_000)]])).fault).toMatchObject({ code: 'messageRefused' })
  })
})

describe('outgoingBody', () => {
  it('folds large bodies as clients do, and leaves the others', async () => {
    const large = Buffer.from('again '.repeat(1_000))
    const { body, sysFlag } = await outgoingBody(large)
    expect([inflateSync(body).equals(large), sysFlag]).toEqual([true, 0x301])
    expect(await outgoingBody(Buffer.from('small'))).toEqual({ body: Buffer.from('small'), sysFlag: 0 })
    expect(await outgoingBody(null)).toEqual({ body: new Uint8Array(), sysFlag: 0 })
  })

  it('does not fold what would grow', async () => {
    const random = crypto.getRandomValues(new Uint8Array(5_000))
    expect(await outgoingBody(random)).toEqual({ body: random, sysFlag: 0 })
  })
})
