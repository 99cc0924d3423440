import type { AuditListAnswer } from '../../api/schemas/audit.ts'
import { apiPath } from '../api.ts'
import type { AuditView } from '../audit-view.ts'
import { LIST_PAGE_ROWS, type ListInfiniteQuery, listQuery, pageRows } from './resource.ts'

export type AuditEntryAnswer = AuditListAnswer['items'][number]

export function auditQuery(view: AuditView): ListInfiniteQuery<AuditEntryAnswer> {
  return listQuery<AuditEntryAnswer>(['audit', view], (cursor) =>
    apiPath('/api/v1/audit', { ...view, limit: pageRows(LIST_PAGE_ROWS, cursor), cursor }),
  )
}

export function auditExportPath(view: AuditView): string {
  return apiPath('/api/v1/audit.csv', { ...view })
}
