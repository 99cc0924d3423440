import avro from 'avsc'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readAvro } from '../../../lib/payload/avro-reader.ts'
import { compileAvro } from '../../../lib/payload/avro-schema.ts'
import { toPlain } from '../../../lib/payload/json-tree.ts'
import { UnreadableError } from '../../../lib/payload/limits.ts'
import { UnusableSchemaError } from '../../../lib/payload/unusable-schema.ts'

const ORDER = {
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'note', type: ['null', 'string'] },
    { name: 'amount', type: 'double' },
    { name: 'ratio', type: 'float' },
    { name: 'paid', type: 'boolean' },
    { name: 'state', type: { type: 'enum', name: 'State', symbols: ['NEW', 'DONE'] } },
    { name: 'tags', type: { type: 'array', items: 'string' } },
    { name: 'counts', type: { type: 'map', values: 'int' } },
    { name: 'raw', type: 'bytes' },
    { name: 'hash', type: { type: 'fixed', name: 'Hash', size: 3 } },
    { name: 'next', type: ['null', 'Order'] },
  ],
} as const

const VALUE = {
  id: 42,
  note: 'café',
  amount: 1.25,
  ratio: Math.fround(0.1),
  paid: true,
  state: 'DONE',
  tags: ['a', 'b'],
  counts: { x: -1, y: 2 },
  raw: Buffer.from([1, 2, 255]),
  hash: Buffer.from([7, 8, 9]),
  next: null,
}

function read(schema: unknown, bytes: Uint8Array, references: string[] = []): unknown {
  return toPlain(readAvro(compileAvro(JSON.stringify(schema), references), bytes)).json
}

function reasonOf(schema: unknown, bytes: Uint8Array): string | null {
  try {
    read(schema, bytes)
    return null
  } catch (error) {
    if (error instanceof UnreadableError) return error.reason
    throw error
  }
}

test('what avsc writes is read, every type', () => {
  const type = avro.Type.forSchema(ORDER as unknown as avro.Schema, { wrapUnions: false })
  const bytes = type.toBuffer({ ...VALUE, next: { ...VALUE, note: null } })
  const shown = { ...VALUE, ratio: 0.1, raw: 'AQL/', hash: 'BwgJ' }
  expect(read(ORDER, bytes)).toEqual({ ...shown, next: { ...shown, note: null } })
})

test('64 bits are exact', () => {
  const bytes = Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01])
  expect(read('long', bytes)).toBe('-9223372036854775808')
})

describe('logical types', () => {
  const long = (value: number): Buffer => avro.Type.forSchema('long').toBuffer(value)
  test.each<[string, unknown, Buffer, unknown]>([
    ['decimal', { type: 'bytes', logicalType: 'decimal', scale: 2 }, Buffer.from([4, 0x30, 0x39]), 123.45],
    ['a decimal below 1', { type: 'bytes', logicalType: 'decimal', scale: 3 }, Buffer.from([2, 0xff]), -0.001],
    ['date', { type: 'int', logicalType: 'date' }, long(19_000), '2022-01-08'],
    [
      'milliseconds',
      { type: 'long', logicalType: 'timestamp-millis' },
      long(1_700_000_000_123),
      '2023-11-14T22:13:20.123Z',
    ],
    ['before 1970', { type: 'long', logicalType: 'timestamp-micros' }, long(-1), '1969-12-31T23:59:59.999999Z'],
    ['local time', { type: 'long', logicalType: 'local-timestamp-millis' }, long(0), '1970-01-01T00:00:00.000'],
    [
      'no date can hold it',
      { type: 'long', logicalType: 'timestamp-millis' },
      long(9_000_000_000_000_000),
      9_000_000_000_000_000,
    ],
    ['one that is not known', { type: 'long', logicalType: 'mood' }, long(5), 5],
    ['one that is not valid', { type: 'bytes', logicalType: 'decimal', scale: -1 }, Buffer.from([2, 1]), 'AQ=='],
  ])('%s', (_name, schema, bytes, expected) => expect(read(schema, bytes)).toEqual(expected))
})

