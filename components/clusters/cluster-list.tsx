'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { type ReactElement, useMemo } from 'react'
import type { ClusterAnswer } from '../../lib/api/schemas/clusters.ts'
import { belowFullIsr, newestPoll, shortestIntervalMs, shownLevel } from '../../lib/client/cluster-views.ts'
import { clustersQuery } from '../../lib/client/queries/clusters.ts'
import { worseFirst } from '../../lib/client/states.ts'
import { type TableSource, useTableView, wholeSource } from '../../lib/client/table-view.ts'
import { clusterHref } from '../shell/places.ts'
import { DataTable } from '../ui/data-table.tsx'
import type { DataColumn } from '../ui/data-table-model.ts'
import { Freshness } from '../ui/freshness.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { StateGlyph } from '../ui/state-glyph.tsx'
import { EmptyState } from '../ui/states.tsx'
import { Num, Percent, RelativeTime, Unknown } from '../ui/values.tsx'
import { AddCluster } from './add-cluster.tsx'

const LEVELS = ['losing', 'atRisk', 'unknown', 'watch', 'safe'] as const

function useColumns(): DataColumn<ClusterAnswer>[] {
  const t = useTranslations('clusters.list')
  const states = useTranslations('states.level')
  const kinds = useTranslations('clusters.kinds')
  return useMemo(
    () => [
      {
        id: 'name',
        header: t('name'),
        sortValue: (cluster) => cluster.name,
        className: 'w-[20%]',
        cell: (cluster) => (
          <Link href={clusterHref(cluster.id)} className="inline-flex items-center gap-2 font-semibold hover:underline">
            <StateGlyph level={shownLevel(cluster)} label="" />
            {cluster.name}
          </Link>
        ),
      },
      {
        id: 'verdict',
        header: t('verdict'),
        sortValue: (cluster) => LEVELS.indexOf(shownLevel(cluster)),
        cell: (cluster) => states(shownLevel(cluster)),
      },
      {
        id: 'kind',
        header: t('kind'),
        priority: 3,
        className: 'w-[12%] whitespace-nowrap',
        sortValue: (cluster) => cluster.version,
        cell: (cluster) => (
          <span title={cluster.version === null ? t('versionUnknown') : undefined}>
            {kinds(cluster.kind)} {cluster.version}
          </span>
        ),
      },
      {
        id: 'brokers',
        header: t('brokers'),
        align: 'end',
        sortValue: (cluster) => cluster.brokersOnline,
        cell: (cluster) =>
          cluster.brokersOnline === null || cluster.brokersExpected === null ? (
            <Unknown />
          ) : (
            t('brokersOf', { online: cluster.brokersOnline, expected: cluster.brokersExpected })
          ),
      },
      count('topics', t('topics'), (cluster) => cluster.topics, 2),
      count('partitions', t('partitions'), (cluster) => cluster.partitions, 3),
      count('groups', t('groups'), (cluster) => cluster.groups, 2),
      count('belowFullIsr', t('belowFullIsr'), belowFullIsr, 1),
      {
        id: 'disk',
        header: t('disk'),
        align: 'end',
        priority: 2,
        sortValue: (cluster) => cluster.diskUsedRatioMax,
        cell: (cluster) => <Percent value={cluster.diskUsedRatioMax} />,
      },
      {
        id: 'polled',
        header: t('polled'),
        align: 'end',
        className: 'w-[11%]',
        sortValue: (cluster) => cluster.lastPollAt,
        cell: (cluster) => <RelativeTime at={cluster.lastPollAt} why={t('neverPolled')} />,
      },
    ],
    [t, states, kinds],
  )
}

function count(
  id: string,
  header: string,
  value: (cluster: ClusterAnswer) => number | null,
  priority: 1 | 2 | 3,
): DataColumn<ClusterAnswer> {
  return { id, header, align: 'end', priority, sortValue: value, cell: (cluster) => <Num value={value(cluster)} /> }
}

function filterText(cluster: ClusterAnswer): string {
  return `${cluster.name} ${cluster.id} ${cluster.kind} ${cluster.version ?? ''} ${shownLevel(cluster)}`
}

function clusterKey(cluster: ClusterAnswer): string {
  return cluster.id
}

export function ClusterList(): ReactElement {
  const t = useTranslations('clusters.list')
  const { data, error, refetch } = useQuery(clustersQuery())
  const view = useTableView('')
  const columns = useColumns()
  const rows = useMemo(
    () => [...(data?.items ?? [])].sort((one, other) => worseFirst(shownLevel(one), shownLevel(other))),
    [data],
  )
  const source: TableSource<ClusterAnswer> = {
    ...wholeSource(rows, data?.asOf ?? null),
    status: data !== undefined ? 'ready' : error === null ? 'loading' : 'failed',
    error,
    retry: () => void refetch(),
  }
  return (
    <>
      <PageHeader title={t('title')}>
        {rows.length === 0 ? null : <Freshness at={newestPoll(rows)} intervalMs={shortestIntervalMs(rows)} />}
        <AddCluster />
      </PageHeader>
      <DataTable
        name="clusters"
        label={t('title')}
        columns={columns}
        source={source}
        view={view}
        rowKey={clusterKey}
        filterText={filterText}
        empty={<EmptyState title={t('emptyTitle')} text={t('emptyText')} action={<AddCluster />} />}
      />
    </>
  )
}
