import type { ReactElement } from 'react'
import { ClusterSettings } from '../../../../../components/clusters/cluster-settings.tsx'

export default async function SettingsPage({
  params,
}: {
  params: Promise<{ cluster: string }>
}): Promise<ReactElement> {
  const { cluster } = await params
  return <ClusterSettings clusterId={decodeURIComponent(cluster)} />
}
