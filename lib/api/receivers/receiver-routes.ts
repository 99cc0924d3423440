import { z } from 'zod'
import { receiverId, receiverInput } from '../../config/receivers.ts'
import { defineRoute } from '../route-declaration.ts'
import { listQuery } from '../schemas/common.ts'
import { receiverAnswer, receiverList, receiverTest } from '../schemas/receivers.ts'
import { addReceiver, listReceivers, testReceiver } from './receiver-operations.ts'

const params = z.object({ receiver: receiverId })

export const listReceiversRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/receivers',
  summary: 'Who can be told; secrets are never returned',
  permission: 'receivers:read',
  query: listQuery,
  answer: receiverList,
  handler: ({ query }, { services }) => listReceivers(services, query),
})

export const addReceiverRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/receivers',
  summary: 'Add a receiver at run time; its address and credentials are stored encrypted and never returned',
  permission: 'receivers:write',
  body: receiverInput,
  answer: receiverAnswer,
  status: 201,
  auditAction: 'receiver.add',
  errors: ['conflict', 'receiver_in_file', 'receivers_too_many'],
  handler: ({ body }, { services, audit }) => {
    audit.target = body.id
    audit.detail = { type: body.type }
    return addReceiver(services, body, audit.actor)
  },
})

export const removeReceiverRoute = defineRoute({
  method: 'DELETE',
  path: '/api/v1/receivers/{receiver}',
  summary: 'Remove a receiver that was added at run time',
  permission: 'receivers:write',
  params,
  answer: null,
  status: 204,
  auditAction: 'receiver.remove',
  errors: ['receiver_not_found', 'receiver_in_file'],
  handler: async ({ params }, { services, audit }) => {
    audit.target = params.receiver
    const removed = await services.receivers.store.remove(params.receiver)
    if (removed !== null) audit.detail = { type: removed.receiver.type }
  },
})

export const testReceiverRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/receivers/{receiver}/test',
  summary: 'Send it a real message now, and tell what became of it',
  permission: 'receivers:test',
  params,
  answer: receiverTest,
  auditAction: 'receiver.test',
  errors: ['receiver_not_found'],
  handler: ({ params }, context) => {
    context.audit.target = params.receiver
    return testReceiver(params.receiver, context)
  },
})
