import { z } from 'zod'
import { audienceOf, changesTopic, defineRoute } from '../route-declaration.ts'
import { message, messageInput, messageList, sentMessage } from '../schemas/messages.ts'
import { auditWholeRead } from './audit-whole-read.ts'
import { getMessage, listMessages, produceMessage } from './message-operations.ts'
import { looksIntoPayloads, messageQuery, placeParams, placeQuery } from './message-query.ts'

const params = z.object({ cluster: z.string(), topic: z.string() })

export const listMessagesRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/clusters/{cluster}/topics/{topic}/messages',
  summary: 'Messages of a topic, oldest first within what was read; from=stoppedAt of an earlier answer goes on there',
  permission: 'messages:read',
  needs: ({ params: place, query }) => (looksIntoPayloads(query) ? [{ ...place, right: 'payloads' }] : []),
  showsPayloads: true,
  params,
  query: messageQuery,
  answer: messageList,
  errors: ['cluster_not_found', 'topic_not_found', 'cluster_fault'],
  handler: ({ params: place, query }, context) => {
    const { partition, broker, fromOffset, full } = query
    if (full && partition !== undefined && fromOffset !== undefined) {
      auditWholeRead(context, { ...place, partition, broker, offset: fromOffset })
    }
    return listMessages(context.services, place, query, audienceOf(context, place))
  },
})

export const getMessageRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/clusters/{cluster}/topics/{topic}/messages/{partition}/{offset}',
  summary: 'One message; with full=true up to 12 MiB of its value, which is audited',
  permission: 'messages:read',
  needs: ({ params: { cluster, topic }, query }) => (query.full ? [{ cluster, topic, right: 'payloads' }] : []),
  showsPayloads: true,
  params: placeParams,
  query: placeQuery,
  answer: message,
  errors: ['cluster_not_found', 'topic_not_found', 'message_not_found', 'cluster_fault'],
  handler: ({ params: { cluster, topic, ...at }, query }, context) => {
    if (query.full) auditWholeRead(context, { cluster, topic, ...at, broker: query.broker })
    return getMessage(
      context.services,
      { cluster, topic },
      { ...at, ...query },
      audienceOf(context, { cluster, topic }),
    )
  },
})

export const produceMessageRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/clusters/{cluster}/topics/{topic}/messages',
  summary: 'Send one test message',
  permission: 'messages:produce',
  needs: changesTopic,
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
