import type { QueryClient } from '@tanstack/react-query'
import type { ReportAnswer, ReportHeadAnswer } from '../../api/schemas/reports.ts'
import { apiPath, apiSend } from '../api.ts'
import {
  LIST_PAGE_ROWS,
  type ListInfiniteQuery,
  type ListView,
  listQuery,
  pageRows,
  type ResourceQuery,
  resourceQuery,
} from './resource.ts'

const REPORTS_KEY = ['reports'] as const

export function reportsQuery({ q, sort, limit = LIST_PAGE_ROWS }: ListView): ListInfiniteQuery<ReportHeadAnswer> {
  return listQuery<ReportHeadAnswer>([...REPORTS_KEY, 'list', { q, sort, limit }], (cursor) =>
    apiPath('/api/v1/reports', { q, sort, limit: pageRows(limit, cursor), cursor }),
  )
}

export function reportQuery(id: string): ResourceQuery<ReportAnswer> {
  return resourceQuery<ReportAnswer>([...REPORTS_KEY, 'one', id], () => `/api/v1/reports/${encodeURIComponent(id)}`)
}

export function reportFile(id: string, format: 'html' | 'csv' | 'json', language: string): string {
  return apiPath(`/api/v1/reports/${encodeURIComponent(id)}/export`, { format, language })
}

/** Of the time up to now. */
export function makeReport(spanMs: number): Promise<ReportHeadAnswer> {
  // A little before now: the console's clock may be behind the browser's.
  const toMs = Date.now() - 1_000
  const [from, to] = [toMs - spanMs, toMs].map((atMs) => new Date(atMs).toISOString())
  return apiSend<ReportHeadAnswer>('POST', '/api/v1/reports', { from, to })
}

export function forgetReports(client: QueryClient): Promise<void> {
  return client.invalidateQueries({ queryKey: REPORTS_KEY })
}
