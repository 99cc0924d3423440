import type { AuditEntry, AuditFilter } from '../../audit/audit-log.ts'
import { csvLine } from '../../csv.ts'
import { HoldfastError } from '../../errors.ts'
import type { RequestContext } from '../route-declaration.ts'
import type { AuditListAnswer } from '../schemas/audit.ts'
import { toIso } from '../serialize.ts'
import type { ApiServices } from '../services.ts'
import { type AuditExportQuery, type AuditListQuery, filterOf } from './audit-query.ts'

/** @throws HoldfastError `bad_request` for another order, or a cursor that is none */
export async function listAudit(services: ApiServices, query: AuditListQuery): Promise<AuditListAnswer> {
  if (query.sort !== undefined && query.sort !== '-id') {
    throw new HoldfastError('bad_request', { path: 'query.sort', issue: 'sortField', allowed: '-id' })
  }
  const beforeId = query.cursor === undefined ? null : parseCursor(query.cursor)
  // One more than asked tells whether there is a next page.
  const { entries, total } = await services.audit.list({ limit: query.limit + 1, beforeId, filter: filterOf(query) })
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

/** More is asked for by stretches of time: a list that ends somewhere would be taken for the whole. */
const MOST_ENTRIES = 100_000

/** @throws HoldfastError `audit_too_long` */
export async function auditAsCsv(query: AuditExportQuery, context: RequestContext): Promise<AsyncIterable<string>> {
  const { services, audit, replyHeaders } = context
  const filter = filterOf(query)
  const { total } = await services.audit.list({ limit: 1, beforeId: null, filter })
  audit.target = 'audit'
  audit.detail = { ...told(filter), entries: total }
  if (total > MOST_ENTRIES) throw new HoldfastError('audit_too_long', { count: total, most: MOST_ENTRIES })
  replyHeaders.set('content-disposition', 'attachment; filename="audit.csv"')
  return csvOf(services.audit.all(filter))
}

function told({ fromMs, toMs, ...filter }: AuditFilter): Record<string, string> {
  const times = { from: fromMs, to: toMs }
  return Object.fromEntries([
    ...Object.entries(filter).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])),
    ...Object.entries(times).flatMap(([name, atMs]) => (atMs === undefined ? [] : [[name, toIso(atMs)]])),
  ])
}

const CSV_HEADER = ['id', 'at', 'actor', 'action', 'target', 'outcome', 'status', 'remoteAddress', 'detail']
const CHUNK_CHARS = 64 * 1_024

async function* csvOf(entries: AsyncIterable<AuditEntry>): AsyncGenerator<string> {
  let text = `${csvLine(CSV_HEADER)}\r\n`
  for await (const { id, atMs, actor, action, target, outcome, httpStatus, remoteAddress, detail } of entries) {
    const facts = detail === null ? null : JSON.stringify(detail)
    text += `${csvLine([id, toIso(atMs), actor, action, target, outcome, httpStatus, remoteAddress, facts])}\r\n`
    if (text.length < CHUNK_CHARS) continue
    yield text
    text = ''
  }
  yield text
}
