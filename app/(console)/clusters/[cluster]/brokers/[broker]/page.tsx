import type { ReactElement } from 'react'
import { BrokerView } from '../../../../../../components/brokers/broker-view.tsx'
import { brokersQuery } from '../../../../../../lib/client/queries/clusters.ts'
import { Prefetched } from '../../../../prefetched.tsx'

interface Params {
  params: Promise<{ cluster: string; broker: string }>
}

export default async function BrokerPage({ params }: Params): Promise<ReactElement> {
  const { cluster, broker } = await params
  const clusterId = decodeURIComponent(cluster)
  return (
    <Prefetched queries={[brokersQuery(clusterId)]}>
      <BrokerView clusterId={clusterId} brokerId={decodeURIComponent(broker)} />
    </Prefetched>
  )
}
