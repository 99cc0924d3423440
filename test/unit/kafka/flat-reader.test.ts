/** The quick reader must read what the client's own reads, whatever the answer and however it arrived. */
import { Reader, Writer } from '@platformatic/kafka'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { flat, remembered } from '../../../lib/kafka/flat-reader.ts'

type Field =
  | { type: 'int8' | 'int16' | 'int32' | 'varint'; value: number }
  | { type: 'int64'; value: bigint }
  | { type: 'boolean'; value: boolean }
  | { type: 'string' | 'oldString' | 'uuid'; value: string }
  | { type: 'nothing'; value: null }
  | { type: 'numbers'; value: number[] }

const int = (bits: number) => fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 })

const field: fc.Arbitrary<Field> = fc.oneof(
  fc.record({ type: fc.constant('int8' as const), value: int(8) }),
  fc.record({ type: fc.constant('int16' as const), value: int(16) }),
  fc.record({ type: fc.constant('int32' as const), value: int(32) }),
  fc.record({ type: fc.constant('varint' as const), value: fc.nat(2 ** 31 - 1) }),
  fc.record({ type: fc.constant('int64' as const), value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) }),
  fc.record({ type: fc.constant('boolean' as const), value: fc.boolean() }),
  fc.record({ type: fc.constant('string' as const), value: fc.string({ unit: 'grapheme', maxLength: 300 }) }),
  fc.record({ type: fc.constant('oldString' as const), value: fc.string({ maxLength: 20 }) }),
  fc.record({ type: fc.constant('uuid' as const), value: fc.uuid() }),
  fc.record({ type: fc.constant('nothing' as const), value: fc.constant(null) }),
  fc.record({ type: fc.constant('numbers' as const), value: fc.array(int(32), { maxLength: 5 }) }),
)

const WRITERS: { [Type in Field['type']]: (writer: Writer, value: never) => Writer } = {
  int8: (writer, value) => writer.appendInt8(value),
  int16: (writer, value) => writer.appendInt16(value),
  int32: (writer, value) => writer.appendInt32(value),
  varint: (writer, value) => writer.appendUnsignedVarInt(value),
  int64: (writer, value) => writer.appendInt64(value),
  boolean: (writer, value) => writer.appendBoolean(value),
  string: (writer, value) => writer.appendString(value),
  oldString: (writer, value) => writer.appendString(value, false),
  uuid: (writer, value) => writer.appendUUID(value),
  nothing: (writer, value) => writer.appendString(value),
  numbers: (writer, value) => writer.appendArray(value as number[], (inner, one) => inner.appendInt32(one)),
}

const READERS: { [Type in Field['type']]: (reader: Reader) => unknown } = {
  int8: (reader) => reader.readInt8(),
  int16: (reader) => reader.readInt16(),
  int32: (reader) => reader.readInt32(),
  varint: (reader) => reader.readUnsignedVarInt(),
  int64: (reader) => reader.readInt64(),
  boolean: (reader) => reader.readBoolean(),
  string: (reader) => reader.readString(),
  oldString: (reader) => reader.readString(false),
  uuid: (reader) => reader.readUUID(),
  nothing: (reader) => reader.readNullableString(),
  numbers: (reader) => reader.readArray((inner) => inner.readInt32()),
}

function write(fields: readonly Field[]): Writer {
  const writer = Writer.create()
  for (const { type, value } of fields) WRITERS[type](writer, value as never)
  return writer.appendTaggedFields()
}

function read(fields: readonly Field[], reader: Reader): unknown[] {
  const values = fields.map(({ type }) => READERS[type](reader))
  reader.readTaggedFields()
  return [...values, reader.position]
}

/** As an answer lies in memory that arrived in several pieces, behind what was read of it already. */
function inPieces(bytes: Buffer, pieceBytes: number): Reader {
  const reader = Reader.from(Buffer.from([1, 2, 3]))
  for (let at = 0; at < bytes.length; at += pieceBytes) reader.buffer.append(bytes.subarray(at, at + pieceBytes))
  return new Reader(reader.buffer.subarray(3))
}

describe('the quick reader of answers', () => {
  it('reads what the client’s own reader reads', () => {
    fc.assert(
      fc.property(fc.array(field, { maxLength: 30 }), fc.integer({ min: 1, max: 64 }), (fields, pieceBytes) => {
        const bytes = write(fields).buffer
        const plain = read(fields, inPieces(bytes, pieceBytes))
        const quick = flat((_id, _key, _version, reader) => read(fields, reader))(0, 0, 0, inPieces(bytes, pieceBytes))
        expect(quick).toEqual(plain)
        expect(quick.slice(0, -1)).toEqual(fields.map(({ value }) => value))
      }),
    )
  })

  it('refuses an answer that ends too early', () => {
    fc.assert(
      fc.property(fc.array(field, { minLength: 1, maxLength: 8 }), fc.nat(), (fields, cut) => {
        const bytes = write(fields).buffer
        const short = bytes.subarray(0, cut % bytes.length)
        const parse = flat((_id, _key, _version, reader) => read(fields, reader))
        expect(() => parse(0, 0, 0, Reader.from(short))).toThrow()
      }),
    )
  })
})

describe('an answer that is the same as before', () => {
  const parse = remembered((_id, _key, _version, reader) => ({ numbers: reader.readArray((r) => r.readInt32()) }))
  const told = (first: number[], skipped = 0): Reader => {
    // Small answers are not worth remembering.
    const numbers = [...first, ...new Array<number>(300).fill(7)]
    const bytes = Writer.create().appendArray(numbers, (writer, one) => writer.appendInt32(one)).buffer
    const reader = Reader.from(Buffer.concat([Buffer.alloc(skipped), bytes]))
    return reader.skip(skipped)
  }

  it('is the very object that was made of it, until something differs', () => {
    const first = parse(1, 0, 0, told([1, 2, 3]))
    const other = parse(2, 0, 0, told([1, 2, 4]))
    expect(parse(3, 0, 0, told([1, 2, 3], 9))).toBe(first)
    expect([first, other].map(({ numbers }) => numbers.slice(0, 3))).toEqual([
      [1, 2, 3],
      [1, 2, 4],
    ])
  })

  it('does not hang on the memory that it was received in', () => {
    const reader = told([7])
    const first = parse(1, 0, 0, reader)
    reader.buffer.buffers[0]?.fill(0)
    expect(parse(2, 0, 0, told([7]))).toBe(first)
  })
})
