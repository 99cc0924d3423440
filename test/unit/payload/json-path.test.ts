import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type JsonPath, parseJsonPath, selectAtPath } from '../../../lib/payload/json-path.ts'

const ORDER = {
  id: 7,
  name: 'top',
  'a b': { "it's": 1 },
  card: { number: '4111', names: ['x', 'y'] },
  items: [
    { name: 'one', sub: { name: 'two' } },
    { name: 'three', tags: [1, 2] },
  ],
}

function select(text: string): unknown[] {
  return selectAtPath(ORDER, parseJsonPath(text) as JsonPath)
}

test.each<[string, unknown[]]>([
  ['$', [ORDER]],
  ['$.id', [7]],
  ['$.card.number', ['4111']],
  ['$["card"]["number"]', ['4111']],
  ["$['card'].number", ['4111']],
  ['$["a b"]["it\'s"]', [1]],
  ["$['a b']['it\\'s']", [1]],
  ['$["c\\u0061rd"].number', ['4111']],
  ['$.items[0].name', ['one']],
  ['$.items[*].name', ['one', 'three']],
  ['$.items[1].tags[*]', [1, 2]],
  ['$..name', ['top', 'one', 'two', 'three']],
  ['$.items..name', ['one', 'two', 'three']],
  ['$.card.*', ['4111', ['x', 'y']]],
  ['$..names[1]', ['y']],
  ['$..[1]', ['y', ORDER.items[1], 2]],
  ['$.items.name', []],
  ['$.Card.number', []],
  ['$.items[9]', []],
  ['$.id.x', []],
  ['$.length', []],
  ['$.items.length', []],
  ['$.constructor', []],
])('%s', (text, expected) => expect(select(text)).toEqual(expected))

test.each([
  '',
  'a',
  '.a',
  '$a',
  '$.',
  '$..',
  '$.a.',
  '$.[0]',
  '$.a[',
  '$.a[]',
  '$.a[-1]',
  '$[?(@.x)]',
  '$.a b',
  '$[(1)]',
  "$['a]",
  '$.a,b',
  '$["\\x"]',
  `$${'.a'.repeat(33)}`,
  `$.${'a'.repeat(1_001)}`,
])('no path: %j', (text) => expect(parseJsonPath(text)).toBeNull())

describe('cost', () => {
  test('any text is a path or not, without throwing', () => {
    const parts = ['$', '.', '..', '[', ']', '*', "'", '"', '\\', 'a', '0', '?', '(', '@', ' ', '\\u']
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...parts)), (list) => {
        const path = parseJsonPath(`$${list.join('')}`)
        if (path !== null) selectAtPath(ORDER, path)
      }),
      { numRuns: 5_000 },
    )
  })

  test('a path of many deep steps costs no more than steps times values', () => {
    let value: unknown = 'leaf'
    for (let depth = 0; depth < 90; depth += 1) value = { a: value, b: 1 }
    const path = parseJsonPath(`$${'..*'.repeat(32)}`) as JsonPath
    expect(selectAtPath(value, path).length).toBeGreaterThan(50)
  })
})
