'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { type ReactElement, useMemo } from 'react'
import type { DlqAnswer } from '../../lib/api/schemas/dlqs.ts'
import { clustersQuery } from '../../lib/client/queries/clusters.ts'
import { dlqsQuery } from '../../lib/client/queries/dlqs.ts'
import { useListSource, useTableView } from '../../lib/client/table-view.ts'
import { useTimeRange } from '../../lib/client/time-range.ts'
import { clusterHref, deadLettersHref } from '../shell/places.ts'
import { DataTable } from '../ui/data-table.tsx'
import type { DataColumn } from '../ui/data-table-model.ts'
import { NeverPolled } from '../ui/never-polled.tsx'
import { EmptyState } from '../ui/states.tsx'
import { Num, Rate } from '../ui/values.tsx'
import { Depth, Expiry, Moment } from './depth.tsx'
import { DepthSparkline } from './depth-sparkline.tsx'
import { type DepthHistoryOf, useDepthHistory } from './use-depth-history.ts'

function rowKey(row: DlqAnswer): string {
  return row.id
}

/** Dead-letter queues of all clusters, the fullest first. */
export function DeadLettersView(): ReactElement {
  const t = useTranslations('deadLetters')
  const view = useTableView()
  const [range] = useTimeRange()
  const source = useListSource(dlqsQuery(view))
  const clusters = useQuery(clustersQuery()).data?.items
  const names = useMemo(() => new Map(clusters?.map(({ id, name }) => [id, name])), [clusters])
  const clusterIds = useClusterIds(source.rows)
  const history = useDepthHistory(clusterIds, range)
  const columns = useDlqColumns(names, history)
  return (
    <DataTable
      name="deadLetters"
      label={t('title')}
      columns={columns}
      source={source}
      view={view}
      rowKey={rowKey}
      filterHint={t('filterHint')}
      rowHeightPx={41}
      empty={source.asOf === null ? <NeverPolled /> : <EmptyState title={t('empty.title')} text={t('empty.text')} />}
    />
  )
}

function useClusterIds(rows: readonly DlqAnswer[]): string[] {
  const joined = [...new Set(rows.map((row) => row.clusterId))].sort().join('\n')
  return useMemo(() => (joined === '' ? [] : joined.split('\n')), [joined])
}

function useDlqColumns(names: ReadonlyMap<string, string>, history: DepthHistoryOf): DataColumn<DlqAnswer>[] {
  const t = useTranslations('deadLetters')
  return useMemo(
    () => [
      {
        id: 'topic',
        header: t('columns.topic'),
        cell: (row) => <DlqLink row={row} />,
        sortKey: 'topic',
        className: 'w-full min-w-52',
        canHide: false,
      },
      {
        id: 'cluster',
        className: 'min-w-24',
        header: t('columns.cluster'),
        cell: (row) => (
          <Link href={clusterHref(row.clusterId)} prefetch={false} className="text-ink2 hover:underline">
            {names.get(row.clusterId) ?? row.clusterId}
          </Link>
        ),
        sortKey: 'clusterId',
      },
      {
        id: 'depth',
        className: 'min-w-28',
        header: t('columns.depth'),
        hint: t('columnHelp.depth'),
        cell: (row) => <Depth dlq={row} className="font-semibold" />,
        sortKey: 'depth',
        align: 'end',
      },
      {
        id: 'stored',
        className: 'min-w-28',
        header: t('columns.stored'),
        hint: t('columnHelp.stored'),
        cell: (row) => <Num value={row.stored} why={t('storedUnknown')} isPartial={row.isPartial} />,
        sortKey: 'stored',
        align: 'end',
      },
      {
        id: 'arrivals',
        className: 'min-w-28',
        header: t('columns.arrivals'),
        hint: t('columnHelp.arrivals'),
        cell: (row) => <Rate value={row.arrivalsPerMinute} per="minute" why={t('arrivalsUnknown')} />,
        sortKey: 'arrivalsPerMinute',
        align: 'end',
      },
      {
        id: 'oldest',
        className: 'min-w-36',
        header: t('columns.oldest'),
        cell: (row) => <Moment dlq={row} at={row.oldestAt} />,
        sortKey: 'oldestAt',
        align: 'end',
      },
      {
        id: 'expires',
        className: 'min-w-48',
        header: t('columns.expires'),
        hint: t('columnHelp.expires'),
        cell: (row) => <Expiry dlq={row} />,
        sortKey: 'expiresAt',
        align: 'end',
      },
      {
        id: 'history',
        header: t('columns.history'),
        cell: (row) => <DepthSparkline name={row.topic} history={history(row.clusterId, row.topic)} />,
        align: 'end',
        className: 'min-w-44',
      },
    ],
    [t, names, history],
  )
}

function DlqLink({ row }: { row: DlqAnswer }): ReactElement {
  const t = useTranslations('deadLetters')
  const from = t('from', { topics: row.sourceTopics.join(', ') })
  return (
    <span className="flex min-w-0 flex-wrap items-baseline gap-x-2">
      <Link
        href={deadLettersHref(row.clusterId, row.topic)}
        prefetch={false}
        title={row.topic}
        className="truncate font-medium hover:underline max-sm:whitespace-normal max-sm:break-all"
      >
        {row.topic}
      </Link>
      {row.isReadable === false && (
        <span className="shrink-0 cursor-help text-risk text-xs underline decoration-dotted" title={t('writeOnlyWhy')}>
          {t('writeOnly')}
        </span>
      )}
      {row.sourceTopics.length > 0 && (
        <span className="w-full truncate text-ink3 text-xs" title={from}>
          {from}
        </span>
      )}
    </span>
  )
}
