import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyGlobMatcher } from '../../lib/glob.ts'

const MEANINGS = new Map([
  ['*', '.*'],
  ['?', '.'],
  ['.', '\\.'],
])

test.each([
  ['*', '', true],
  ['*', 'anything', true],
  ['', '', true],
  ['', 'a', false],
  ['pay.*', 'pay.cards', true],
  ['pay.*', 'pay.', true],
  ['pay.*', 'payXcards', false],
  ['*.dlq', 'orders.dlq', true],
  ['*.dlq', 'orders.dlq.2', false],
  ['a*b*c', 'a1b2b3c', true],
  ['a*b*c', 'a1c2b', false],
  ['orders?', 'orders1', true],
  ['orders?', 'orders', false],
  ['%DLQ%*', '%DLQ%billing', true],
  ['%DLQ%*', 'xDLQxbilling', false],
  ['a+(b)[c]{1}^$|\\', 'a+(b)[c]{1}^$|\\', true],
  ['a.c', 'abc', false],
  ['a*', 'a\nb', true],
] as const)('%j and %j: %s', (pattern, text, expected) => {
  expect(anyGlobMatcher([pattern])(text)).toBe(expected)
})

test('one of several patterns is enough, none matches nothing', () => {
  expect(anyGlobMatcher(['a', 'b*'])('bc')).toBe(true)
  expect(anyGlobMatcher([])('')).toBe(false)
})

test('says what a regular expression of the same meaning says', () => {
  const characters = fc.constantFrom('a', 'b', '.', '%', '\n')
  const pattern = fc.array(fc.oneof(characters, fc.constantFrom('*', '?')), { maxLength: 8 })
  const text = fc.array(characters, { maxLength: 8 })
  fc.assert(
    fc.property(pattern, text, (parts, letters) => {
      const source = parts.map((part) => MEANINGS.get(part) ?? part).join('')
      const expected = new RegExp(`^${source}$`, 's').test(letters.join(''))
      expect(anyGlobMatcher([parts.join('')])(letters.join(''))).toBe(expected)
    }),
    { numRuns: 500 },
  )
})

test('a pattern of nothing but stars and letters ends soon, where backtracking would not', () => {
  expect(anyGlobMatcher([`${'*a'.repeat(120)}*b`])('a'.repeat(250))).toBe(false)
})
