import type { ClusterConfig } from '../cluster/cluster-config.ts'

/** As the systems' own tools take it. */
export function addressOf(cluster: ClusterConfig): string {
  return cluster.kind === 'kafka' ? cluster.bootstrapServers.join(',') : cluster.nameServers.join(';')
}
