import type { ReactElement } from 'react'
import { ClusterList } from '../../../components/clusters/cluster-list.tsx'

export default function ClustersPage(): ReactElement {
  return <ClusterList />
}
