import type { DlqAnswer } from '../../api/schemas/dlqs.ts'
import { apiPath } from '../api.ts'
import { LIST_PAGE_ROWS, type ListInfiniteQuery, type ListView, listQuery, pageRows } from './resource.ts'

export function dlqsQuery(view: ListView): ListInfiniteQuery<DlqAnswer> {
  const { q, sort, limit = LIST_PAGE_ROWS } = view
  return listQuery<DlqAnswer>(['dlqs', 'list', { q, sort, limit }], (cursor) =>
    apiPath('/api/v1/dlqs', { q, sort, limit: pageRows(limit, cursor), cursor }),
  )
}
