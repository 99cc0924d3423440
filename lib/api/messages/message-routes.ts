import { z } from 'zod'
import { defineRoute } from '../route-declaration.ts'
import { message, messageInput, messageList, sentMessage } from '../schemas/messages.ts'
import { auditWholeRead } from './audit-whole-read.ts'
import { getMessage, listMessages, produceMessage } from './message-operations.ts'
import { messageQuery, placeParams, placeQuery } from './message-query.ts'

const params = z.object({ cluster: z.string(), topic: z.string() })

export const listMessagesRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/clusters/{cluster}/topics/{topic}/messages',
  summary: 'Messages of a topic, oldest first within what was read; from=stoppedAt of an earlier answer goes on there',
  permission: 'messages:read',
  params,
  query: messageQuery,
  answer: messageList,
  errors: ['cluster_not_found', 'topic_not_found', 'cluster_fault'],
  handler: ({ params: { cluster, topic }, query }, context) => {
    const { partition, broker, fromOffset, full } = query
    if (full && partition !== undefined && fromOffset !== undefined) {
      auditWholeRead(context, { cluster, topic, partition, broker, offset: fromOffset })
    }
    return listMessages(context.services, cluster, topic, query, context.locale)
  },
})

export const getMessageRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/clusters/{cluster}/topics/{topic}/messages/{partition}/{offset}',
  summary: 'One message; with full=true up to 12 MiB of its value, which is audited',
  permission: 'messages:read',
  params: placeParams,
  query: placeQuery,
  answer: message,
  errors: ['cluster_not_found', 'topic_not_found', 'message_not_found', 'cluster_fault'],
  handler: ({ params: { cluster, topic, ...place }, query: { broker, full } }, context) => {
    if (full) auditWholeRead(context, { cluster, topic, ...place, broker })
    return getMessage(context.services, cluster, topic, { ...place, broker, full }, context.locale)
  },
})

export const produceMessageRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/clusters/{cluster}/topics/{topic}/messages',
  summary: 'Send one test message',
  permission: 'messages:produce',
  params,
  body: messageInput,
  answer: sentMessage,
  status: 201,
  auditAction: 'message.produce',
  errors: [
    'cluster_not_found',
    'cluster_read_only',
    'topic_not_found',
    'message_not_stored',
    'message_uncertain',
    'cluster_fault',
  ],
  handler: async ({ params: { cluster, topic }, body }, context) => {
    context.audit.target = `${cluster}/${topic}`
    const sent = await produceMessage(context.services, cluster, topic, body)
    context.audit.detail = { partition: sent.partition, ...(sent.offset === null ? {} : { offset: sent.offset }) }
    return sent
  },
})
