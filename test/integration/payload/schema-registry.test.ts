import avro from 'avsc'
import protobuf from 'protobufjs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { messageMatcher } from '../../../lib/api/messages/message-filter.ts'
import type { KafkaClusterConfig } from '../../../lib/cluster/cluster-config.ts'
import type { StoredMessage } from '../../../lib/cluster/messages.ts'
import { messageTest } from '../../../lib/inbox/match-message.ts'
import { maskingRules } from '../../../lib/payload/masking.ts'
import { PayloadDecoder, type PayloadView } from '../../../lib/payload/payload-decoder.ts'
import { NO_TLS } from '../../builders/no-tls.ts'
import { SchemaRegistryServer } from '../../servers/schema-registry.ts'

let registry: SchemaRegistryServer
beforeAll(async () => {
  registry = await SchemaRegistryServer.start()
})
afterAll(() => registry?.stop())

function decoder(url = registry.url, rules: unknown[] = []): PayloadDecoder {
  const base = { id: 'orders', name: 'orders', kind: 'kafka' as const, readOnly: true, bootstrapServers: ['h:1'] }
  const schemaRegistry = { url, username: null, password: null }
  const cluster: KafkaClusterConfig = { ...base, addressMap: {}, tls: NO_TLS, sasl: null, schemaRegistry }
  return new PayloadDecoder(cluster, maskingRules.parse(rules))
}

function framed(id: number, ...parts: Uint8Array[]): Buffer {
  const head = Buffer.alloc(5)
  head.writeInt32BE(id, 1)
  return Buffer.concat([head, ...parts])
}

function decode(bytes: Uint8Array, by = decoder()): Promise<PayloadView> {
  return by.decode(bytes, { topic: 'users', part: 'value', headers: [] })
}

describe('schemas of a real registry', () => {
  const address = { type: 'record', name: 'Address', namespace: 'geo', fields: [{ name: 'city', type: 'string' }] }
  const user = {
    type: 'record',
    name: 'User',
    fields: [
      { name: 'name', type: 'string' },
      { name: 'password', type: ['null', 'string'] },
      { name: 'home', type: 'geo.Address' },
    ],
  }

  test('Avro with a reference, masked', async () => {
    await registry.register('address-value', { schema: JSON.stringify(address) })
    const references = [{ name: 'geo.Address', subject: 'address-value', version: 1 }]
    const id = await registry.register('user-value', { schema: JSON.stringify(user), references })
    const types: Record<string, avro.Type> = {}
    avro.Type.forSchema(address as avro.Schema, { registry: types })
    const data = avro.Type.forSchema(user as avro.Schema, { registry: types, wrapUnions: false }).toBuffer({
      name: 'Ada',
      password: 'secret',
      home: { city: 'Zürich' },
    })
    const view = await decode(framed(id, data), decoder(registry.url, [{ paths: ['$..password'] }]))
    expect(view).toMatchObject({
      decodeFault: null,
      decoded: {
        format: 'avro',
        schemaId: id,
        json: { name: 'Ada', password: '***', home: { city: 'Zürich' } },
        masked: ['$.password'],
      },
      maskedText: '{"name":"Ada","password":"***","home":{"city":"Zürich"}}',
    })
  })

  test('Protobuf with an import, the second message of the file', async () => {
    const common = 'syntax = "proto3"; package shop; message Money { int64 cents = 1; }'
    const main =
      'syntax = "proto3"; package shop; import "money.proto"; message Other {} message Order { string id = 1; Money price = 2; }'
    await registry.register('money', { schemaType: 'PROTOBUF', schema: common })
    const references = [{ name: 'money.proto', subject: 'money', version: 1 }]
    const id = await registry.register('order-value', { schemaType: 'PROTOBUF', schema: main, references })
    const root = protobuf.parse(main, protobuf.parse(common, new protobuf.Root()).root).root
    const type = root.lookupType('shop.Order')
    const data = type.encode(type.fromObject({ id: 'a', price: { cents: '9223372036854775807' } })).finish()
    const { decoded, decodeFault } = await decode(framed(id, Buffer.from([2, 2]), data))
    expect(decodeFault).toBeNull()
    expect(decoded).toMatchObject({
      format: 'protobuf',
      json: { id: 'a', price: { cents: '9223372036854775807' } },
      numbersAsText: ['$.price.cents'],
    })
  })

  test('JSON Schema', async () => {
    const schema = '{"$schema":"http://json-schema.org/draft-07/schema#","type":"object"}'
    const id = await registry.register('json-value', { schemaType: 'JSON', schema })
    const { decoded } = await decode(framed(id, Buffer.from('{"a":[1,2]}')))
    expect(decoded).toMatchObject({ format: 'jsonSchema', schemaId: id, json: { a: [1, 2] } })
  })
})

