'use client'

import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { type ReactElement, type ReactNode, useMemo } from 'react'
import type { GroupRowAnswer } from '../../lib/api/schemas/groups.ts'
import type { TableSource, TableView } from '../../lib/client/table-view.ts'
import { groupHref } from '../shell/places.ts'
import { DataTable } from '../ui/data-table.tsx'
import type { DataColumn } from '../ui/data-table-model.ts'
import { ForecastTime } from '../ui/forecast-time.tsx'
import { Num, Rate, Unknown } from '../ui/values.tsx'
import { EvaluationMark } from './evaluation-mark.tsx'
import { LagTime } from './lag-time.tsx'

interface GroupTableProps {
  name: string
  clusterId: string
  source: TableSource<GroupRowAnswer>
  view: TableView
  empty: ReactNode
  children?: ReactNode
}

function rowKey(row: GroupRowAnswer): string {
  return row.id
}

function rowClassName(row: GroupRowAnswer): string | undefined {
  return (row.lostMessages ?? 0) > 0 ? 'bg-losebg' : undefined
}

export function GroupTable(props: GroupTableProps): ReactElement {
  const t = useTranslations('groups')
  const columns = useGroupColumns(props.clusterId)
  return (
    <DataTable
      {...props}
      label={t('title')}
      columns={columns}
      rowKey={rowKey}
      rowClassName={rowClassName}
      filterHint={t('filterHint')}
    />
  )
}

function useGroupColumns(clusterId: string): DataColumn<GroupRowAnswer>[] {
  const t = useTranslations('groups')
  return useMemo(
    () => [
      {
        id: 'id',
        header: t('columns.id'),
        cell: (row) => (
          <Link
            href={groupHref(clusterId, row.id)}
            prefetch={false}
            title={row.id}
            className="block truncate font-medium hover:underline max-sm:whitespace-normal max-sm:break-all"
          >
            {row.id}
          </Link>
        ),
        sortKey: 'id',
        className: 'w-full min-w-32',
        canHide: false,
      },
      {
        id: 'evaluation',
        className: 'min-w-36',
        header: t('columns.evaluation'),
        hint: t('columnHelp.evaluation'),
        cell: (row) => <EvaluationMark evaluation={row.evaluation} why={row.fault?.message ?? null} />,
        sortKey: 'evaluation',
      },
      {
        id: 'state',
        className: 'min-w-24',
        header: t('columns.state'),
        cell: (row) => row.state ?? <Unknown why={row.fault?.message ?? null} />,
        sortKey: 'state',
        priority: 2,
      },
      {
        id: 'type',
        className: 'min-w-24',
        header: t('columns.type'),
        cell: (row) => (
          <span className="text-ink2" title={t(`typeHelp.${row.type}`)}>
            {t(`type.${row.type}`)}
          </span>
        ),
        sortKey: 'type',
        priority: 3,
      },
      {
        id: 'members',
        className: 'min-w-20',
        header: t('columns.members'),
        cell: (row) => <Num value={row.members} why={row.fault?.message ?? null} />,
        sortKey: 'members',
        align: 'end',
        priority: 2,
      },
      {
        id: 'lagSeconds',
        className: 'min-w-28',
        header: t('columns.lagSeconds'),
        hint: t('columnHelp.lagSeconds'),
        cell: (row) => <LagTime seconds={row.lagSeconds} why={row.fault?.message ?? null} />,
        sortKey: 'lagSeconds',
        align: 'end',
      },
      {
        id: 'lagMessages',
        className: 'min-w-28',
        header: t('columns.lagMessages'),
        cell: (row) => <Num value={row.lagMessages} isPartial={row.isPartial} why={row.fault?.message ?? null} />,
        sortKey: 'lagMessages',
        align: 'end',
      },
      {
        id: 'consumeRatePerSecond',
        className: 'min-w-28',
        header: t('columns.rate'),
        cell: (row) => <Rate value={row.consumeRatePerSecond} />,
        sortKey: 'consumeRatePerSecond',
        align: 'end',
        priority: 2,
      },
      {
        id: 'lossAt',
        className: 'min-w-48',
        header: t('columns.lossAt'),
        hint: t('columnHelp.lossAt'),
        cell: (row) => <ForecastTime forecast={row.lossAt} />,
        sortKey: 'lossAt',
        align: 'end',
        priority: 2,
      },
      {
        id: 'lostMessages',
        className: 'min-w-24',
        header: t('columns.lost'),
        hint: t('columnHelp.lost'),
        cell: (row) => <Lost count={row.lostMessages} />,
        sortKey: 'lostMessages',
        align: 'end',
      },
    ],
    [clusterId, t],
  )
}

/** Start less committed offset: unread records that retention deleted, at most. */
export function Lost({ count }: { count: number | null }): ReactElement {
  const t = useTranslations('groups')
  if (count === null) return <Unknown />
  if (count === 0) return <span className="text-ink3">0</span>
  return (
    <span className="font-semibold text-losing" title={t('lostUpTo')}>
      <Num value={count} />
    </span>
  )
}
