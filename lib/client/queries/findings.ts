import type { FindingAnswer, RuleListAnswer } from '../../api/schemas/findings.ts'
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

export interface FindingView extends ListView {
  /** Empty: of all clusters. */
  clusterId: string
  /** Also what is merely good to know. */
  withInfo: boolean
  /** Also what is muted. */
  withMuted: boolean
}

export function findingsQuery({
  clusterId,
  withInfo,
  withMuted,
  ...view
}: FindingView): ListInfiniteQuery<FindingAnswer> {
  const { q, sort, limit = LIST_PAGE_ROWS } = view
  const minSeverity = withInfo ? 'info' : 'warning'
  const muted = withMuted ? true : null
  const asked = { q, sort, minSeverity, muted }
  return listQuery<FindingAnswer>(['findings', clusterId, 'list', { ...asked, limit }], (cursor) =>
    apiPath('/api/v1/findings', { cluster: clusterId, ...asked, limit: pageRows(limit, cursor), cursor }),
  )
}

/** Every check with its words; they change with the program only. */
export function rulesQuery(): ResourceQuery<RuleListAnswer> {
  return { ...resourceQuery<RuleListAnswer>(['rules'], () => '/api/v1/rules'), refetchInterval: false }
}