describe('faults', () => {
  test('an id that it does not have', async () => {
    const { decodeFault } = await decode(framed(999_999))
    expect(decodeFault).toMatchObject({ code: 'schemaNotFound', facts: { schema: '999999' } })
  })

  test('an address without the path of its API', async () => {
    const { decodeFault } = await decode(framed(1), decoder(new URL(registry.url).origin))
    expect(decodeFault).toMatchObject({ code: 'schemaRegistryFailed', facts: { status: 404 } })
  })
})

describe('a search', () => {
  const user = {
    type: 'record',
    name: 'Payment',
    fields: [
      { name: 'cents', type: 'long' },
      { name: 'state', type: { type: 'enum', name: 'State', symbols: ['REFUSED', 'BOOKED'] } },
      { name: 'card', type: 'int' },
    ],
  }
  const message = (key: string | null, value: Uint8Array | null): StoredMessage => ({
    ...{ partition: 0, broker: null, offset: 0n, timestampMs: null, headers: [], sizeBytes: 1, rocketmq: null },
    ...{ key: key === null ? null : Buffer.from(key), value },
  })
  let paid: StoredMessage
  beforeAll(async () => {
    const id = await registry.register('payment-value', { schema: JSON.stringify(user) })
    const data = avro.Type.forSchema(user as avro.Schema).toBuffer({ cents: 4_711_000, state: 'REFUSED', card: 815 })
    paid = message('k-1', framed(id, data))
  })
  /** Of the inbox and of the browser of messages, which agree. */
  async function isFound(one: StoredMessage, q: string, by = decoder(), key: string | null = null) {
    let undecoded = 0
    const setting = { topic: 'payments', decoder: by, originTopicsOf: () => [], onUndecoded: () => undecoded++ }
    const inInbox = await messageTest({ key, q }, setting)?.(one)
    const inInboxUndecoded = undecoded
    const inBrowser = await messageMatcher({ key, q, header: null, path: null }, setting)(one)
    expect([inBrowser, undecoded]).toEqual([inInbox, 2 * inInboxUndecoded])
    return { isFound: inInbox, undecoded: inInboxUndecoded }
  }

  test('finds numbers and names of enumerations that are no text in the bytes', async () => {
    for (const q of ['4711000', '7110', 'refused', '815']) {
      expect(await isFound(paid, q), q).toEqual({ isFound: true, undecoded: 0 })
    }
    expect(await isFound(paid, '4712')).toEqual({ isFound: false, undecoded: 0 })
    expect(await isFound(paid, 'BOOKED')).toEqual({ isFound: false, undecoded: 0 })
    expect(await isFound(paid, '4711', decoder(), 'k-1')).toMatchObject({ isFound: true })
    expect(await isFound(paid, '4711', decoder(), 'k-2')).toEqual({ isFound: false, undecoded: 0 })
  })

  test('finds nothing that a rule hides, and no key that one hides by what stands beside it', async () => {
    const hidesCard = decoder(registry.url, [{ paths: ['$.card'] }])
    expect(await isFound(paid, '815', hidesCard)).toMatchObject({ isFound: false })
    expect(await isFound(paid, '4711', hidesCard)).toMatchObject({ isFound: true })
    const hidesKey = decoder(registry.url, [{ keyPaths: ['$'] }])
    expect(await isFound(paid, '4711', hidesKey, 'k-1')).toMatchObject({ isFound: false })
    expect(await isFound(paid, '4711', hidesKey)).toMatchObject({ isFound: true })
  })

  test('says of what it could not decode that it does not know', async () => {
    expect(await isFound(message(null, framed(999_999, Buffer.from([8]))), '4')).toEqual({
      isFound: false,
      undecoded: 1,
    })
    // Text is text, whether somebody knows the schema or not.
    expect(await isFound(message(null, framed(999_999, Buffer.from('word'))), 'word')).toMatchObject({ isFound: true })
    expect(await isFound(message(null, Buffer.from('plain')), '4')).toEqual({ isFound: false, undecoded: 0 })
  })
})
