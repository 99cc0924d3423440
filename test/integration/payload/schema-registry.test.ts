import avro from 'avsc'
import protobuf from 'protobufjs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { KafkaClusterConfig } from '../../../lib/cluster/cluster-config.ts'
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
