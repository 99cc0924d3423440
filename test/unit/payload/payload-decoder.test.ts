import avro from 'avsc'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { KafkaClusterConfig } from '../../../lib/cluster/cluster-config.ts'
import type { MessageHeader } from '../../../lib/cluster/messages.ts'
import { maskingRules } from '../../../lib/payload/masking.ts'
import { PayloadDecoder, type PayloadView } from '../../../lib/payload/payload-decoder.ts'
import { PayloadDecoders } from '../../../lib/payload/payload-decoders.ts'
import { NO_TLS } from '../../builders/no-tls.ts'
import { type FakeSchemaRegistry, sendJson, startFakeSchemaRegistry } from './fake-schema-registry.ts'

const AVRO = {
  type: 'record',
  name: 'User',
  fields: [
    { name: 'name', type: 'string' },
    { name: 'password', type: 'string' },
  ],
}
const USER = avro.Type.forSchema(AVRO as avro.Schema).toBuffer({ name: 'Ada', password: 'secret' })
const GUID = '0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0'

function framed(id: number, data: Uint8Array): Buffer {
  const head = Buffer.alloc(5)
  head.writeInt32BE(id, 1)
  return Buffer.concat([head, data])
}

function cluster(schemaRegistry: KafkaClusterConfig['schemaRegistry'] = null): KafkaClusterConfig {
  const base = { id: 'orders', name: 'orders', kind: 'kafka' as const, readOnly: true, bootstrapServers: ['h:1'] }
  return { ...base, addressMap: {}, tls: NO_TLS, sasl: null, schemaRegistry }
}

let registry: FakeSchemaRegistry
beforeEach(async () => {
  registry = await startFakeSchemaRegistry()
})
afterEach(() => registry.close())

const SECRET_RULE = { match: { topic: 'users' }, paths: ['$..password'] }

function decoder(
  options: { rules?: unknown[]; url?: string; now?: () => number; login?: [string, string] } = {},
): PayloadDecoder {
  const [username = null, password = null] = options.login ?? []
  const config = { url: options.url ?? registry.url, username, password }
  return new PayloadDecoder(cluster(config), maskingRules.parse(options.rules ?? []), options.now)
}

function decode(
  bytes: Uint8Array | string,
  by = decoder(),
  headers: MessageHeader[] = [],
  topic = 'users',
): Promise<PayloadView> {
  return by.decode(Buffer.from(bytes), { topic, part: 'value', headers })
}

async function faultOf(bytes: Uint8Array | string, by = decoder()): Promise<unknown> {
  const { decoded, decodeFault } = await decode(bytes, by)
  expect(decoded).toBeNull()
  return decodeFault
}

