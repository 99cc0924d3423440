import { z } from 'zod'
import { defineRoute, defineStream } from '../route-declaration.ts'
import { auditList } from '../schemas/audit.ts'
import { auditAsCsv, listAudit } from './audit-operations.ts'
import { auditExportQuery, auditQuery } from './audit-query.ts'

export const listAuditRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/audit',
  summary: 'Who did what, when, from where and with which outcome; newest first',
  permission: 'audit:read',
  query: auditQuery,
  answer: auditList,
  handler: ({ query }, { services }) => listAudit(services, query),
})

export const exportAuditRoute = defineStream({
  method: 'GET',
  path: '/api/v1/audit.csv',
  summary: 'The same list as CSV, whole; that it was taken is an entry of its own',
  permission: 'audit:read',
  query: auditExportQuery,
  answer: z.string(),
  contentType: 'text/csv; charset=utf-8',
  auditAction: 'audit.export',
  errors: ['audit_too_long'],
  handler: ({ query }, context) => auditAsCsv(query, context),
})
