'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { newestPoll, shortestIntervalMs, worstClustersFirst } from '../../lib/client/cluster-views.ts'
import { clustersQuery } from '../../lib/client/queries/clusters.ts'
import { AddCluster } from '../clusters/add-cluster.tsx'
import { SystemWords } from '../shell/system-words.tsx'
import { Freshness } from '../ui/freshness.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { RangeSelect } from '../ui/range-select.tsx'
import { Loading, Skeleton } from '../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../ui/states.tsx'
import { ClusterRow } from './cluster-row.tsx'
import { SoonestHarm } from './soonest-harm.tsx'

/** Are we losing messages? Could we? One row per cluster, the worst on top. */
export function Overview(): ReactElement {
  const t = useTranslations('overview')
  const { data } = useQuery(clustersQuery())
  const clusters = data?.items ?? []
  return (
    <>
      <PageHeader title={t('title')}>
        {clusters.length === 0 ? null : (
          <Freshness at={newestPoll(clusters)} intervalMs={shortestIntervalMs(clusters)} />
        )}
        <RangeSelect />
      </PageHeader>
      <ClusterRows />
      <SoonestHarm clusters={clusters} />
    </>
  )
}

function ClusterRows(): ReactElement {
  const t = useTranslations('overview')
  const { data, error, refetch } = useQuery(clustersQuery())
  if (data === undefined) {
    return (
      <div className="panel">{error === null ? <RowSkeletons /> : <ErrorState error={error} onRetry={refetch} />}</div>
    )
  }
  if (data.items.length === 0) {
    return (
      <div className="panel">
        <EmptyState title={t('empty.title')} text={t('empty.text')} action={<AddCluster />} />
      </div>
    )
  }
  return (
    <ul className="panel divide-y divide-line" aria-label={t('clusters')}>
      {worstClustersFirst(data.items).map((cluster) => (
        <SystemWords key={cluster.id} kind={cluster.kind}>
          <ClusterRow cluster={cluster} />
        </SystemWords>
      ))}
    </ul>
  )
}

function RowSkeletons(): ReactElement {
  return (
    <Loading>
      {['one', 'two', 'three'].map((row) => (
        <div key={row} className="flex h-27 items-start gap-4 border-line border-b px-4 py-4 last:border-0">
          <Skeleton className="size-4" />
          <div className="flex-1 space-y-2">
            <Skeleton className="w-40" />
            <Skeleton className="w-4/5" />
          </div>
          <Skeleton className="h-14 w-1/2 max-lg:hidden" />
        </div>
      ))}
    </Loading>
  )
}
