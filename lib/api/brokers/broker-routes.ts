import { z } from 'zod'
import { defineRoute } from '../route-declaration.ts'
import { brokerList, growingTopics } from '../schemas/brokers.ts'
import { listQuery } from '../schemas/common.ts'
import { listBrokers, listGrowingTopics, retireBroker } from './broker-operations.ts'

export const listBrokersRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/clusters/{cluster}/brokers',
  summary: 'Brokers with their disks; one that was seen stays listed until it is retired',
  permission: 'brokers:read',
  params: z.object({ cluster: z.string() }),
  query: listQuery,
  answer: brokerList,
  errors: ['cluster_not_found'],
  handler: ({ params, query }, { services, locale }) => listBrokers(services, params.cluster, query, locale),
})

export const listGrowingTopicsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/clusters/{cluster}/brokers/{broker}/growing-topics',
  summary: 'Which topics filled the volumes of a broker most in the last day, from history',
  permission: 'brokers:read',
  params: z.object({ cluster: z.string(), broker: z.string() }),
  answer: growingTopics,
  errors: ['cluster_not_found', 'broker_not_found'],
  handler: ({ params: { cluster, broker } }, { services }) => listGrowingTopics(services, cluster, broker),
})

export const retireBrokerRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/clusters/{cluster}/brokers/{broker}/retire',
  summary: 'Expect a broker no longer; changes nothing in the cluster',
  permission: 'brokers:retire',
  params: z.object({ cluster: z.string(), broker: z.string() }),
  answer: null,
  status: 204,
  auditAction: 'broker.retire',
  errors: ['cluster_not_found', 'broker_not_found'],
  handler: ({ params }, context) => {
    context.audit.target = `${params.cluster}/${params.broker}`
    return retireBroker(context.services, params.cluster, params.broker)
  },
})
