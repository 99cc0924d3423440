import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseFilter } from '../../../lib/api/lists/filter.ts'
import type { ListDefinition } from '../../../lib/api/lists/list-fields.ts'
import { pageOf } from '../../../lib/api/lists/page.ts'

interface Row {
  name: string
  state: string | null
  lag: bigint | null
  seconds: number | null
  isOpen: boolean
  topics: string[]
}

const LIST: ListDefinition<Row> = {
  key: 'name',
  defaultSort: 'name',
  aliases: { backlog: ['lag'], any: ['state', 'topics'] },
  fields: {
    name: { type: 'text', get: (row) => row.name },
    state: { type: 'word', get: (row) => row.state },
    lag: { type: 'number', get: (row) => row.lag },
    seconds: { type: 'number', get: (row) => row.seconds },
    isOpen: { type: 'boolean', get: (row) => row.isOpen },
    topics: { type: 'text', get: (row) => row.topics },
  },
}

const row = (name: string, over: Partial<Row> = {}): Row => ({
  ...{ name, state: 'ok', lag: 0n, seconds: 0, isOpen: true, topics: [] },
  ...over,
})

const ROWS = [
  row('orders', { lag: 5000n, state: 'stalled', topics: ['pay', 'ship'] }),
  row('orders-retry', { lag: 10n, seconds: 1.5 }),
  row('%DLQ%billing', { lag: null, state: null, isOpen: false }),
  row('a:b', { lag: 1001n }),
]

describe('filter', () => {
  test.each([
    ['', ['orders', 'orders-retry', '%DLQ%billing', 'a:b']],
    ['ORD', ['orders', 'orders-retry']],
    ['name:orders state:stalled lag>1000', ['orders']],
    ['name=orders', ['orders']],
    ['name="orders"', ['orders']],
    ['%dlq%', ['%DLQ%billing']],
    ['a:b', ['a:b']],
    ['lag>1000', ['orders', 'a:b']],
    ['lag>=1001', ['orders', 'a:b']],
    ['lag<11', ['orders-retry']],
    ['lag<=10', ['orders-retry']],
    ['lag=10', ['orders-retry']],
    ['lag:10', ['orders-retry']],
    ['LAG>1000', ['orders', 'a:b']],
    ['backlog>1000', ['orders', 'a:b']],
    ['seconds>1', ['orders-retry']],
    ['lag:unknown', ['%DLQ%billing']],
    ['state:unknown', ['%DLQ%billing']],
    ['state:stall', []],
    ['-state:stalled', ['orders-retry', '%DLQ%billing', 'a:b']],
    ['-orders', ['%DLQ%billing', 'a:b']],
    ['isOpen:false', ['%DLQ%billing']],
    ['topics:shi', ['orders']],
    ['any:stalled', ['orders']],
    ['any:pay', ['orders']],
    ['lag>many', []],
    ['nothing:here', []],
    ['"orders-" retry', ['orders-retry']],
  ])('%s', (text, expected) => {
    const filter = parseFilter(text, LIST)
    expect(ROWS.filter((item) => filter?.(item) ?? true).map((item) => item.name)).toEqual(expected)
  })

  test('any text is a filter and never an error', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        const filter = parseFilter(text, LIST)
        for (const item of ROWS) filter?.(item)
      }),
    )
  })
})

const rowsOf = fc.uniqueArray(
  fc.record({
    name: fc.string({ minLength: 1, maxLength: 4 }),
    state: fc.option(fc.constantFrom('ok', 'stalled')),
    lag: fc.option(fc.bigInt({ min: -5n, max: 2n ** 60n })),
    seconds: fc.option(fc.integer({ min: 0, max: 3 })),
    isOpen: fc.boolean(),
    topics: fc.constant<string[]>([]),
  }),
  { selector: (item) => item.name, maxLength: 40 },
)
const sortOf = fc.constantFrom('name', '-name', 'lag', '-lag', 'seconds', '-seconds', 'state', '-isOpen')

function walk(pages: (page: number) => readonly Row[], sort: string, limit: number): string[] {
  const seen: string[] = []
  let cursor: string | undefined
  for (let page = 0; page < 1000; page += 1) {
    const answer = pageOf(pages(page), LIST, { limit, sort, cursor, q: undefined })
    seen.push(...answer.rows.map((item) => item.name))
    if (answer.nextCursor === null) return seen
    cursor = answer.nextCursor
  }
  throw new Error('the pages never end')
}

describe('pages', () => {
  test('together hold every row once, in the order asked for, unknown last', () => {
    fc.assert(
      fc.property(rowsOf, sortOf, fc.integer({ min: 1, max: 7 }), (rows, sort, limit) => {
        const seen = walk(() => rows, sort, limit)
        expect([...seen].sort()).toEqual(rows.map((item) => item.name).sort())
        const byName = new Map(rows.map((item) => [item.name, item]))
        const field = sort.replace('-', '') as 'lag'
        const values = seen.map((name) => byName.get(name)?.[field] ?? null)
        const known = values.filter((value) => value !== null)
        expect(values.slice(known.length).every((value) => value === null)).toBe(true)
        for (let i = 1; i < known.length; i += 1) {
          const [left, right] = [known[i - 1] as bigint, known[i] as bigint]
          expect(sort.startsWith('-') ? left >= right : left <= right).toBe(true)
        }
      }),
    )
  })

  test('rows that stay are neither left out nor repeated while others come and go', () => {
    fc.assert(
      fc.property(rowsOf, rowsOf, sortOf, fc.integer({ min: 1, max: 5 }), (before, extra, sort, limit) => {
        const stay = before.filter((_, index) => index % 2 === 0)
        const names = new Set(before.map((item) => item.name))
        const after = [...stay, ...extra.filter((item) => !names.has(item.name))]
        const seen = walk((page) => (page === 0 ? before : after), sort, limit)
        const count = (name: string): number => seen.filter((other) => other === name).length
        for (const item of stay) expect(count(item.name)).toBe(1)
      }),
    )
  })

  test('total counts what matches, and the last page says that it is the last', () => {
    const answer = pageOf(ROWS, LIST, { limit: 2, q: 'orders', sort: undefined, cursor: undefined })
    expect(answer).toMatchObject({ total: 2, nextCursor: null })
  })

  test.each([
    ['an unknown field', { sort: 'nope' }],
    ['an inherited name', { sort: 'constructor' }],
    ['a cursor that is none', { cursor: 'AAAA' }],
    ['a cursor of another order', { cursor: Buffer.from('["-lag",null,"a"]').toString('base64url') }],
  ])('%s is refused', (_name, query) => {
    expect(() => pageOf(ROWS, LIST, { limit: 2, q: undefined, sort: undefined, cursor: undefined, ...query })).toThrow(
      expect.objectContaining({ code: 'bad_request' }),
    )
  })
})
