/** What a table asks for and shows: filter and order live in the address, the choice of columns in the browser. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { parseAsString, useQueryStates } from 'nuqs'
import { useCallback, useMemo, useSyncExternalStore } from 'react'
import type { ListInfiniteQuery, Page } from './queries/resource.ts'

export interface TableView {
  q: string
  /** A column's sort key, with a leading minus for descending; empty for the list's own order. */
  sort: string
  setQ(q: string): void
  setSort(sort: string): void
}

/** Of rows that come in one order only, and are not filtered by text. */
export const UNSORTED: TableView = { q: '', sort: '', setQ: () => undefined, setSort: () => undefined }

/** `prefix` keeps a second table of the same page apart in the address. */
export function useTableView(defaultSort = '', prefix = ''): TableView {
  const [state, setState] = useQueryStates(
    { q: parseAsString.withDefault(''), sort: parseAsString.withDefault(defaultSort) },
    { urlKeys: { q: `${prefix}q`, sort: `${prefix}sort` } },
  )
  return useMemo(
    () => ({
      ...state,
      setQ: (q) => void setState({ q: q === '' ? null : q }),
      setSort: (sort) => void setState({ sort }),
    }),
    [state, setState],
  )
}

/** Rows and how they come to be there: a list of the API, or an array that is already whole. */
export interface TableSource<Row> {
  rows: readonly Row[]
  /** Rows in all, also those not loaded yet. */
  total: number
  status: 'loading' | 'failed' | 'ready'
  error: unknown
  /** The rows are of the view before; the ones asked for are on their way. */
  isOutdated: boolean
  hasMore: boolean
  loadMore(): void
  retry(): void
  /** When the rows were true; null when unknown. */
  asOf: string | null
  /** Whether filter and order are applied by whoever hands out the rows. */
  isOrdered: boolean
}

function nothing(): void {
  // A whole array has no more to load and nothing to ask again.
}

/** @returns also the first page whole, of lists that answer more than rows */
export function useListSource<Row, P extends Page<Row> = Page<Row>>(
  query: ListInfiniteQuery<Row, P>,
): TableSource<Row> & { first: P | undefined } {
  const { data, error, isPlaceholderData, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } =
    useInfiniteQuery(query)
  const rows = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data])
  const first = data?.pages[0]
  return {
    rows,
    first,
    total: first?.total ?? rows.length,
    status: data !== undefined ? 'ready' : error !== null ? 'failed' : 'loading',
    error,
    isOutdated: isPlaceholderData,
    hasMore: hasNextPage,
    loadMore: () => {
      if (!isFetchingNextPage) void fetchNextPage()
    },
    retry: () => void refetch(),
    asOf: first?.asOf ?? null,
    isOrdered: true,
  }
}

/** Rows that are all here; the table itself filters and sorts them. */
export function wholeSource<Row>(rows: readonly Row[], asOf: string | null = null): TableSource<Row> {
  return {
    rows,
    total: rows.length,
    status: 'ready',
    error: null,
    isOutdated: false,
    hasMore: false,
    loadMore: nothing,
    retry: nothing,
    asOf,
    isOrdered: false,
  }
}

const storageListeners = new Set<() => void>()

function subscribeToStorage(listener: () => void): () => void {
  storageListeners.add(listener)
  window.addEventListener('storage', listener)
  return () => {
    storageListeners.delete(listener)
    window.removeEventListener('storage', listener)
  }
}

/** Ids of hidden columns out of what the browser kept, whatever that is. */
export function parseHiddenColumns(text: string | null): ReadonlySet<string> | null {
  if (text === null) return null
  return new Set(text.split(',').filter((id) => id !== ''))
}

/** Which columns a person hid in this table, remembered on this machine. */
export function useHiddenColumns(
  table: string,
  hiddenAtFirst: readonly string[],
): [ReadonlySet<string>, (hidden: ReadonlySet<string>) => void] {
  const key = `holdfast.hiddenColumns.${table}`
  const text = useSyncExternalStore(
    subscribeToStorage,
    () => window.localStorage.getItem(key),
    () => null,
  )
  const atFirst = hiddenAtFirst.join(',')
  const hidden = useMemo(
    () => parseHiddenColumns(text) ?? parseHiddenColumns(atFirst) ?? new Set<string>(),
    [text, atFirst],
  )
  const remember = useCallback(
    (next: ReadonlySet<string>) => {
      window.localStorage.setItem(key, [...next].join(','))
      for (const listener of storageListeners) listener()
    },
    [key],
  )
  return [hidden, remember]
}
