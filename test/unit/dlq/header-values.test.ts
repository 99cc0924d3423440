import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type NumberEncoding,
  type NumberKind,
  readJsonMember,
  readName,
  readNumber,
  readText,
  readTopic,
} from '../../../lib/dlq/header-values.ts'

const hex = (text: string): Buffer => Buffer.from(text, 'hex')
const text = (value: string): Buffer => Buffer.from(value)

describe('numbers', () => {
  it.each<[string, NumberEncoding, NumberKind, Buffer, bigint | null, string | null]>([
    ['partition 3 in bytes', 'bigEndian', 'partition', hex('00000003'), 3n, null],
    ['partition 3 in text', 'bigEndian', 'partition', hex('33'), 3n, 'otherEncoding'],
    ['partition 1234 in text, as long as in bytes', 'bigEndian', 'partition', text('1234'), 1_234n, 'otherEncoding'],
    ['offset 41 in bytes', 'bigEndian', 'offset', hex('0000000000000029'), 41n, null],
    ['offset 41 in text', 'bigEndian', 'offset', hex('3431'), 41n, 'otherEncoding'],
    ['offset of eight digits in text', 'bigEndian', 'offset', text('12345678'), 12_345_678n, 'otherEncoding'],
    ['time in eight bytes', 'bigEndian', 'timestamp', hex('0000018bcfe56800'), 1_700_000_000_000n, null],
    ['time in as few bytes as it needs', 'bigEndian', 'timestamp', hex('018bcfe56800'), 1_700_000_000_000n, null],
    ['time in seven bytes', 'bigEndian', 'timestamp', hex('00018bcfe56800'), 1_700_000_000_000n, null],
    ['time in 13 digits', 'bigEndian', 'timestamp', text('1700000000000'), 1_700_000_000_000n, 'otherEncoding'],
    ['time in 10 digits', 'bigEndian', 'timestamp', text('1700000000'), 1_700_000_000_000n, 'otherEncoding'],
    ['time in declared text', 'decimal', 'timestamp', text('1700000000000'), 1_700_000_000_000n, null],
    ['ten declared digits are milliseconds', 'decimal', 'timestamp', text('1700000000'), 1_700_000_000n, null],
    ['no time', 'bigEndian', 'timestamp', hex('ffffffffffffffff'), null, null],
    ['no time in one byte', 'bigEndian', 'timestamp', hex('ff'), null, null],
    ['no time in text', 'decimal', 'timestamp', text('-1'), null, null],
    ['attempts 2', 'bigEndian', 'attempts', hex('00000002'), 2n, null],
    ['attempts 2, the old form', 'bigEndian', 'attempts', hex('02'), 2n, null],
    ['attempts 200, the old form is unsigned', 'bigEndian', 'attempts', hex('c8'), 200n, null],
    ['attempts that could be text', 'bigEndian', 'attempts', text('3'), 51n, 'ambiguous'],
    ['greatest offset', 'bigEndian', 'offset', hex('001fffffffffffff'), 9_007_199_254_740_991n, null],
    ['greatest offset in text', 'decimal', 'offset', text('9007199254740991'), 9_007_199_254_740_991n, null],
    ['one more than that', 'decimal', 'offset', text('9007199254740992'), null, 'outOfRange'],
    ['eight letters as an offset', 'bigEndian', 'offset', text('ORDER-17'), null, 'outOfRange'],
    ['greatest INT64 as an offset', 'bigEndian', 'offset', hex('7fffffffffffffff'), null, 'outOfRange'],
    ['negative offset', 'bigEndian', 'offset', hex('fffffffffffffffe'), null, 'outOfRange'],
    ['negative partition', 'decimal', 'partition', text('-1'), null, 'outOfRange'],
    ['partition beyond INT32', 'decimal', 'partition', text('2147483648'), null, 'outOfRange'],
    ['time no Date can hold', 'bigEndian', 'timestamp', hex('7fffffffffffffff'), null, 'outOfRange'],
    ['time in microseconds', 'decimal', 'timestamp', text('1700000000000000'), null, 'outOfRange'],
    ['time before 1970', 'bigEndian', 'timestamp', hex('fffffffffffffffe'), null, 'outOfRange'],
    ['wrong length', 'bigEndian', 'partition', hex('000003'), null, 'undecodable'],
    ['nine bytes', 'bigEndian', 'timestamp', hex('000000018bcfe56800'), null, 'undecodable'],
    ['bytes where text is declared', 'decimal', 'partition', hex('00000003'), null, 'undecodable'],
    ['a sign alone', 'decimal', 'offset', text('-'), null, 'undecodable'],
    ['a plus', 'decimal', 'offset', text('+1'), null, 'undecodable'],
    ['a space', 'decimal', 'offset', text('1 '), null, 'undecodable'],
    ['hexadecimal text', 'decimal', 'offset', text('0x10'), null, 'undecodable'],
    ['other digits', 'decimal', 'offset', text('٣'), null, 'undecodable'],
    ['more digits than any number has', 'decimal', 'offset', text('0'.repeat(21)), null, 'undecodable'],
    ['nothing', 'decimal', 'offset', text(''), null, 'empty'],
    ['unknown, text', 'any', 'offset', text('41'), 41n, null],
    ['unknown, four bytes', 'any', 'offset', hex('00000029'), 41n, null],
    ['unknown, eight bytes', 'any', 'attempts', hex('0000000000000029'), 41n, null],
    ['unknown, other bytes', 'any', 'offset', hex('000029'), null, 'undecodable'],
  ])('%s', (_, encoding, kind, bytes, value, fault) => {
    expect(readNumber(bytes, encoding, kind)).toEqual({ value, fault })
  })

  it('reads what was written, in both encodings and every length', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 53n - 1n }), (value) => {
        const bytes = Buffer.alloc(8)
        bytes.writeBigInt64BE(value)
        const isText = /^\d{8}$/.test(bytes.toString('latin1'))
        if (!isText) expect(readNumber(bytes, 'bigEndian', 'offset')).toEqual({ value, fault: null })
        expect(readNumber(text(String(value)), 'decimal', 'offset')).toEqual({ value, fault: null })
      }),
    )
    fc.assert(
      fc.property(fc.bigInt({ min: 2n ** 31n, max: 253_402_300_799_999n }), (value) => {
        const plain = value.toString(16)
        const even = plain.length % 2 === 0 ? plain : `0${plain}`
        // Two's complement: a first bit that is set would make it negative.
        const shortest = hex(Number.parseInt(even.slice(0, 2), 16) > 127 ? `00${even}` : even)
        fc.pre(!/^\d+$/.test(shortest.toString('latin1')))
        expect(readNumber(shortest, 'bigEndian', 'timestamp')).toEqual({ value, fault: null })
      }),
    )
  })

  it('looks at its own part of a larger buffer', () => {
    const shared = new Uint8Array([9, 9, 0, 0, 0, 3, 9])
    expect(readNumber(shared.subarray(2, 6), 'bigEndian', 'partition').value).toBe(3n)
  })
})

