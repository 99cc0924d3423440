import { z } from 'zod'
import { defineRoute } from '../route-declaration.ts'
import { findingList, ruleList } from '../schemas/findings.ts'
import { listFindings, listRules } from './finding-operations.ts'
import { allFindingsQuery, findingQuery } from './finding-query.ts'

export const listRulesRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/rules',
  summary: 'Every check: what it looks at, why it matters, and what to do',
  permission: 'findings:read',
  answer: ruleList,
  handler: async (_, { services, locale }) => listRules(services, locale),
})

export const listFindingsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/findings',
  summary: 'What can cost messages, in all clusters: the gravest and soonest first',
  permission: 'findings:read',
  query: allFindingsQuery,
  answer: findingList,
  errors: ['cluster_not_found'],
  handler: ({ query: { cluster = null, ...query } }, { services, locale }) =>
    listFindings(services, { ...query, clusterId: cluster }, locale),
})

export const listClusterFindingsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/clusters/{cluster}/findings',
  summary: 'What can cost messages in a cluster: the gravest and soonest first',
  permission: 'findings:read',
  params: z.object({ cluster: z.string() }),
  query: findingQuery,
  answer: findingList,
  errors: ['cluster_not_found'],
  handler: ({ params, query }, { services, locale }) =>
    listFindings(services, { ...query, clusterId: params.cluster }, locale),
})
