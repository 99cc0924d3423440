import { z } from 'zod'
import { defineRoute } from '../route-declaration.ts'
import { listQuery, offFlag } from '../schemas/common.ts'
import { groupDetail, groupList } from '../schemas/groups.ts'
import { getGroup, listGroups } from './group-operations.ts'

export const listGroupsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/clusters/{cluster}/groups',
  summary: 'Consumer groups with their lag',
  permission: 'groups:read',
  params: z.object({ cluster: z.string() }),
  query: listQuery.extend({ internal: offFlag }),
  answer: groupList,
  errors: ['cluster_not_found'],
  handler: ({ params, query }, { services, locale }) => listGroups(services, params.cluster, query, locale),
})

export const getGroupRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/clusters/{cluster}/groups/{group}',
  summary: 'One consumer group with its partitions and members',
  permission: 'groups:read',
  params: z.object({ cluster: z.string(), group: z.string() }),
  answer: groupDetail,
  errors: ['cluster_not_found', 'group_not_found'],
  handler: ({ params }, { services, locale }) => getGroup(services, params.cluster, params.group, locale),
})
