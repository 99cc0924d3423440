import { describe, expect, it } from 'vitest'
import {
  compareValues,
  type DataColumn,
  matchesText,
  nextSort,
  parseOrder,
} from '../../../components/ui/data-table-model.ts'
import { parseHiddenColumns } from '../../../lib/client/table-view.ts'

interface Row {
  name: string
}

const columns: DataColumn<Row>[] = [
  { id: 'name', header: 'Name', sortKey: 'name', cell: (row) => row.name },
  { id: 'lag', header: 'Lag', sortKey: 'lagMessages', align: 'end', cell: () => null },
  { id: 'action', header: 'Action', cell: () => null },
]
const [name, lag] = columns as [DataColumn<Row>, DataColumn<Row>]

describe('the order of a table', () => {
  it.each([
    ['name', { column: 'name', isDescending: false }],
    ['-lagMessages', { column: 'lag', isDescending: true }],
    ['-action', null],
    ['', null],
  ])('%s', (sort, order) => {
    expect(parseOrder(sort, columns)).toEqual(order)
  })

  it('starts numbers at the largest and names at A, and turns round at the second click', () => {
    expect(nextSort({ sort: '' }, lag)).toBe('-lagMessages')
    expect(nextSort({ sort: '-lagMessages' }, lag)).toBe('lagMessages')
    expect(nextSort({ sort: '-lagMessages' }, name)).toBe('name')
    expect(nextSort({ sort: 'name' }, name)).toBe('-name')
  })

  it('counts in names', () => {
    expect(['broker 10', 'broker 2'].sort(compareValues)).toEqual(['broker 2', 'broker 10'])
    expect(compareValues(2, 10)).toBeLessThan(0)
  })
})

describe('the filter of whole rows', () => {
  it.each([
    ['kafka-1 eu-1a broker', 'EU broker', true],
    ['kafka-1 eu-1a broker', 'eu-2', false],
    ['anything', ' ', true],
  ])('%s against %s', (text, q, isMatch) => {
    expect(matchesText(text, q)).toBe(isMatch)
  })
})

describe('hidden columns', () => {
  it.each([
    [null, null],
    ['', []],
    ['a,b,', ['a', 'b']],
  ])('%s', (kept, ids) => {
    const hidden = parseHiddenColumns(kept)
    expect(hidden === null ? null : [...hidden]).toEqual(ids)
  })
})
