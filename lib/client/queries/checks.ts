import type { CheckListAnswer, CheckRowAnswer } from '../../api/schemas/checks.ts'
import type { MatrixSubject } from '../../durability/check-states.ts'
import { apiPath } from '../api.ts'
import { clusterPath } from './clusters.ts'
import { LIST_PAGE_ROWS, type ListInfiniteQuery, type ListView, listQuery, pageRows } from './resource.ts'

export interface CheckView extends ListView {
  subjectType: MatrixSubject
  /** Also subjects where nothing is amiss. */
  withAll: boolean
  /** Also what is merely good to know. */
  withInfo: boolean
  /** Also what is muted. */
  withMuted: boolean
}

export function checksQuery(clusterId: string, view: CheckView): ListInfiniteQuery<CheckRowAnswer, CheckListAnswer> {
  const { limit = LIST_PAGE_ROWS } = view
  const asked = askedOf(view)
  return listQuery<CheckRowAnswer, CheckListAnswer>(['checks', clusterId, 'list', { ...asked, limit }], (cursor) =>
    apiPath(clusterPath(clusterId, '/checks'), { ...asked, limit: pageRows(limit, cursor), cursor }),
  )
}

/** The same list whole, in CSV. */
export function checksReportPath(clusterId: string, view: CheckView): string {
  return apiPath(clusterPath(clusterId, '/checks.csv'), askedOf(view))
}

function askedOf({ q, sort, subjectType, withAll, withInfo, withMuted }: CheckView) {
  return {
    ...{ q, sort, subjectType },
    show: withAll ? 'all' : 'amiss',
    minSeverity: withInfo ? 'info' : 'warning',
    muted: withMuted || null,
    internal: withAll || null,
  }
}
