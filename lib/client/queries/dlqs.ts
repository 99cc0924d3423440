import type { DlqAnswer, DlqListAnswer } from '../../api/schemas/dlqs.ts'
import { apiPath } from '../api.ts'
import {
  LIST_PAGE_ROWS,
  type ListInfiniteQuery,
  type ListView,
  listQuery,
  pageRows,
  type ResourceQuery,
  resourceQuery,
} from './resource.ts'

export function dlqsQuery(view: ListView): ListInfiniteQuery<DlqAnswer> {
  const { q, sort, limit = LIST_PAGE_ROWS } = view
  return listQuery<DlqAnswer>(['dlqs', 'list', { q, sort, limit }], (cursor) =>
    apiPath('/api/v1/dlqs', { q, sort, limit: pageRows(limit, cursor), cursor }),
  )
}

/** The row of one queue: the filter does not tell upper case from lower, so that there may be more than one. */
export function dlqQuery(clusterId: string, topic: string): ResourceQuery<DlqListAnswer> {
  const q = `id="${dlqId(clusterId, topic)}"`
  return resourceQuery<DlqListAnswer>(['dlqs', 'one', clusterId, topic], () =>
    apiPath('/api/v1/dlqs', { q, limit: 20 }),
  )
}

function dlqId(clusterId: string, topic: string): string {
  return `${encodeURIComponent(clusterId)}/${encodeURIComponent(topic)}`
}

const HITS = 6

/** Queues whose name holds the text, for the command palette. */
export function dlqNamesQuery(text: string): ResourceQuery<DlqListAnswer> {
  return {
    ...resourceQuery<DlqListAnswer>(
      ['dlqs', 'names', text],
      () => apiPath('/api/v1/dlqs', { q: `topic:"${text.replaceAll('"', '')}"`, limit: HITS }),
      2,
    ),
    refetchInterval: false,
  }
}

export function dlqIn(answer: DlqListAnswer | undefined, clusterId: string, topic: string): DlqAnswer | undefined {
  return answer?.items.find((dlq) => dlq.clusterId === clusterId && dlq.topic === topic)
}
