import { z } from 'zod'
import { defineRoute } from '../route-declaration.ts'
import { offFlag } from '../schemas/common.ts'
import { ladder } from '../schemas/ladder.ts'
import { readLadder } from './ladder-operations.ts'

export const readLadderRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/clusters/{cluster}/ladder',
  summary: 'Every partition and its place on the durability ladder, by leading broker',
  permission: 'topics:read',
  params: z.object({ cluster: z.string() }),
  query: z.object({ internal: offFlag }),
  answer: ladder,
  errors: ['cluster_not_found'],
  handler: ({ params, query }, { services }) => readLadder(services, params.cluster, query.internal),
})
