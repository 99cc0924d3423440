'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { parseAsString, parseAsStringLiteral, useQueryState } from 'nuqs'
import { type ReactElement, useMemo } from 'react'
import type { ReplayAnswer } from '../../lib/api/schemas/replays.ts'
import { clustersQuery } from '../../lib/client/queries/clusters.ts'
import { replaysQuery } from '../../lib/client/queries/replays.ts'
import { onlyTarget, progressOf, REPLAY_FILTERS } from '../../lib/client/replay-views.ts'
import { useListSource, useTableView } from '../../lib/client/table-view.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { replayHref } from '../shell/places.ts'
import { Button } from '../ui/button.tsx'
import { DataTable } from '../ui/data-table.tsx'
import type { DataColumn } from '../ui/data-table-model.ts'
import { PageHeader } from '../ui/page-header.tsx'
import { Select } from '../ui/select.tsx'
import { EmptyState } from '../ui/states.tsx'
import { Num, RelativeTime, Unknown } from '../ui/values.tsx'
import { ReplayStateMark } from './replay-state-mark.tsx'

function rowKey(row: ReplayAnswer): string {
  return row.id
}

/** Every replay there was, the newest first. */
export function ReplaysPage(): ReactElement {
  const t = useTranslations('replays')
  const [filter, setFilter] = useQueryState('show', parseAsStringLiteral(REPLAY_FILTERS).withDefault('all'))
  const [clusterId, setClusterId] = useQueryState('cluster', parseAsString.withDefault(''))
  const clusters = useQuery(clustersQuery()).data?.items ?? []
  const view = useTableView()
  const source = useListSource(replaysQuery({ filter, clusterId, q: view.q }))
  const columns = useReplayColumns()
  return (
    <>
      <PageHeader title={t('title')} />
      <DataTable
        name="replays"
        label={t('title')}
        columns={columns}
        source={source}
        view={view}
        rowKey={rowKey}
        rowHeightPx={57}
        filterHint={t('list.filterHint')}
        empty={
          <NoReplays
            isFiltered={filter !== 'all' || clusterId !== '' || view.q !== ''}
            onAll={() => {
              void setFilter(null)
              void setClusterId(null)
              view.setQ('')
            }}
          />
        }
      >
        <Select
          aria-label={t('list.show')}
          value={filter}
          options={REPLAY_FILTERS.map((value) => ({ value, label: t(`list.filters.${value}`) }))}
          onValueChange={(value) => void setFilter(value)}
        />
        {clusters.length < 2 ? null : (
          <Select
            aria-label={t('list.columns.cluster')}
            value={clusterId}
            options={[
              { value: '', label: t('list.allClusters') },
              ...clusters.map(({ id, name }) => ({ value: id, label: name })),
            ]}
            onValueChange={(value) => void setClusterId(value === '' ? null : value)}
          />
        )}
      </DataTable>
    </>
  )
}

function NoReplays({ isFiltered, onAll }: { isFiltered: boolean; onAll(): void }): ReactElement {
  const t = useTranslations('replays.list')
  if (isFiltered) return <EmptyState title={t('emptyOf')} action={<Button onClick={onAll}>{t('showAll')}</Button>} />
  return (
    <EmptyState
      title={t('empty.title')}
      text={t('empty.text')}
      action={
        <Button asChild>
          <Link href="/dead-letters">{t('empty.action')}</Link>
        </Button>
      }
    />
  )
}

function useReplayColumns(): DataColumn<ReplayAnswer>[] {
  const t = useTranslations('replays.list')
  const clusters = useQuery(clustersQuery()).data?.items
  return useMemo(() => {
    const names = new Map(clusters?.map(({ id, name }) => [id, name]))
    const columns: DataColumn<ReplayAnswer>[] = [
      {
        id: 'topic',
        header: t('columns.topic'),
        className: 'w-[26%] min-w-48',
        canHide: false,
        cell: (row) => (
          <span className="block min-w-0">
            <Link href={replayHref(row.id)} prefetch={false} className="block truncate font-semibold hover:underline">
              {row.topic}
            </Link>
            <span className="block truncate text-ink3 text-xs" title={row.reason}>
              {row.reason}
            </span>
          </span>
        ),
      },
      {
        id: 'state',
        header: t('columns.state'),
        className: 'w-44',
        cell: (row) => <ReplayStateMark state={row.state} />,
      },
      {
        id: 'progress',
        header: t('columns.progress'),
        hint: t('columnHelp.progress'),
        align: 'end',
        className: 'w-44 min-w-36',
        cell: (row) => <RowProgress replay={row} />,
      },
      {
        id: 'returned',
        header: t('columns.returned'),
        align: 'end',
        priority: 2,
        cell: (row) => <Returned replay={row} />,
      },
      {
        id: 'target',
        header: t('columns.target'),
        className: 'w-[16%] min-w-36',
        priority: 2,
        cell: (row) => <TargetName replay={row} />,
      },
      {
        id: 'cluster',
        header: t('columns.cluster'),
        className: 'w-[12%] min-w-24',
        priority: 3,
        cell: (row) => <span className="text-ink2">{names.get(row.clusterId) ?? row.clusterId}</span>,
      },
      {
        id: 'createdBy',
        header: t('columns.by'),
        priority: 3,
        cell: (row) => <span className="text-ink2">{row.createdBy}</span>,
      },
      {
        id: 'createdAt',
        header: t('columns.created'),
        align: 'end',
        className: 'w-36',
        cell: (row) => <RelativeTime at={row.createdAt} />,
      },
    ]
    return columns
  }, [t, clusters])
}

function RowProgress({ replay }: { replay: ReplayAnswer }): ReactElement {
  const t = useTranslations('replays.list')
  const format = useFormat()
  const total = replay.plan?.messages ?? null
  if (total === null) return <Unknown why={t('notPlanned')} />
  if (replay.startedAt === null) return <Num value={total} />
  const { ratio } = progressOf(replay)
  return (
    <span title={ratio === null ? undefined : format.percent(ratio)}>
      {t('ofTotal', { done: replay.counts.produced, total: replay.counts.selected })}
    </span>
  )
}

function Returned({ replay }: { replay: ReplayAnswer }): ReactElement | null {
  if (replay.startedAt === null) return null
  return (
    <Num value={replay.counts.returned} className={replay.counts.returned > 0 ? 'font-semibold text-losing' : ''} />
  )
}

function TargetName({ replay }: { replay: ReplayAnswer }): ReactElement {
  const t = useTranslations('replays')
  const name = replay.target.topic ?? (replay.plan === null ? null : onlyTarget(replay.plan))
  if (name !== null) return <span title={name}>{name}</span>
  const count = replay.plan?.targets.length ?? 0
  return (
    <span className="text-ink2">{count > 1 ? t('plan.targets', { count }) : t(`target.${replay.target.mode}`)}</span>
  )
}
