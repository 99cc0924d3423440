import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseJson, toPlain, writeJson } from '../../../lib/payload/json-tree.ts'
import { UnreadableError } from '../../../lib/payload/limits.ts'

function reasonOf(text: string): string | null {
  try {
    parseJson(text)
    return null
  } catch (error) {
    if (error instanceof UnreadableError) return error.reason
    throw error
  }
}

describe('what is JSON', () => {
  test('every JSON value is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fc.nat(3), (text, indent) => {
        const pretty = JSON.stringify(JSON.parse(text), null, indent)
        expect(JSON.stringify(toPlain(parseJson(pretty)).json)).toBe(JSON.stringify(JSON.parse(text)))
      }),
    )
  })

  test('anything else is refused where JSON.parse refuses it, and never throws otherwise', () => {
    const parts = [
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      '\\u00',
      'e',
      '1',
      '-',
      '.',
      '0',
      'true',
      'nul',
      ' ',
      '\n',
      'é',
    ]
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...parts)), (list) => {
        const text = list.join('')
        let isJson = true
        try {
          JSON.parse(text)
        } catch {
          isJson = false
        }
        expect(reasonOf(text)).toBe(isJson ? null : 'malformed')
      }),
      { numRuns: 2_000 },
    )
  })

  test.each([
    '',
    ' ',
    '{"a":1}x',
    '{"a":1,}',
    '[1,]',
    '01',
    '+1',
    '.5',
    '1.',
    "{'a':1}",
    '\ufeff{}',
    '"\t"',
    '{"a"}',
    'NaN',
  ])('refused: %j', (text) => expect(reasonOf(text)).toBe('malformed'))

  test('nesting beyond the limit is told apart from what is no JSON', () => {
    expect(reasonOf('['.repeat(100) + ']'.repeat(100))).toBeNull()
    expect(reasonOf('['.repeat(101) + ']'.repeat(101))).toBe('tooComplex')
    expect(reasonOf('['.repeat(500_000))).toBe('tooComplex')
  })

  test('too many values are refused', () => {
    expect(reasonOf(`[${'1,'.repeat(300_000)}1]`)).toBe('tooComplex')
  })
})

describe('numbers', () => {
  test.each([
    ['0', 0],
    ['-0.0', -0],
    ['1.50', 1.5],
    ['1e3', 1000],
    ['0.1', 0.1],
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992],
    ['1.7976931348623157e308', Number.MAX_VALUE],
  ])('%s is exact as a number', (text, value) => {
    expect(toPlain(parseJson(text))).toEqual({ json: value, numbersAsText: [] })
  })

  test.each([
    '9007199254740993',
    '-12345678901234567890',
    '18446744073709551615',
    '0.1000000000000000055',
    '1e400',
    '1e-400',
    '123456789012345678901234567890.5',
    '1e99999999999999999999',
  ])('%s would be rounded, so it is text', (text) => {
    expect(toPlain(parseJson(`{"a":[${text}]}`))).toEqual({ json: { a: [text] }, numbersAsText: ['$.a[0]'] })
  })

  test('text keeps every digit', () => {
    expect(writeJson(parseJson('{"a": 1.10, "b": 12345678901234567890}'))).toBe('{"a":1.10,"b":12345678901234567890}')
  })

  test('a megabyte of digits is no work', () => {
    const digits = '9'.repeat(1_000_000)
    expect(toPlain(parseJson(`[${digits}]`)).json).toEqual([digits])
  })
})

describe('names', () => {
  test('of two members with one name, both are kept, and the last one is shown', () => {
    const node = parseJson('{"a":1,"a":2}')
    expect(writeJson(node)).toBe('{"a":1,"a":2}')
    expect(toPlain(node).json).toEqual({ a: 2 })
  })

  test('a name that means something to JavaScript is a name', () => {
    const { json } = toPlain(parseJson('{"__proto__":{"admin":true},"constructor":1}'))
    expect(JSON.stringify(json)).toBe('{"__proto__":{"admin":true},"constructor":1}')
    expect(({} as { admin?: unknown }).admin).toBeUndefined()
    expect((json as { admin?: unknown }).admin).toBeUndefined()
  })
})
