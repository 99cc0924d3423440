import type { GroupDetailAnswer, GroupRowAnswer } from '../../api/schemas/groups.ts'
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

export function groupsQuery(clusterId: string, view: ListView): ListInfiniteQuery<GroupRowAnswer> {
  const { q, sort, limit = LIST_PAGE_ROWS } = view
  return listQuery<GroupRowAnswer>(['groups', clusterId, 'list', { q, sort, limit }], (cursor) =>
    apiPath(clusterPath(clusterId, '/groups'), { q, sort, limit: pageRows(limit, cursor), cursor }),
  )
}

export function groupQuery(clusterId: string, group: string): ResourceQuery<GroupDetailAnswer> {
  return resourceQuery<GroupDetailAnswer>(['groups', clusterId, 'one', group], () =>
    clusterPath(clusterId, `/groups/${encodeURIComponent(group)}`),
  )
}
