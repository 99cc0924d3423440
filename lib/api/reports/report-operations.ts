import { HoldfastError } from '../../errors.ts'
import { LOCALE_OF } from '../../i18n/locale.ts'
import { makeReport } from '../../reports/make-report.ts'
import type { Report, ReportHead } from '../../reports/report.ts'
import { DAY_MS } from '../../units.ts'
import type { ListDefinition } from '../lists/list-fields.ts'
import { pageOf } from '../lists/page.ts'
import type { RequestContext } from '../route-declaration.ts'
import type { ListQuery } from '../schemas/common.ts'
import type { ReportAnswer, ReportHeadAnswer, ReportListAnswer } from '../schemas/reports.ts'
import { toIso } from '../serialize.ts'
import { reportCsv } from './report-csv.ts'
import { reportHtml } from './report-html.ts'
import type { ExportQuery } from './report-query.ts'
import { toReportAnswer, toReportHead } from './report-serializers.ts'

const LONGEST_MS = 92 * DAY_MS

const REPORT_LIST: ListDefinition<ReportHead> = {
  key: 'id',
  defaultSort: '-madeAt',
  aliases: { verdict: ['level'] },
  fields: {
    id: { type: 'text', get: ({ id }) => id },
    schedule: { type: 'word', get: ({ schedule }) => schedule },
    from: { type: 'number', get: ({ fromMs }) => fromMs },
    to: { type: 'number', get: ({ toMs }) => toMs },
    madeAt: { type: 'number', get: ({ madeAtMs }) => madeAtMs },
    madeBy: { type: 'text', get: ({ madeBy }) => madeBy },
    level: { type: 'word', get: ({ headline }) => headline.level },
    losses: { type: 'number', get: ({ headline }) => headline.losses },
    late: { type: 'boolean', get: ({ headline }) => headline.lateMs !== null },
  },
}

/** @throws HoldfastError `bad_request` */
export async function listReports(query: ListQuery, { services, locale }: RequestContext): Promise<ReportListAnswer> {
  const page = pageOf(await services.reports.store.list(), REPORT_LIST, query)
  return {
    items: page.rows.map((head) => toReportHead(head, locale)),
    nextCursor: page.nextCursor,
    asOf: toIso(services.now()),
    total: page.total,
  }
}

/** @throws HoldfastError `report_not_found` */
export async function getReport(id: string, { services, locale }: RequestContext): Promise<ReportAnswer> {
  return toReportAnswer(await reportOrThrow(id, services), locale)
}

async function reportOrThrow(id: string, { reports }: RequestContext['services']): Promise<Report> {
  const report = await reports.store.get(id)
  if (report === null) throw new HoldfastError('report_not_found', { report: id })
  return report
}

/** @throws HoldfastError `bad_request` for a period that is none, is not over or is too long */
export async function createReport(
  { from, to }: { from: string; to: string },
  { services, locale, audit }: RequestContext,
): Promise<ReportHeadAnswer> {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)]
  if (fromMs >= toMs) throw new HoldfastError('bad_request', { path: 'body.to', issue: 'timeOrder' })
  if (toMs > services.now() || toMs - fromMs > LONGEST_MS) {
    throw new HoldfastError('bad_request', { path: 'body.to', issue: 'reportRange' })
  }
  const head = await makeReport(services.reports, { fromMs, toMs }, audit.actor)
  audit.target = head.id
  audit.detail = { from, to }
  return toReportHead(head, locale)
}

const CONTENT_TYPES: Record<ExportQuery['format'], string> = {
  html: 'text/html; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  json: 'application/json',
}

/** @throws HoldfastError `report_not_found` */
export async function exportReport(
  id: string,
  { format, language }: ExportQuery,
  { services, replyHeaders }: RequestContext,
): Promise<string> {
  const { reports } = services.config
  const locale = LOCALE_OF[language ?? reports.language]
  const report = toReportAnswer(await reportOrThrow(id, services), locale)
  const name = `holdfast-report-${report.to.slice(0, 10)}-${id}.${format}`
  replyHeaders.set('content-type', CONTENT_TYPES[format])
  replyHeaders.set('content-disposition', `attachment; filename="${name}"`)
  replyHeaders.set('content-language', { en: 'en', zh: 'zh-CN' }[locale])
  if (format === 'csv') return reportCsv(report)
  if (format === 'html') return reportHtml(report, { locale, timeZone: reports.timeZone })
  return `${JSON.stringify(report, null, 2)}\n`
}
