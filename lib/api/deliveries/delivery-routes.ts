import { z } from 'zod'
import { defineRoute } from '../route-declaration.ts'
import { listQuery } from '../schemas/common.ts'
import { deliveryAnswer, deliveryList, deliveryWithLog } from '../schemas/deliveries.ts'
import { getDelivery, listDeliveries, resendDelivery } from './delivery-operations.ts'

const params = z.object({ delivery: z.string().regex(/^[\w-]{1,64}$/) })

export const listDeliveriesRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/deliveries',
  summary: 'What receivers were told and are still to be told, the newest first; of the last 30 days',
  permission: 'receivers:read',
  query: listQuery,
  answer: deliveryList,
  handler: ({ query }, context) => listDeliveries(query, context),
})

export const getDeliveryRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/deliveries/{delivery}',
  summary: 'One delivery with every attempt',
  permission: 'receivers:read',
  params,
  answer: deliveryWithLog,
  errors: ['delivery_not_found'],
  handler: ({ params }, context) => getDelivery(params.delivery, context),
})

export const resendDeliveryRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/deliveries/{delivery}/resend',
  summary:
    'Send again what was refused or given up, with all its retries, or now what waits for its next attempt; the id stays',
  permission: 'receivers:write',
  params,
  answer: deliveryAnswer,
  status: 202,
  auditAction: 'delivery.resend',
  errors: ['delivery_not_found', 'delivery_not_failed', 'delivery_overtaken'],
  handler: ({ params }, context) => {
    context.audit.target = params.delivery
    return resendDelivery(params.delivery, context)
  },
})
