'use client'

import { useQuery } from '@tanstack/react-query'
import type { ClusterKind } from '../cluster/snapshot.ts'
import { clustersQuery } from './queries/clusters.ts'

/** Which system's words a page uses; Kafka's until the clusters are loaded. */
export function useClusterKind(clusterId: string): ClusterKind {
  return useQuery(clustersQuery()).data?.items.find(({ id }) => id === clusterId)?.kind ?? 'kafka'
}
