import { HoldfastError } from '../errors.ts'
import type { ClusterSummary } from '../history/snapshot-store.ts'
import type { RegisteredCluster } from '../registry/cluster-registry.ts'
import type { ApiServices } from './services.ts'

/** @throws HoldfastError `cluster_not_found` */
export async function getClusterOrThrow(services: ApiServices, clusterId: string): Promise<RegisteredCluster> {
  const known = (await services.registry.list()).find((cluster) => cluster.config.id === clusterId)
  if (known === undefined) throw new HoldfastError('cluster_not_found', { cluster: clusterId })
  return known
}

/** The stored summary of a cluster that is configured; null before its first poll. */
export async function getSummaryOrThrow(services: ApiServices, clusterId: string): Promise<ClusterSummary | null> {
  await getClusterOrThrow(services, clusterId)
  return services.snapshots.summary(clusterId)
}
