import fc from 'fast-check'
import protobuf from 'protobufjs'
import { describe, expect, test } from 'vitest'
import { compileProtobuf } from '../../../lib/payload/compile-protobuf.ts'
import { toPlain } from '../../../lib/payload/json-tree.ts'
import { UnreadableError } from '../../../lib/payload/limits.ts'
import { parseProtobuf } from '../../../lib/payload/protobuf-parser.ts'
import { readProtobuf } from '../../../lib/payload/protobuf-reader.ts'
import { messageAt } from '../../../lib/payload/protobuf-schema.ts'
import { UnusableSchemaError } from '../../../lib/payload/unusable-schema.ts'

const ORDER = `syntax = "proto3";
package shop;
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
message Unused { string nothing = 1; }
message Order {
  enum State { NEW = 0; DONE = 1; }
  message Line { string name = 1; int32 count = 2; message Deep { bool x = 1; } }
  int64 order_id = 1;
  string note = 2;
  double amount = 3;
  float ratio = 4;
  bool paid = 5;
  State state = 6;
  repeated Line lines = 7;
  repeated sint32 numbers = 8;
  map<string, int64> counts = 9;
  bytes raw = 10;
  google.protobuf.Timestamp at = 11;
  google.protobuf.StringValue maybe = 12;
  fixed64 big = 13;
  sfixed32 small = 14;
  uint64 most = 15;
  oneof choice { string left = 16; uint32 right = 17; }
  Order parent = 18;
  repeated State states = 19;
  sint64 far = 20;
}
`

const type = protobuf.parse(ORDER, new protobuf.Root(), { keepCase: true }).root
type.addJSON(protobuf.common.get('google/protobuf/timestamp.proto')?.nested ?? {})
type.addJSON(protobuf.common.get('google/protobuf/wrappers.proto')?.nested ?? {})
const Order = type.lookupType('shop.Order')

function encode(value: object): Uint8Array {
  return Order.encode(Order.fromObject(value)).finish()
}

const FULL = encode({
  order_id: '9223372036854775807',
  note: 'café',
  amount: 1.5,
  ratio: 0.1,
  paid: true,
  state: 'DONE',
  lines: [{ name: 'a', count: -1 }, {}],
  numbers: [1, -2, 3],
  counts: { a: 1, b: -2 },
  raw: Buffer.from([1, 2, 255]),
  at: { seconds: 1_700_000_000, nanos: 5 },
  maybe: { value: 'x' },
  big: '18446744073709551615',
  small: -5,
  most: '18446744073709551615',
  right: 4_000_000_000,
  parent: { note: 'p' },
  states: ['NEW', 'DONE', 7],
  far: '-9223372036854775808',
})

function read(
  path: number[],
  bytes: Uint8Array,
  text = ORDER,
  references: string[] = [],
): { json: unknown; hasUnknown: boolean } {
  const schema = parseProtobuf(text, references)
  const message = messageAt(schema, path)
  if (message === null) throw new Error('no such message')
  const { value, hasUnknown } = readProtobuf(schema, message, bytes)
  return { json: toPlain(value).json, hasUnknown }
}

test('what protobufjs writes is read, every type', () => {
  expect(read([1], FULL)).toEqual({
    hasUnknown: false,
    json: {
      order_id: '9223372036854775807',
      note: 'café',
      amount: 1.5,
      ratio: 0.1,
      paid: true,
      state: 'DONE',
      lines: [{ name: 'a', count: -1 }, {}],
      numbers: [1, -2, 3],
      counts: { a: 1, b: -2 },
      raw: 'AQL/',
      at: '2023-11-14T22:13:20.000000005Z',
      maybe: 'x',
      big: '18446744073709551615',
      small: -5,
      most: '18446744073709551615',
      right: 4_000_000_000,
      parent: { note: 'p' },
      states: ['NEW', 'DONE', 7],
      far: '-9223372036854775808',
    },
  })
})

test('message indexes lead to nested messages, counted as they stand in the file', () => {
  const schema = parseProtobuf(ORDER, [])
  expect(messageAt(schema, [0])?.fullName).toBe('shop.Unused')
  expect(messageAt(schema, [1, 0])?.fullName).toBe('shop.Order.Line')
  expect(messageAt(schema, [1, 0, 0])?.fullName).toBe('shop.Order.Line.Deep')
  for (const path of [[2], [1, 1], [1, 0, 0, 0], []]) expect(messageAt(schema, path)).toBeNull()
})

test('imported files of the same package do not shift the count', () => {
  const common = 'syntax = "proto3"; package shop; message Common { string city = 1; }'
  const main = 'syntax = "proto3"; package shop; import "common.proto"; message Main { Common where = 1; }'
  expect(read([0], Buffer.from([10, 3, 10, 1, 0x61]), main, [common])).toEqual({
    json: { where: { city: 'a' } },
    hasUnknown: false,
  })
})

