import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  formatJson,
  headerText,
  hexRow,
  oneLine,
  payloadText,
  rawBytes,
  textLines,
  visibleText,
} from '../../../lib/client/payload.ts'

describe('formatJson', () => {
  it.each([
    ['an object', '{"a":1,"b":[true,null]}', '{\n  "a": 1,\n  "b": [\n    true,\n    null\n  ]\n}'],
    ['what is empty stays on its line', '{"a":{ },"b":[ ]}', '{\n  "a": {},\n  "b": []\n}'],
    ['numbers keep their digits', '{"id":9007199254740993,"x":1e2}', '{\n  "id": 9007199254740993,\n  "x": 1e2\n}'],
    ['text inside stays as it is', '["a, [ ] {  }: \\" b"]', '[\n  "a, [ ] {  }: \\" b"\n]'],
    ['a name that comes twice is shown twice', '{"a":1,"a":2}', '{\n  "a": 1,\n  "a": 2\n}'],
    ['a lone number is no container', '12', null],
    ['what is cut', '{"a":1', null],
    ['no JSON', '{a}', null],
  ])('%s', (_name, text, formatted) => {
    expect(formatJson(text)).toBe(formatted)
  })

  it('never changes what is said', () => {
    fc.assert(
      fc.property(fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue())), (value) => {
        expect(JSON.parse(formatJson(JSON.stringify(value)) ?? 'null')).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it('does not grow with the square of the depth', () => {
    const deep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`
    expect(formatJson(deep)?.length).toBeLessThan(1_000_000)
  })
})

describe('text', () => {
  it('shows what would hide, or turn the text around', () => {
    expect(visibleText('a\u0000b\u202ec\u200bd\te\nf')).toBe('a\\u0000b\\u202ec\\u200bd\te\nf')
    expect(visibleText('\u{e0041}')).toBe('\\u{e0041}')
  })

  it('is cut at a length, never inside a letter', () => {
    expect(oneLine('a  b\nc', 10)).toBe('a b c')
    expect(oneLine('abcdef', 3)).toBe('abc…')
    const lines = textLines(`${'x'.repeat(399)}😀${'y'.repeat(500)}`)
    expect(lines.join('')).toBe(`${'x'.repeat(399)}😀${'y'.repeat(500)}`)
    expect(lines[0]?.endsWith('😀')).toBe(true)
  })

  it('keeps its line ends apart, of whichever system', () => {
    expect(textLines('a\r\nb\n\nc')).toEqual(['a', 'b', '', 'c'])
  })
})

describe('bytes', () => {
  const binary = { encoding: 'base64', data: Buffer.from([0x41, 0xff, 0x00, 0x7a]).toString('base64') } as const

  it('are the same in both encodings', () => {
    expect([...rawBytes(binary)]).toEqual([0x41, 0xff, 0x00, 0x7a])
    expect([...rawBytes({ encoding: 'utf8', data: 'é' })]).toEqual([0xc3, 0xa9])
    expect(payloadText(binary)).toBe('A\ufffd\u0000z')
  })

  it('are shown in rows of sixteen', () => {
    expect(hexRow(rawBytes(binary), 0)).toEqual({ offset: 0, hex: '41 ff 00 7a', text: 'A..z' })
    const long = Uint8Array.from({ length: 20 }, (_, index) => index + 0x41)
    expect(hexRow(long, 1)).toEqual({ offset: 16, hex: '51 52 53 54', text: 'QRST' })
  })
})

describe('the value of a header', () => {
  const value = (bytes: readonly number[], data?: string) => ({
    ...{ encoding: data === undefined ? ('base64' as const) : ('utf8' as const), sizeBytes: bytes.length },
    ...{ data: data ?? Buffer.from(bytes).toString('base64'), truncated: false, decoded: null, decodeFault: null },
    masking: 'none' as const,
  })

  it.each([
    ['text', value([], 'payments'), { text: 'payments', isHex: false, number: null, isCut: false }],
    [
      'a number that is valid UTF-8',
      value([0, 0, 0, 2], '\0\0\0\u0002'),
      { text: '00 00 00 02', isHex: true, number: '2' },
    ],
    ['a negative number', value([255, 255, 255, 255, 255, 255, 255, 254]), { isHex: true, number: '-2' }],
    ['long text', value([], 'x'.repeat(500)), { isCut: true }],
    ['many bytes', value(Array.from({ length: 40 }, () => 200)), { isHex: true, number: null, isCut: true }],
  ])('%s', (_name, header, expected) => {
    expect(headerText(header)).toMatchObject(expected)
  })
})