describe('without a schema', () => {
  test.each<[string, string | Uint8Array]>([
    ['text', 'hello'],
    ['a number', '42'],
    ['quoted text', '"a"'],
    ['nothing', ''],
    ['JSON that was cut off', '{"a":1'],
    ['no UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['bytes', Buffer.from([1, 2, 3])],
    ['a zero byte alone', Buffer.from([0])],
    ['an id of zero', Buffer.from([0, 0, 0, 0, 0, 1])],
  ])('%s is shown as it is', async (_name, bytes) => {
    expect(await decode(bytes)).toEqual({ decoded: null, decodeFault: null, maskedText: null, masking: 'none' })
    expect(registry.asked).toEqual([])
  })

  test('JSON is decoded, with big numbers as text', async () => {
    expect(await decode(' {"id":12345678901234567890,"a":[1]}')).toEqual({
      decoded: {
        format: 'json',
        json: { id: '12345678901234567890', a: [1] },
        schemaId: null,
        masked: [],
        numbersAsText: ['$.id'],
      },
      decodeFault: null,
      maskedText: null,
      masking: 'none',
    })
  })

  test('beyond a megabyte it is not decoded, and says so where there was something to decode', async () => {
    expect(await faultOf(`["${'x'.repeat(1024 * 1024)}"]`)).toMatchObject({
      code: 'payloadTooLarge',
      facts: { maxBytes: 1024 * 1024 },
    })
    expect(await faultOf('x'.repeat(10 * 1024 * 1024))).toBeNull()
  })

  test('a caller may decode less', async () => {
    const view = await decoder().decode(Buffer.from('[1,2,3]'), { topic: 't', part: 'value', headers: [], maxBytes: 4 })
    expect(view.decodeFault).toMatchObject({ code: 'payloadTooLarge', facts: { sizeBytes: 7, maxBytes: 4 } })
  })

  test('too many values are a fault', async () => {
    expect(await faultOf('['.repeat(1_000))).toMatchObject({ code: 'payloadTooComplex' })
  })
})

describe('by a schema', () => {
  test('Avro, asked for once and kept', async () => {
    registry.answers.set('/schemas/ids/7', { schema: JSON.stringify(AVRO) })
    const by = decoder()
    const expected = {
      format: 'avro',
      json: { name: 'Ada', password: 'secret' },
      schemaId: 7,
      masked: [],
      numbersAsText: [],
    }
    const views = await Promise.all([decode(framed(7, USER), by), decode(framed(7, USER), by)])
    views.push(await decode(framed(7, USER), by))
    expect(views.map(({ decoded }) => decoded)).toEqual([expected, expected, expected])
    expect(registry.asked).toEqual(['/schemas/ids/7'])
  })

  test('Protobuf with message indexes, JSON Schema', async () => {
    const schema = 'syntax = "proto3"; message A { message B { string x = 1; } } message C { string y = 1; }'
    registry.answers.set('/schemas/ids/1', { schemaType: 'PROTOBUF', schema })
    registry.answers.set('/schemas/ids/2', { schemaType: 'JSON', schema: '{"type":"object"}' })
    const x = [10, 1, 0x61]
    expect((await decode(framed(1, Buffer.from([0, 10, 0])))).decoded).toMatchObject({
      format: 'protobuf',
      json: { '#1': '' },
    })
    expect((await decode(framed(1, Buffer.from([4, 0, 0, ...x])))).decoded).toMatchObject({ json: { x: 'a' } })
    expect((await decode(framed(1, Buffer.from([2, 2, ...x])))).decoded).toMatchObject({ json: { y: 'a' } })
    expect((await decode(framed(2, Buffer.from('{"a":1}')))).decoded).toMatchObject({
      format: 'jsonSchema',
      json: { a: 1 },
      schemaId: 2,
    })
    for (const indexes of [[2, 4], [4, 0, 2], [1], [0x80], [200, 1, 0]]) {
      expect(await faultOf(framed(1, Buffer.from([...indexes, ...x])))).toMatchObject({ code: 'payloadMismatch' })
    }
  })

  test('a header may name it by its GUID; the payload is then the data alone', async () => {
    registry.answers.set(`/schemas/guids/${GUID}`, { schema: JSON.stringify(AVRO) })
    const value = Buffer.concat([Buffer.from([1]), Buffer.from(GUID.replaceAll('-', ''), 'hex')])
    const view = await decode(USER, decoder(), [{ key: '__value_schema_id', value }])
    expect(view.decoded).toMatchObject({ format: 'avro', json: { name: 'Ada' }, schemaId: null })
    // Of another part, and damaged: no word about this payload.
    for (const header of [
      { key: '__key_schema_id', value },
      { key: '__value_schema_id', value: value.subarray(0, 9) },
    ]) {
      expect((await decode(USER, decoder(), [header])).decoded).toBeNull()
    }
  })

  test('what it refers to is fetched too, each once', async () => {
    const named = (name: string, type: unknown): string =>
      JSON.stringify({ type: 'record', name, fields: [{ name: 'f', type }] })
    const refer = (subject: string) => ({ name: subject, subject, version: 1 })
    registry.answers.set('/schemas/ids/1', {
      schema: named('Top', ['Left', 'Right']),
      references: [refer('left/1'), refer('right')],
    })
    registry.answers.set('/subjects/left%2F1/versions/1', {
      schema: named('Left', 'Leaf'),
      references: [refer('leaf')],
    })
    registry.answers.set('/subjects/right/versions/1', { schema: named('Right', 'Leaf'), references: [refer('leaf')] })
    registry.answers.set('/subjects/leaf/versions/1', { schema: named('Leaf', 'int'), references: [refer('right')] })
    // The circle from leaf to right cannot be resolved, but it ends.
    expect(await faultOf(framed(1, Buffer.from([0, 2])))).toMatchObject({ code: 'schemaUnusable' })
    registry.answers.set('/subjects/leaf/versions/1', { schema: named('Leaf', 'int') })
    registry.asked.length = 0
    expect((await decode(framed(1, Buffer.from([2, 4])))).decoded).toMatchObject({ json: { f: { f: { f: 2 } } } })
    expect(new Set(registry.asked).size).toBe(registry.asked.length)
  })

  test('what is kept is bounded: of many large schemas the ones used last', async () => {
    const schema = JSON.stringify({ type: 'null', doc: 'x'.repeat(900_000) })
    for (let id = 1; id <= 25; id += 1) registry.answers.set(`/schemas/ids/${id}`, { schema })
    const by = decoder()
    for (let id = 1; id <= 25; id += 1) await decode(framed(id, Buffer.alloc(0)), by)
    registry.asked.length = 0
    await decode(framed(25, Buffer.alloc(0)), by)
    await decode(framed(1, Buffer.alloc(0)), by)
    expect(registry.asked).toEqual(['/schemas/ids/1'])
  })

  test('never more than four requests at once', async () => {
    const held: (() => void)[] = []
    let isHolding = true
    for (let id = 1; id <= 12; id += 1) {
      registry.answers.set(`/schemas/ids/${id}`, (_request, response) => {
        const answer = (): void => sendJson(response, 200, { schema: '"null"' })
        if (isHolding) held.push(answer)
        else answer()
      })
    }
    const by = decoder()
    const views = Array.from({ length: 12 }, (_, index) => decode(framed(index + 1, Buffer.alloc(0)), by))
    await vi.waitFor(() => expect(held).toHaveLength(4))
    // A whole way there and back, during which a fifth would have come.
    for (let round = 0; round < 5; round += 1) await (await fetch(`${registry.url}/other`)).text()
    expect(held).toHaveLength(4)
    isHolding = false
    for (const answer of held) answer()
    expect((await Promise.all(views)).map(({ decoded }) => decoded?.format)).toEqual(Array(12).fill('avro'))
  })

  test('user name and password are sent, and nothing of them is told', async () => {
    let authorization: string | undefined
    registry.answers.set('/schemas/ids/1', (request, response) => {
      authorization = request.headers.authorization
      sendJson(response, 401, { error_code: 401 })
    })
    const why = await faultOf(framed(1, USER), decoder({ login: ['ada', 'pass-word'] }))
    expect(authorization).toBe(`Basic ${Buffer.from('ada:pass-word').toString('base64')}`)
    expect(why).toEqual({ code: 'schemaRegistryRefused', facts: { address: new URL(registry.url).host, status: 401 } })
  })
})

describe('faults of the registry', () => {
  test('none is configured', async () => {
    const by = new PayloadDecoder(cluster(), [])
    expect(await faultOf(framed(9, USER), by)).toEqual({ code: 'schemaRegistryMissing', facts: { schema: '9' } })
  })

  test('nothing listens there', async () => {
    await registry.close()
    const { host: address } = new URL(registry.url)
    const why = { code: 'schemaRegistryUnreachable', facts: { address, detail: 'ECONNREFUSED' } }
    expect(await faultOf(framed(1, USER))).toEqual(why)
  })

  test('it hangs up: nothing is asked for some seconds, and then again', async () => {
    let nowMs = 0
    const by = decoder({ now: () => nowMs })
    registry.answers.set('/schemas/ids/1', (request) => request.socket.destroy())
    registry.answers.set('/schemas/ids/2', { schema: JSON.stringify(AVRO) })
    expect(await faultOf(framed(1, USER), by)).toMatchObject({ code: 'schemaRegistryUnreachable' })
    expect(await faultOf(framed(2, USER), by)).toMatchObject({ code: 'schemaRegistryUnreachable' })
    expect(registry.asked).toEqual(['/schemas/ids/1'])
    nowMs = 60_000
    expect((await decode(framed(2, USER), by)).decoded).toMatchObject({ json: { name: 'Ada' } })
  })

  test('it lacks the id: remembered for some seconds, and other ids are still asked for', async () => {
    let nowMs = 0
    const by = decoder({ now: () => nowMs })
    const { host: address } = new URL(registry.url)
    expect(await faultOf(framed(1, USER), by)).toEqual({ code: 'schemaNotFound', facts: { address, schema: '1' } })
    registry.answers.set('/schemas/ids/1', { schema: JSON.stringify(AVRO) })
    expect(await faultOf(framed(1, USER), by)).toMatchObject({ code: 'schemaNotFound' })
    expect(await faultOf(framed(2, USER), by)).toMatchObject({ code: 'schemaNotFound' })
    expect(registry.asked).toEqual(['/schemas/ids/1', '/schemas/ids/2'])
    nowMs = 60_000
    expect((await decode(framed(1, USER), by)).decoded).toMatchObject({ json: { name: 'Ada' } })
  })

  test('while it is down, other ids are not asked for', async () => {
    const by = decoder({ now: () => 0 })
    registry.answers.set('/schemas/ids/1', (_request, response) => sendJson(response, 503, {}))
    expect(await faultOf(framed(1, USER), by)).toMatchObject({ code: 'schemaRegistryFailed', facts: { status: 503 } })
    expect(await faultOf(framed(2, USER), by)).toMatchObject({ code: 'schemaRegistryFailed' })
    expect(registry.asked).toEqual(['/schemas/ids/1'])
  })

  test.each<[string, (url: string) => Parameters<FakeSchemaRegistry['answers']['set']>[1], object]>([
    [
      'a redirect, which is not followed',
      (url) => (_request, response) => response.writeHead(302, { location: `${url}/elsewhere` }).end(),
      { code: 'schemaRegistryFailed', facts: { status: 302 } },
    ],
    [
      'a 404 of something else',
      () => (_request, response) => response.writeHead(404).end('<html>'),
      { code: 'schemaRegistryFailed', facts: { status: 404 } },
    ],
    [
      'a page',
      () => (_request, response) => response.end('<html>'),
      { code: 'schemaRegistryFailed', facts: { status: 200 } },
    ],
    ['no schema', () => ({ hello: 1 }), { code: 'schemaRegistryFailed', facts: { status: 200 } }],
    [
      'an answer without end',
      () => (_request, response) => {
        const more = (): void => {
          while (!response.destroyed && response.write(' '.repeat(65_536)));
        }
        response.on('drain', more)
        more()
      },
      { code: 'schemaUnusable', facts: { schema: '1' } },
    ],
    ['a connection that breaks', () => (request) => request.socket.destroy(), { code: 'schemaRegistryUnreachable' }],
    ['a type nobody knows', () => ({ schema: 'x', schemaType: 'THRIFT' }), { code: 'schemaUnusable' }],
    ['a schema that is none', () => ({ schema: '{' }), { code: 'schemaUnusable' }],
    ['a schema beyond a megabyte', () => ({ schema: `"${' '.repeat(1024 * 1024)}"` }), { code: 'schemaUnusable' }],
    [
      'references that are none',
      () => ({ schema: '"int"', references: [{ subject: 'a', version: '../..' }] }),
      { code: 'schemaUnusable' },
    ],
    [
      'a reference that is missing',
      () => ({ schema: '"int"', references: [{ subject: 'a', version: 1 }] }),
      { code: 'schemaNotFound' },
    ],
    [
      'another schema than the bytes were written with',
      () => ({ schema: '"double"' }),
      { code: 'payloadMismatch', facts: { schema: '1' } },
    ],
  ])('%s', async (_name, answer, expected) => {
    registry.answers.set('/schemas/ids/1', answer(registry.url))
    expect(await faultOf(framed(1, USER))).toMatchObject(expected)
    expect(registry.asked).not.toContain('/elsewhere')
  })
})

describe('masking', () => {
  const by = (rules: unknown[] = [SECRET_RULE]): PayloadDecoder => decoder({ rules })
  const hidden = (why: unknown) => ({ decoded: null, decodeFault: why, maskedText: '***', masking: 'whole' })

  test('the text that may be shown is the masked one', async () => {
    expect(await decode('{"name": "Ada", "password": "secret"}', by())).toEqual({
      decoded: {
        format: 'json',
        json: { name: 'Ada', password: '***' },
        schemaId: null,
        masked: ['$.password'],
        numbersAsText: [],
      },
      decodeFault: null,
      maskedText: '{"name":"Ada","password":"***"}',
      masking: 'part',
    })
  })

  test('Avro bytes are replaced by text where something in them is hidden', async () => {
    registry.answers.set('/schemas/ids/7', { schema: JSON.stringify(AVRO) })
    const view = await decode(framed(7, USER), by())
    expect(view.maskedText).toBe('{"name":"Ada","password":"***"}')
    expect(JSON.stringify(view)).not.toContain('secret')
  })

  test('where nothing matches, everything is shown as it is', async () => {
    expect(await decode('{"name": "Ada"}', by())).toMatchObject({
      maskedText: null,
      masking: 'none',
      decoded: { json: { name: 'Ada' } },
    })
    expect(await decode('{"password":1}', by(), [], 'other')).toMatchObject({ maskedText: null, masking: 'none' })
  })

  test.each<[string, string | Uint8Array]>([
    ['text', 'password=secret'],
    ['a number', '4111111111111111'],
    ['JSON that was cut off', '{"password":"secret"'],
    ['two JSON values', '{} {"password":"secret"}'],
    ['JSON behind a byte order mark', '\ufeff{"password":"secret"}'],
    ['JSON in UTF-16', Buffer.from('{"password":"secret"}', 'utf16le')],
    ['no UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
  ])('all of it is hidden where it cannot be read: %s', async (_name, bytes) => {
    expect(await decode(bytes, by())).toEqual(hidden({ code: 'payloadHidden', facts: {} }))
  })

  test('all of it is hidden, with the reason, when the registry does not help, or it is too large', async () => {
    expect(await decode(framed(1, USER), by())).toMatchObject(hidden({ code: 'schemaNotFound' }))
    expect(await decode('{"password":"secret"}', decoder({ rules: [SECRET_RULE] }))).toMatchObject({ masking: 'part' })
    const large = `{"password":"secret","a":"${'x'.repeat(1024 * 1024)}"}`
    expect(await decode(large, by())).toMatchObject(hidden({ code: 'payloadTooLarge' }))
  })

  test('what a Protobuf schema does not name is hidden with the rest', async () => {
    registry.answers.set('/schemas/ids/1', {
      schemaType: 'PROTOBUF',
      schema: 'syntax = "proto3"; message M { string name = 1; }',
    })
    const bytes = framed(1, Buffer.from([0, 10, 1, 0x61, 18, 6, ...Buffer.from('secret')]))
    expect(await decode(bytes, by())).toEqual(hidden({ code: 'payloadHidden', facts: {} }))
    expect(await decode(bytes)).toMatchObject({ decoded: { json: { name: 'a', '#2': 'secret' } } })
  })

  test('an empty payload hides nothing', async () => {
    expect(await decode('', by())).toMatchObject({ maskedText: null, masking: 'none', decodeFault: null })
  })

  test('the whole, keys, and the topic a dead letter came from', async () => {
    expect(await decode('{"a":1}', by([{ paths: ['$'] }]))).toMatchObject({ maskedText: '"***"', masking: 'whole' })
    const keys = by([{ match: { topic: 'users' }, keyPaths: ['$'] }])
    const key = { part: 'key' as const, headers: [], topic: 'users' }
    expect(await keys.decode(Buffer.from('ada'), key)).toMatchObject({ maskedText: '***' })
    expect(await decode('ada', keys)).toMatchObject({ maskedText: null })
    expect(await keys.decode(Buffer.from('ada'), { ...key, topic: 'dlq', originTopic: 'users' })).toMatchObject({
      maskedText: '***',
    })
    expect(keys.hasMasks({ topic: 'users' })).toBe(true)
    expect(keys.hasMasks({ topic: 'dlq' })).toBe(false)
  })

  test('where the key is hidden, so are headers that repeat it', () => {
    const keys = by([{ match: { topic: 'users' }, keyPaths: ['$.ssn'] }])
    const names = ['KEYS', 'source_key', 'original_key', 'trace']
    expect(names.map((name) => keys.hidesHeader(name, { topic: 'users' }))).toEqual([true, true, true, false])
    expect(keys.hidesHeader('KEYS', { topic: 'other' })).toBe(false)
  })

  test('what a dead letter tells is decoded without headers that are hidden', () => {
    const rule = by([{ match: { topic: 'users' }, headers: ['*exception-message'] }])
    const headers = ['kafka_dlt-exception-message', 'kafka_dlt-exception-fqcn'].map((key) => ({ key, value: null }))
    expect(rule.visibleHeaders(headers, { topic: 'dlq', originTopic: 'users' })).toEqual([headers[1]])
    expect(rule.visibleHeaders(headers, { topic: 'dlq' })).toBe(headers)
  })

  test('headers by their name', () => {
    const headers = by([{ match: { topic: 'users' }, headers: ['x-*'] }])
    expect(headers.hidesHeader('X-Token', { topic: 'users' })).toBe(true)
    expect(headers.hidesHeader('X-Token', { topic: 'other' })).toBe(false)
    expect(headers.hidesHeader('trace', { topic: 'users' })).toBe(false)
  })
})

test('any bytes and headers give an answer, and never an error', async () => {
  registry.answers.set('/schemas/ids/1', { schema: JSON.stringify(AVRO) })
  const by = decoder({ rules: [SECRET_RULE] })
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 100 }),
    fc.uint8Array({ maxLength: 50 }).map((data) => framed(1, data)),
    fc.json().map((text) => Buffer.from(text)),
  )
  const header = fc.record({
    key: fc.constantFrom('__value_schema_id', 'x'),
    value: fc.option(fc.uint8Array({ maxLength: 20 })),
  })
  await fc.assert(
    fc.asyncProperty(bytes, fc.array(header, { maxLength: 2 }), async (data, headers) => {
      const view = await decode(data, by, headers)
      expect(view.masking === 'none').toBe(view.maskedText === null)
    }),
    { numRuns: 500 },
  )
})

test('a cluster keeps its decoder until its registry is configured otherwise', () => {
  const decoders = new PayloadDecoders([], () => 0)
  const first = decoders.of(cluster())
  expect(decoders.of(cluster())).toBe(first)
  const second = decoders.of(cluster({ url: registry.url, username: null, password: null }))
  expect(second).not.toBe(first)
  expect(decoders.of({ ...cluster(), id: 'other' })).not.toBe(second)
})
