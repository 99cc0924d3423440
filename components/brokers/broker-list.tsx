'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { BrokerAnswer } from '../../lib/api/schemas/brokers.ts'
import { brokersQuery } from '../../lib/client/queries/clusters.ts'
import { type TableSource, useTableView, wholeSource } from '../../lib/client/table-view.ts'
import { useClusterKind } from '../../lib/client/use-cluster-kind.ts'
import { ClusterFrame } from '../clusters/cluster-frame.tsx'
import { DataTable } from '../ui/data-table.tsx'
import { NeverPolled } from '../ui/never-polled.tsx'
import { EmptyState } from '../ui/states.tsx'
import { useBrokerColumns } from './broker-columns.tsx'
import { RocketmqPanels } from './rocketmq-panels.tsx'

const NONE: BrokerAnswer[] = []

function filterText(broker: BrokerAnswer): string {
  return `${broker.id} ${broker.host} ${broker.rack ?? ''} ${broker.role}`
}

function brokerKey(broker: BrokerAnswer): string {
  return broker.id
}

/** Every broker that is or should be there, with how full its disks are. */
export function BrokerList({ clusterId }: { clusterId: string }): ReactElement {
  return (
    <ClusterFrame clusterId={clusterId} part="brokers">
      <BrokerTable clusterId={clusterId} />
    </ClusterFrame>
  )
}

function BrokerTable({ clusterId }: { clusterId: string }): ReactElement {
  const t = useTranslations('brokers')
  const { data, error, refetch } = useQuery(brokersQuery(clusterId))
  const kind = useClusterKind(clusterId)
  const view = useTableView('id')
  const columns = useBrokerColumns(clusterId, kind, data?.items.some((broker) => broker.online === false) ?? false)
  const source: TableSource<BrokerAnswer> = {
    ...wholeSource(data?.items ?? NONE, data?.asOf ?? null),
    status: data !== undefined ? 'ready' : error === null ? 'loading' : 'failed',
    error,
    retry: () => void refetch(),
  }
  return (
    <>
      <DataTable
        name="brokers"
        label={t('title')}
        columns={columns}
        source={source}
        view={view}
        rowKey={brokerKey}
        filterText={filterText}
        filterHint={t('filter')}
        empty={source.asOf === null ? <NeverPolled /> : <EmptyState title={t('emptyTitle')} text={t('emptyText')} />}
      />
      <RocketmqPanels clusterId={clusterId} brokers={source.rows} />
    </>
  )
}
