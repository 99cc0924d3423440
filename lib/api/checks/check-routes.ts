import { z } from 'zod'
import { defineRoute } from '../route-declaration.ts'
import { checkList } from '../schemas/checks.ts'
import { checksAsCsv, listChecks } from './check-operations.ts'
import { checkQuery } from './check-query.ts'

const PATH = '/api/v1/clusters/{cluster}/checks'
const params = z.object({ cluster: z.string() })

export const listChecksRoute = defineRoute({
  method: 'GET',
  path: PATH,
  summary: 'Each check against each topic, group or broker: found, muted, unknown, passed or not applicable',
  permission: 'findings:read',
  params,
  query: checkQuery,
  answer: checkList,
  errors: ['cluster_not_found'],
  handler: ({ params: { cluster }, query }, { services, locale }) => listChecks(services, cluster, query, locale),
})

export const checksReportRoute = defineRoute({
  method: 'GET',
  path: `${PATH}.csv`,
  summary: 'The same list in CSV, whole, with the checks by their codes',
  permission: 'findings:read',
  params,
  query: checkQuery.omit({ limit: true, cursor: true }),
  answer: z.string(),
  contentType: 'text/csv; charset=utf-8',
  errors: ['cluster_not_found'],
  handler: ({ params: { cluster }, query }, { services, locale, replyHeaders }) => {
    replyHeaders.set('content-disposition', `attachment; filename="checks-${cluster}-${query.subjectType}.csv"`)
    return checksAsCsv(services, cluster, query, locale)
  },
})
