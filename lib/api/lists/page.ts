/** One page of a list. Sorted orders are kept as long as the rows they were made from. */
import type { ListQuery } from '../schemas/common.ts'
import { formatCursor, parseCursor } from './cursor.ts'
import { parseFilter } from './filter.ts'
import type { ListDefinition } from './list-fields.ts'
import { type Order, type Place, parseSort } from './sort.ts'

export interface Page<Row> {
  rows: Row[]
  nextCursor: string | null
  /** Rows that match, on all pages. */
  total: number
}

interface SortedRow<Row> {
  row: Row
  place: Place
}

/** A poll brings new rows, and the orders of the old ones are then collected with them. */
const sortedOrders = new WeakMap<object, Map<string, SortedRow<never>[]>>()
const MAX_KEPT_ORDERS = 8

/** @throws HoldfastError `bad_request` for an unknown sort field or a foreign cursor */
export function pageOf<Row>(
  rows: readonly Row[],
  definition: ListDefinition<Row>,
  query: Pick<ListQuery, 'limit' | 'cursor' | 'q' | 'sort'>,
): Page<Row> {
  const order = parseSort(query.sort, definition)
  const filter = query.q ? parseFilter(query.q, definition) : null
  const sorted = sortedRows(rows, order)
  const matching = filter === null ? sorted : sorted.filter(({ row }) => filter(row))
  const start = query.cursor ? firstAfter(matching, parseCursor(query.cursor, order.text), order) : 0
  const page = matching.slice(start, start + query.limit)
  const last = page.at(-1)
  const hasMore = last !== undefined && start + page.length < matching.length
  return {
    rows: page.map(({ row }) => row),
    nextCursor: hasMore ? formatCursor(order.text, last.place) : null,
    total: matching.length,
  }
}

function sortedRows<Row>(rows: readonly Row[], order: Order<Row>): SortedRow<Row>[] {
  const kept = (sortedOrders.get(rows) ?? new Map()) as Map<string, SortedRow<Row>[]>
  const known = kept.get(order.text)
  if (known !== undefined) return known
  const sorted = rows.map((row) => ({ row, place: order.placeOf(row) }))
  sorted.sort((left, right) => order.compare(left.place, right.place))
  if (kept.size >= MAX_KEPT_ORDERS) kept.delete(kept.keys().next().value ?? '')
  kept.set(order.text, sorted)
  sortedOrders.set(rows, kept as Map<string, SortedRow<never>[]>)
  return sorted
}

/** Index of the first row after the place, by halving. */
function firstAfter<Row>(rows: readonly SortedRow<Row>[], place: Place, order: Order<Row>): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const row = rows[middle]
    if (row !== undefined && order.compare(row.place, place) > 0) high = middle
    else low = middle + 1
  }
  return low
}
