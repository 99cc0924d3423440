import type { BrokerListAnswer, GrowingTopicsAnswer } from '../../api/schemas/brokers.ts'
import type { ClusterListAnswer } from '../../api/schemas/clusters.ts'
import { apiPath } from '../api.ts'
import { type ResourceQuery, resourceQuery } from './resource.ts'

export const CLUSTERS_KEY = ['clusters'] as const

/** All clusters with their verdicts. The shell reads it on every page; one cluster's page takes its own from it. */
export function clustersQuery(): ResourceQuery<ClusterListAnswer> {
  return resourceQuery<ClusterListAnswer>(CLUSTERS_KEY, () => apiPath('/api/v1/clusters', { limit: 1000 }))
}

export function clusterPath(clusterId: string, rest = ''): string {
  return `/api/v1/clusters/${encodeURIComponent(clusterId)}${rest}`
}

/** Which topics fill a broker's volumes. */
export function growingTopicsQuery(clusterId: string, brokerId: string): ResourceQuery<GrowingTopicsAnswer> {
  return resourceQuery<GrowingTopicsAnswer>(['brokers', clusterId, 'growing', brokerId], () =>
    clusterPath(clusterId, `/brokers/${encodeURIComponent(brokerId)}/growing-topics`),
  )
}

export function brokersQuery(clusterId: string): ResourceQuery<BrokerListAnswer> {
  return resourceQuery<BrokerListAnswer>(['brokers', clusterId], () =>
    apiPath(clusterPath(clusterId, '/brokers'), { limit: 1000 }),
  )
}
