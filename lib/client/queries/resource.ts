import {
  hashKey,
  type InfiniteData,
  infiniteQueryOptions,
  queryOptions,
  type UseInfiniteQueryOptions,
  type UseQueryOptions,
} from '@tanstack/react-query'
import { apiGet } from '../api.ts'

/** Where an answer comes from. A function when it depends on the moment of asking or on the page. */
export type ResourcePath = (cursor: string | null) => string

/** A better question that only the first answer allows to ask; null when that answer will do. */
export type RefinedPath = (answer: unknown) => string | null

/** Lets the server fill the same cache entry without HTTP: see `app/(console)/server-queries.ts`. */
declare module '@tanstack/react-query' {
  interface Register {
    queryMeta: { path: ResourcePath; refine?: RefinedPath }
  }
}

export type ResourceKey = readonly (string | number | boolean | null | object)[]

export type ResourceQuery<T> = UseQueryOptions<T, Error, T, ResourceKey> & { queryKey: ResourceKey }

/**
 * The old answer stays on screen while a new one loads, but only when both are about the same thing: their keys
 * agree in the first `depth` parts and differ in the view (range, sort, filter) alone.
 */
export function keepOfSameSubject(queryKey: ResourceKey, depth: number) {
  const subject = hashKey(queryKey.slice(0, depth))
  return <T>(previous: T | undefined, previousQuery: { queryKey: ResourceKey } | undefined): T | undefined =>
    previousQuery !== undefined && hashKey(previousQuery.queryKey.slice(0, depth)) === subject ? previous : undefined
}

/** One answer of the API. `subjectDepth`: how many parts of the key say what it is about. */
export function resourceQuery<T>(
  queryKey: ResourceKey,
  path: () => string,
  subjectDepth: number = queryKey.length,
  refine?: RefinedPath,
): ResourceQuery<T> {
  return queryOptions({
    queryKey,
    queryFn: async ({ signal }) => {
      const answer = await apiGet<T>(path(), signal)
      const better = refine?.(answer) ?? null
      return better === null ? answer : apiGet<T>(better, signal)
    },
    placeholderData: keepOfSameSubject(queryKey, subjectDepth),
    meta: { path, ...(refine === undefined ? {} : { refine }) },
  })
}

export interface Page<Row> {
  items: Row[]
  nextCursor: string | null
  asOf: string | null
  total: number
}

export type ListInfiniteQuery<Row, P extends Page<Row> = Page<Row>> = UseInfiniteQueryOptions<
  P,
  Error,
  InfiniteData<P, string | null>,
  ResourceKey,
  string | null
> & { queryKey: ResourceKey; initialPageParam: string | null }

/** A list that is read page by page as the reader scrolls. The last part of its key is the view. */
export function listQuery<Row, P extends Page<Row> = Page<Row>>(
  queryKey: ResourceKey,
  path: ResourcePath,
): ListInfiniteQuery<Row, P> {
  return infiniteQueryOptions({
    queryKey,
    queryFn: ({ signal, pageParam }) => apiGet<P>(path(pageParam), signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last: P) => last.nextCursor,
    placeholderData: keepOfSameSubject(queryKey, queryKey.length - 1),
    meta: { path },
  })
}

/** What a table asks of a list; all of it is part of the key. */
export interface ListView {
  q: string
  sort: string
  /** Rows per page of the answer, not of the screen. */
  limit?: number
}

/** More than a screen and what is kept ready beyond it; the server writes each of them into the page. */
export const LIST_PAGE_ROWS = 120

const LATER_PAGE_ROWS = 1000

/** A short first page is quick to show; longer ones after it keep the refresh of a long list at few requests. */
export function pageRows(firstPageRows: number, cursor: string | null): number {
  return cursor === null ? firstPageRows : LATER_PAGE_ROWS
}
