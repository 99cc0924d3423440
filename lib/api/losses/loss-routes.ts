import { z } from 'zod'
import { defineRoute } from '../route-declaration.ts'
import { acknowledgeLossBody, loss, lossList } from '../schemas/losses.ts'
import { acknowledgeLoss, listLosses } from './loss-operations.ts'
import { lossQuery } from './loss-query.ts'

export const listLossesRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/losses',
  summary: 'The ledger of message losses of all clusters: what grew last comes first',
  permission: 'losses:read',
  query: lossQuery,
  answer: lossList,
  errors: ['cluster_not_found'],
  handler: ({ query }, context) => listLosses(query, context),
})

export const acknowledgeLossRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/losses/{loss}/acknowledge',
  summary: 'Close a loss: somebody knows of it, and says what came of it',
  permission: 'losses:acknowledge',
  params: z.object({ loss: z.string().max(64) }),
  body: acknowledgeLossBody,
  answer: loss,
  auditAction: 'loss.acknowledge',
  errors: ['loss_not_found', 'loss_acknowledged'],
  handler: ({ params, body }, context) => acknowledgeLoss(params.loss, body.note, context),
})
