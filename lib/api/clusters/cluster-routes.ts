import { z } from 'zod'
import { clusterInput } from '../../config/cluster-schema.ts'
import { defineRoute } from '../route-declaration.ts'
import { cluster, clusterList, connectionTest } from '../schemas/clusters.ts'
import { listQuery } from '../schemas/common.ts'
import { addCluster, getCluster, listClusters, removeCluster, testCluster } from './cluster-operations.ts'
import { toConnectionTestAnswer } from './cluster-serializers.ts'

const params = z.object({ cluster: z.string() })

export const listClustersRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/clusters',
  summary: 'Every cluster with its verdict',
  permission: 'clusters:read',
  query: listQuery,
  answer: clusterList,
  handler: ({ query }, { services, locale }) => listClusters(services, query, locale),
})

export const getClusterRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/clusters/{cluster}',
  summary: 'One cluster with its verdict',
  permission: 'clusters:read',
  params,
  answer: cluster,
  errors: ['cluster_not_found'],
  handler: ({ params }, { services, locale }) => getCluster(services, params.cluster, locale),
})

export const addClusterRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/clusters',
  summary: 'Add a cluster at run time; its credentials are stored encrypted and never returned',
  permission: 'clusters:write',
  body: clusterInput,
  answer: cluster,
  status: 201,
  auditAction: 'cluster.add',
  errors: ['conflict', 'cluster_configured_in_file'],
  handler: ({ body }, context) => {
    context.audit.target = body.id
    return addCluster(context.services, body, context.audit.actor, context.locale)
  },
})

export const removeClusterRoute = defineRoute({
  method: 'DELETE',
  path: '/api/v1/clusters/{cluster}',
  summary: 'Remove a cluster that was added at run time',
  permission: 'clusters:write',
  params,
  answer: null,
  status: 204,
  auditAction: 'cluster.remove',
  errors: ['cluster_not_found', 'cluster_configured_in_file'],
  handler: ({ params }, context) => {
    context.audit.target = params.cluster
    return removeCluster(context.services, params.cluster)
  },
})

export const testClusterRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/clusters/test',
  summary: 'Try a configuration step by step without keeping it',
  permission: 'clusters:test',
  body: clusterInput,
  answer: connectionTest,
  auditAction: 'cluster.test',
  handler: async ({ body }, context) => {
    context.audit.target = body.id
    return toConnectionTestAnswer(await testCluster(context.services, body), {
      ...{ locale: context.locale, system: body.kind },
    })
  },
})
