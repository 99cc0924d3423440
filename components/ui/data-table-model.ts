import {
  type ColumnDef,
  columnVisibilityFeature,
  createSortedRowModel,
  rowSortingFeature,
  type SortFn,
  tableFeatures,
} from '@tanstack/react-table'
import type { ReactNode } from 'react'
import type { TableView } from '../../lib/client/table-view.ts'

export type SortValue = string | number | boolean | null | undefined

/** One column, described once for the table on a wide screen and for the card on a narrow one. */
export interface DataColumn<Row> {
  id: string
  header: string
  /** Explains the header on hover: the unit, or how the number is made. */
  hint?: string
  cell(row: Row): ReactNode
  /** Stands before the header, such as a box that ticks all rows. */
  lead?: ReactNode
  /** Field that the list sorts by; columns without it (and without `sortValue`) cannot be sorted. */
  sortKey?: string
  /** Sorts rows that are all here. Null and undefined come last in both directions. */
  sortValue?(row: Row): SortValue
  align?: 'start' | 'end'
  /** 1 is always shown, 2 leaves narrow tables, 3 also middle ones and cards. */
  priority?: 1 | 2 | 3 | 4
  /** Takes the whole width of a card. */
  isWide?: boolean
  /** A class for the column, such as a width. */
  className?: string
  /** False: the reader cannot hide it. The first column never can be hidden. */
  canHide?: boolean
  hiddenAtFirst?: boolean
  /** A thin column of marks: its head stands upright. */
  isNarrow?: boolean
  /** Of rows as cards: false leaves this cell out. */
  inCard?(row: Row): boolean
}

export const FEATURES = tableFeatures({
  columnVisibilityFeature,
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: {},
})
export type Features = typeof FEATURES

const collator = new Intl.Collator(undefined, { numeric: true })

/** Ascending; `broker 2` before `broker 10`. */
export function compareValues(one: unknown, other: unknown): number {
  if (typeof one === 'string' && typeof other === 'string') return collator.compare(one, other)
  return Number(one) - Number(other)
}

export function toColumnDefs<Row extends object>(columns: readonly DataColumn<Row>[]): ColumnDef<Features, Row>[] {
  const byValue: SortFn<Features, Row> = (one, other, id) => compareValues(one.getValue(id), other.getValue(id))
  return columns.map((column) => ({
    id: column.id,
    header: column.header,
    accessorFn: (row: Row) => column.sortValue?.(row) ?? undefined,
    enableSorting: column.sortKey !== undefined || column.sortValue !== undefined,
    sortFn: byValue,
    sortUndefined: 'last' as const,
  }))
}

export interface Order {
  column: string
  isDescending: boolean
}

/** The column a sort text such as `-lagMessages` means; null when no column has that key. */
export function parseOrder<Row>(sort: string, columns: readonly DataColumn<Row>[]): Order | null {
  const isDescending = sort.startsWith('-')
  const key = isDescending ? sort.slice(1) : sort
  const column = columns.find((candidate) => sortKeyOf(candidate) === key)
  return column === undefined ? null : { column: column.id, isDescending }
}

export function sortKeyOf<Row>(column: DataColumn<Row>): string | null {
  return column.sortKey ?? (column.sortValue === undefined ? null : column.id)
}

/** Numbers are most often wanted largest first, names from A. A second click turns the order round. */
export function nextSort<Row>(view: Pick<TableView, 'sort'>, column: DataColumn<Row>): string {
  const key = sortKeyOf(column) ?? ''
  const first = column.align === 'end' ? `-${key}` : key
  const second = column.align === 'end' ? key : `-${key}`
  return view.sort === first ? second : first
}

/** Every word must occur somewhere in the row's text. */
export function matchesText(text: string, q: string): boolean {
  const haystack = text.toLowerCase()
  return q
    .toLowerCase()
    .split(/\s+/)
    .every((word) => haystack.includes(word))
}

export const PRIORITY_CLASS: Record<1 | 2 | 3 | 4, string> = {
  1: '',
  2: 'sm:max-xl:hidden',
  3: 'max-xl:hidden',
  4: 'max-[88rem]:hidden',
}

/** Said outright, because as cards on narrow screens the elements lose the roles that some browsers give a table. */
export const ROLES = {
  table: { role: 'table' },
  rowgroup: { role: 'rowgroup' },
  row: { role: 'row' },
  cell: { role: 'cell' },
  columnheader: { role: 'columnheader' },
} as const