test('what the schema does not know is shown by its number', () => {
  const small = 'syntax = "proto3"; message Small { string note = 2; }'
  expect(read([0], Buffer.from([8, 7, 18, 1, 0x61, 26, 1, 0xff]), small)).toEqual({
    json: { '#1': 7, note: 'a', '#3': '/w==' },
    hasUnknown: true,
  })
})

test('a type whose file is missing leaves the other fields readable', () => {
  const text = 'syntax = "proto3"; import "lost.proto"; message M { lost.Type a = 1; string b = 2; }'
  expect(read([0], Buffer.from([10, 0, 18, 1, 0x62]), text)).toEqual({ json: { a: '', b: 'b' }, hasUnknown: true })
})

test('groups of old files are read', () => {
  const text =
    'syntax = "proto2"; message M { optional group Inner = 1 { optional int32 x = 2; } optional int32 y = 3; }'
  const { json } = read([0], Buffer.from([11, 16, 5, 12, 24, 6]), text)
  expect(JSON.stringify(json)).toContain('"x":5')
  expect(JSON.stringify(json)).toContain('"y":6')
})

describe('bytes that do not fit', () => {
  test.each<[string, number[]]>([
    ['a field number of 0', [0, 1]],
    ['a tag without a value', [8]],
    ['a text longer than the rest', [18, 200, 1]],
    ['a group that does not end', [11, 8, 1]],
    ['the end of a group that did not begin', [12]],
    ['a wire type that does not exist', [14]],
    ['text that is no UTF-8', [18, 1, 0xff]],
    ['a length of 64 bits', [18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]],
  ])('%s', (_name, bytes) => expect(() => read([1], Buffer.from(bytes))).toThrow(UnreadableError))

  test('nesting that takes two bytes a level ends', () => {
    let bytes = Buffer.alloc(0)
    for (let depth = 0; depth < 150; depth += 1) {
      const length = bytes.length
      bytes = Buffer.concat([
        Buffer.from(length < 128 ? [0x92, 1, length] : [0x92, 1, (length & 0x7f) | 0x80, length >> 7]),
        bytes,
      ])
    }
    expect(() => read([1], bytes)).toThrow(UnreadableError)
  })

  test('half a million packed numbers end early', () => {
    const packed = Buffer.alloc(500_000, 1)
    const bytes = Buffer.concat([Buffer.from([66, 0xa0, 0xc2, 0x1e]), packed])
    expect(() => read([1], bytes)).toThrow(UnreadableError)
  })

  test('any bytes are read or refused, and never anything else', () => {
    const schema = parseProtobuf(ORDER, [])
    const message = messageAt(schema, [1])
    if (message === null) throw new Error('no such message')
    const flipped = fc.tuple(fc.nat(FULL.length - 1), fc.nat(255)).map(([at, byte]) => {
      const bytes = Buffer.from(FULL)
      bytes[at] = byte
      return bytes
    })
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), flipped), (bytes) => {
        try {
          toPlain(readProtobuf(schema, message, bytes).value)
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableError)
        }
      }),
      { numRuns: 5_000 },
    )
  })
})

describe('schemas that cannot be used', () => {
  test.each<[string, string]>([
    ['no schema', 'this is no schema'],
    ['cut off', 'syntax = "proto3"; message A {'],
    ['nested without end', `syntax = "proto3"; ${'message A { '.repeat(5_000)}`],
    ['one name twice', 'syntax = "proto3"; message A {} message A {}'],
  ])('%s', (_name, text) => expect(compileProtobuf(text, [])).rejects.toThrow(UnusableSchemaError))

  test('one that would take minutes is given up', async () => {
    const numbers = Array.from({ length: 40_000 }, (_, index) => 100_000 + index)
    const fields = Array.from({ length: 15_000 }, (_, index) => `int32 f${index} = ${index + 1};`)
    const slow = `syntax = "proto3"; message A { reserved ${numbers}; ${fields.join('')} }`
    await expect(compileProtobuf(slow, [], 300)).rejects.toThrow(UnusableSchemaError)
  })

  test('a good one comes back from its thread as it was parsed there', async () => {
    expect(await compileProtobuf(ORDER, [])).toEqual(parseProtobuf(ORDER, []))
  })

  test('a chain of many messages is no deeper than any other schema', async () => {
    const messages = Array.from({ length: 2_000 }, (_, index) => `message M${index} { M${index + 1} next = 1; }`)
    const schema = await compileProtobuf(`syntax = "proto3"; ${messages.join('')} message M2000 {}`, [])
    expect(schema.top).toHaveLength(2_001)
  })

  test('names that mean something to JavaScript neither run nor change anything', async () => {
    const text = 'syntax = "proto3"; message constructor { string __proto__ = 1; string prototype = 2; }'
    try {
      await compileProtobuf(text, [])
    } catch (error) {
      expect(error).toBeInstanceOf(UnusableSchemaError)
    }
    expect(({} as Record<string, unknown>).prototype).toBeUndefined()
  })
})
