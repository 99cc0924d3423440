import type { TopicDetailAnswer, TopicRowAnswer } from '../../api/schemas/topics.ts'
import { apiPath } from '../api.ts'
import { clusterPath } from './clusters.ts'
import {
  LIST_PAGE_ROWS,
  type ListInfiniteQuery,
  type ListView,
  listQuery,
  pageRows,
  type ResourceQuery,
  resourceQuery,
} from './resource.ts'

export interface TopicListView extends ListView {
  internal?: boolean
}

export function topicsQuery(clusterId: string, view: TopicListView): ListInfiniteQuery<TopicRowAnswer> {
  const { q, sort, internal = false, limit = LIST_PAGE_ROWS } = view
  return listQuery<TopicRowAnswer>(['topics', clusterId, 'list', { q, sort, internal, limit }], (cursor) =>
    apiPath(clusterPath(clusterId, '/topics'), {
      q,
      sort,
      internal: internal || null,
      limit: pageRows(limit, cursor),
      cursor,
    }),
  )
}

export function topicQuery(clusterId: string, topic: string): ResourceQuery<TopicDetailAnswer> {
  return resourceQuery<TopicDetailAnswer>(['topics', clusterId, 'one', topic], () =>
    clusterPath(clusterId, `/topics/${encodeURIComponent(topic)}`),
  )
}
