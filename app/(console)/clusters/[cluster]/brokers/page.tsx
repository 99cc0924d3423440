import type { ReactElement } from 'react'
import { BrokerList } from '../../../../../components/brokers/broker-list.tsx'
import { brokersQuery } from '../../../../../lib/client/queries/clusters.ts'
import { Prefetched } from '../../../prefetched.tsx'

export default async function BrokersPage({ params }: { params: Promise<{ cluster: string }> }): Promise<ReactElement> {
  const cluster = decodeURIComponent((await params).cluster)
  return (
    <Prefetched queries={[brokersQuery(cluster)]}>
      <BrokerList clusterId={cluster} />
    </Prefetched>
  )
}
