import { HoldfastError } from '../../errors.ts'
import { defineRoute } from '../route-declaration.ts'
import { type AuditListAnswer, auditList } from '../schemas/audit.ts'
import { type ListQuery, listQuery } from '../schemas/common.ts'
import { toIso } from '../serialize.ts'
import type { ApiServices } from '../services.ts'

export const listAuditRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/audit',
  summary: 'Who did what, when, from where and with which outcome; newest first',
  permission: 'audit:read',
  query: listQuery,
  answer: auditList,
  handler: ({ query }, { services }) => listAudit(services, query),
})

async function listAudit(services: ApiServices, query: ListQuery): Promise<AuditListAnswer> {
  if (query.sort !== undefined && query.sort !== '-id') {
    throw new HoldfastError('bad_request', { path: 'query.sort', issue: 'sortField', allowed: '-id' })
  }
  const beforeId = query.cursor === undefined ? null : parseCursor(query.cursor)
  // One more than asked tells whether there is a next page.
  const { entries, total } = await services.audit.list({ limit: query.limit + 1, beforeId, text: query.q || null })
  const page = entries.slice(0, query.limit)
  return {
    items: page.map(({ atMs, httpStatus, ...entry }) => ({ ...entry, at: toIso(atMs), status: httpStatus })),
    nextCursor: entries.length > query.limit ? String(page.at(-1)?.id) : null,
    asOf: toIso(services.now()),
    total,
  }
}

function parseCursor(text: string): number {
  const id = Number(text)
  if (/^\d{1,15}$/.test(text) && id > 0) return id
  throw new HoldfastError('bad_request', { path: 'query.cursor', issue: 'cursor' })
}
