/** What a dead letter may tell where masking rules hide headers. */
import { describe, expect, test } from 'vitest'
import type { StoredMessage } from '../../../lib/cluster/messages.ts'
import { BUILT_IN_PROFILES } from '../../../lib/dlq/built-in-profiles.ts'
import { decodeMessage, originTopicsOf, withoutHidden } from '../../../lib/inbox/decode-message.ts'
import { maskingRules } from '../../../lib/payload/masking.ts'
import { PayloadDecoder } from '../../../lib/payload/payload-decoder.ts'
import { NO_TLS } from '../../builders/no-tls.ts'

function message(headers: [string, string][]): StoredMessage {
  return {
    ...{ partition: 0, broker: null, offset: 1n, timestampMs: 0, key: null, value: null, sizeBytes: 0, rocketmq: null },
    headers: headers.map(([key, value]) => ({ key, value: Buffer.from(value) })),
  }
}

const decode = (one: StoredMessage) => decodeMessage('cards-dlq', one, BUILT_IN_PROFILES, {})

function decoder(rule: object): PayloadDecoder {
  const base = { id: 'a', name: 'a', kind: 'rocketmq' as const, readOnly: true, addressMap: {}, tls: NO_TLS }
  return new PayloadDecoder({ ...base, nameServers: [], acl: null }, maskingRules.parse([rule]))
}

const CONNECT: [string, string][] = [
  ['__connect.errors.topic', 'cards'],
  ['__connect.errors.partition', '3'],
  ['__connect.errors.offset', '9'],
  ['__connect.errors.exception.class.name', 'a.DataException'],
  ['__connect.errors.exception.message', 'cannot read {"number":"4111"}'],
]

describe('causes that may quote a payload', () => {
  const rule = { match: { topic: 'cards' }, headers: ['*exception.message'] }

  test('are left out where their header is hidden; where it died stays', () => {
    const shown = withoutHidden('cards-dlq', message(CONNECT), decoder(rule), decode)
    expect(
      JSON.stringify({ ...shown, origin: null, hops: shown.hops.map(({ exception }) => exception) }),
    ).not.toContain('4111')
    expect(shown.exception).toMatchObject({ class: 'a.DataException', message: null })
    expect(shown.hops[0]).toMatchObject({ origin: { topic: 'cards', partition: 3 }, exception: { message: null } })
    expect(shown.origin).toMatchObject({ topic: 'cards', partition: 3, offset: 9n })
  })

  test('all of the exception goes when deaths cannot be counted without what is hidden', () => {
    const twice = [...CONNECT, ...CONNECT]
    const shown = withoutHidden('cards-dlq', message(twice), decoder({ headers: ['*.topic', '*.message'] }), decode)
    expect(shown.hops).toHaveLength(2)
    expect(shown.origin?.topic).toBe('cards')
    expect(JSON.stringify(shown.hops.map(({ exception }) => exception))).not.toContain('4111')
  })

  test('are told as they are where nothing is hidden', () => {
    for (const by of [null, decoder({ ...rule, match: { topic: 'other' } })]) {
      expect(withoutHidden('cards-dlq', message(CONNECT), by, decode)).toEqual(decode(message(CONNECT)))
    }
  })
})

describe('letters that do not say where they came from', () => {
  const guessed = { topic: 'cards', group: 'connect-sink' }
  const decodeKnowing = (headers: [string, string][]) =>
    decodeMessage('cards-dlq', message(headers), BUILT_IN_PROFILES, { guessed })

  test('have the guessed origin, marked as such', () => {
    expect(decodeKnowing([['x', 'y']]).origin).toMatchObject({ ...guessed, offset: null, guessed: true })
    expect(decode(message([['x', 'y']])).origin).toBeNull()
  })

  test('keep what their headers do tell', () => {
    const unnamed: [string, string][] = [
      ['kafka_dlt-original-topic', 'no topic!'],
      ['kafka_dlt-original-consumer-group', 'shop'],
    ]
    expect(decodeKnowing(unnamed).origin).toMatchObject({ topic: 'cards', group: 'shop', guessed: true })
    expect(decodeKnowing(CONNECT).origin).toMatchObject({ topic: 'cards', offset: 9n, guessed: false })
  })
})

test('every topic that headers name counts, so that none can be hidden behind another', () => {
  const headers: [string, string][] = [
    ['dead-letter-topic', 'public'],
    ['__dlq.errors.topic', 'secret-dlq'],
    ['__dlq.errors.partition', '0'],
    ['__dlq.errors.offset', '4'],
  ]
  const decoded = decode(message(headers))
  expect(decoded.pointer?.topic ?? null).toBe('secret-dlq')
  expect(originTopicsOf(decoded).sort()).toEqual(['public', 'secret-dlq'])
})