describe('names', () => {
  it.each([
    ['plain', text('billing'), { value: 'billing', fault: null }],
    ['Chinese', text('计费'), { value: '计费', fault: null }],
    ['nothing', text(''), { value: null, fault: 'empty' }],
    ['no UTF-8', hex('ff'), { value: null, fault: 'notUtf8' }],
    ['cut in a character', text('计').subarray(0, 2), { value: null, fault: 'notUtf8' }],
    ['too long', text('x'.repeat(11)), { value: null, fault: 'tooLong' }],
  ])('%s', (_, bytes, reading) => expect(readName(bytes, 10)).toEqual(reading))

  it.each([
    ['orders.v1_eu-2', null],
    ['%RETRY%billing+orders', null],
    ['orders\n', 'illegalName'],
    ['orders evil', 'illegalName'],
    ['../orders', 'illegalName'],
    ['..', 'illegalName'],
    ['订单', 'illegalName'],
  ])('the topic %j: %s', (topic, fault) => {
    expect(readTopic(text(topic))).toEqual({ value: fault === null ? topic : null, fault })
  })

  it('a topic longer than any may be', () => {
    expect(readTopic(text('x'.repeat(255))).fault).toBeNull()
    expect(readTopic(text('x'.repeat(256)))).toEqual({ value: null, fault: 'tooLong' })
  })
})

describe('text', () => {
  it('is kept whole up to its bound', () => {
    expect(readText(text('x'.repeat(10)), 10)).toEqual({ value: 'x'.repeat(10), fault: null })
    expect(readText(text(''), 10)).toEqual({ value: '', fault: null })
  })

  it('keeps its two ends beyond that', () => {
    expect(readText(text(`${'a'.repeat(5)}${'-'.repeat(9)}${'z'.repeat(5)}`), 10)).toEqual({
      value: 'aaaaa\n…\nzzzzz',
      fault: 'shortened',
    })
  })

  it.each([8, 9, 10, 11, 12, 13, 14, 15])('cuts no character in two at %i bytes', (bound) => {
    const { value, fault } = readText(text('死信🙂é死信🙂é死信🙂é'), bound)
    expect(fault).toBe('shortened')
    expect(value).not.toContain('\ufffd')
    expect(value).toMatch(/^死.*\n…\n.*é$/u)
  })

  it('shows what is no UTF-8 in hexadecimal', () => {
    expect(readText(hex('c3 28'.replace(' ', '')), 10)).toEqual({ value: 'c328', fault: 'notUtf8' })
    expect(readText(Buffer.alloc(65, 0xff), 100)).toEqual({ value: `${'ff'.repeat(64)}…`, fault: 'notUtf8' })
    expect(readText(Buffer.alloc(1_000, 0xff), 100)).toEqual({ value: `${'ff'.repeat(64)}…`, fault: 'notUtf8' })
  })
})

describe('members of JSON', () => {
  it.each([
    ['{"top":"orders","att":2}', 'top', 'orders'],
    ['{"top":"orders","att":2}', 'att', '2'],
    ['{"att":2.5}', 'att', null],
    ['{"att":9007199254740993}', 'att', null],
    ['{"att":{}}', 'att', null],
    ['{}', 'toString', null],
    ['[]', 'length', null],
    ['null', 'att', null],
    ['{', 'att', null],
  ])('%s: %s is %s', (json, member, value) => {
    expect(readJsonMember(text(json), member).value?.toString() ?? null).toBe(value)
  })

  it('reads nothing from what is too long or too deep for a header', () => {
    const long = `{"att":1${' '.repeat(64 * 1_024)}}`
    expect(readJsonMember(text(long), 'att')).toEqual({ value: null, fault: 'undecodable' })
    expect(readJsonMember(text('['.repeat(60_000)), 'att')).toEqual({ value: null, fault: 'undecodable' })
  })
})
