import { z } from 'zod'
import { defineRoute } from '../route-declaration.ts'
import { listQuery, offFlag } from '../schemas/common.ts'
import { topicDetail, topicList } from '../schemas/topics.ts'
import { getTopic, listTopics } from './topic-operations.ts'

export const listTopicsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/clusters/{cluster}/topics',
  summary: 'Topics with their durability; internal ones only with internal=true',
  permission: 'topics:read',
  params: z.object({ cluster: z.string() }),
  query: listQuery.extend({ internal: offFlag }),
  answer: topicList,
  errors: ['cluster_not_found'],
  handler: ({ params, query }, { services, locale }) => listTopics(services, params.cluster, query, locale),
})

export const getTopicRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/clusters/{cluster}/topics/{topic}',
  summary: 'One topic with its partitions and settings',
  permission: 'topics:read',
  params: z.object({ cluster: z.string(), topic: z.string() }),
  answer: topicDetail,
  errors: ['cluster_not_found', 'topic_not_found'],
  handler: ({ params }, { services, locale }) => getTopic(services, params.cluster, params.topic, locale),
})
