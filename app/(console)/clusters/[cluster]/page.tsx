import type { ReactElement } from 'react'
import { ClusterHealth } from '../../../../components/clusters/health.tsx'

export default async function HealthPage({ params }: { params: Promise<{ cluster: string }> }): Promise<ReactElement> {
  const { cluster } = await params
  return <ClusterHealth clusterId={decodeURIComponent(cluster)} />
}