test('a schema may refer to others by their full name', () => {
  const address = { type: 'record', name: 'Address', namespace: 'geo', fields: [{ name: 'city', type: 'string' }] }
  const person = { type: 'record', name: 'Person', fields: [{ name: 'home', type: 'geo.Address' }] }
  expect(read(person, Buffer.from([2, 0x61]), [JSON.stringify(address)])).toEqual({ home: { city: 'a' } })
})

describe('bytes that do not fit', () => {
  const bomb = { type: 'array', items: 'null' }
  const loop = { type: 'record', name: 'Loop', fields: [{ name: 'self', type: 'Loop' }] }
  const wide = (name: string, inner: unknown): unknown => ({
    type: 'record',
    name,
    fields: Array.from({ length: 100 }, (_, index) => ({
      name: `f${index}`,
      type: index === 0 ? inner : name.slice(1) || 'null',
    })),
  })
  test.each<[string, unknown, number[], string]>([
    ['bytes left over', 'null', [0], 'malformed'],
    ['too few bytes', 'double', [1, 2], 'malformed'],
    ['a number without end', 'long', new Array(20).fill(0xff), 'malformed'],
    ['a text longer than the rest', 'string', [0x80, 0x80, 0x80, 0x80, 0x10], 'malformed'],
    ['a negative length', 'bytes', [1], 'malformed'],
    ['a branch that is not there', ['null', 'int'], [4], 'malformed'],
    ['a negative branch', ['null', 'int'], [1], 'malformed'],
    ['no boolean', 'boolean', [2], 'malformed'],
    ['no UTF-8', 'string', [2, 0xff], 'malformed'],
    ['a billion nulls in five bytes', bomb, [0x80, 0xa8, 0xd6, 0xb9, 0x07, 0], 'tooComplex'],
    [
      'a negative count of as many',
      bomb,
      [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0, 0],
      'tooComplex',
    ],
    ['a record that holds itself for ever', loop, [], 'tooComplex'],
    [
      'records of records that take no bytes',
      wide('aaaa', wide('aaa', wide('aa', wide('a', 'null')))),
      [],
      'tooComplex',
    ],
  ])('%s', (_name, schema, bytes, reason) => expect(reasonOf(schema, Buffer.from(bytes))).toBe(reason))

  test('long names are counted, since every value repeats them', () => {
    const record = { type: 'record', name: 'r', fields: [{ name: 'n'.repeat(100_000), type: 'null' }] }
    expect(reasonOf({ type: 'array', items: record }, Buffer.from([200, 1, 0]))).toBe('tooComplex')
  })

  test('any bytes are read or refused, and never anything else', () => {
    const type = compileAvro(JSON.stringify(ORDER), [])
    const good = avro.Type.forSchema(ORDER as unknown as avro.Schema).toBuffer(VALUE)
    const flipped = fc.tuple(fc.nat(good.length - 1), fc.nat(255)).map(([at, byte]) => {
      const bytes = Buffer.from(good)
      bytes[at] = byte
      return bytes
    })
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), flipped), (bytes) => {
        try {
          toPlain(readAvro(type, bytes))
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableError)
        }
      }),
      { numRuns: 5_000 },
    )
  })
})

describe('schemas that cannot be used', () => {
  let deep: unknown = 'null'
  for (let depth = 0; depth < 200; depth += 1) deep = { type: 'array', items: deep }
  test.each<[string, string]>([
    ['no JSON', '{'],
    ['a number', '7'],
    ['an unknown name', '"shop.Order"'],
    ['no fields', '{"type":"record","name":"a"}'],
    ['a field without a name', '{"type":"record","name":"a","fields":[{"type":"int"}]}'],
    ['a record without a name', '{"type":"record","fields":[]}'],
    ['symbols that are no texts', '{"type":"enum","name":"a","symbols":[1]}'],
    ['a negative size', '{"type":"fixed","name":"a","size":-1}'],
    ['nested without end', JSON.stringify(deep)],
    ['too many types', JSON.stringify(new Array(30_000).fill('null'))],
  ])('%s', (_name, text) => expect(() => compileAvro(text, [])).toThrow(UnusableSchemaError))

  test('any JSON is a schema or is not, and never throws otherwise', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        try {
          compileAvro(text, [])
        } catch (error) {
          expect(error).toBeInstanceOf(UnusableSchemaError)
        }
      }),
    )
  })
})
