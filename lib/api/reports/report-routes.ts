import { z } from 'zod'
import { defineRoute } from '../route-declaration.ts'
import { listQuery } from '../schemas/common.ts'
import { createReportBody, report, reportHead, reportList } from '../schemas/reports.ts'
import { createReport, exportReport, getReport, listReports } from './report-operations.ts'
import { exportQuery } from './report-query.ts'

const params = z.object({ report: z.string().max(64) })
const PATH = '/api/v1/reports/{report}'

export const listReportsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/reports',
  summary: 'Finished reports, the newest first',
  permission: 'reports:read',
  query: listQuery,
  answer: reportList,
  handler: ({ query }, context) => listReports(query, context),
})

export const createReportRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/reports',
  summary: 'Make a report of a period that is over now, from what is stored; no cluster is asked',
  permission: 'reports:write',
  body: createReportBody,
  answer: reportHead,
  status: 201,
  auditAction: 'report.make',
  handler: ({ body }, context) => createReport(body, context),
})

export const getReportRoute = defineRoute({
  method: 'GET',
  path: PATH,
  summary: 'One report: what it said when it was made',
  permission: 'reports:read',
  params,
  answer: report,
  errors: ['report_not_found'],
  handler: ({ params }, context) => getReport(params.report, context),
})

export const exportReportRoute = defineRoute({
  method: 'GET',
  path: `${PATH}/export`,
  summary: 'The same as one file: a page that needs nothing else, CSV, or JSON, as `format` says',
  permission: 'reports:read',
  params,
  query: exportQuery,
  answer: z.string(),
  contentType: 'text/html; charset=utf-8',
  otherContentTypes: ['text/csv; charset=utf-8', 'application/json'],
  errors: ['report_not_found'],
  handler: ({ params, query }, context) => exportReport(params.report, query, context),
})
