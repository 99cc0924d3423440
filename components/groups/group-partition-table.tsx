'use client'

import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { type ReactElement, useCallback, useMemo } from 'react'
import type { GroupDetailAnswer, GroupPartitionAnswer } from '../../lib/api/schemas/groups.ts'
import { partitionKey } from '../../lib/client/partition-views.ts'
import { useTableView, wholeSource } from '../../lib/client/table-view.ts'
import { topicHref } from '../shell/places.ts'
import { DataTable } from '../ui/data-table.tsx'
import type { DataColumn } from '../ui/data-table-model.ts'
import { ForecastTime } from '../ui/forecast-time.tsx'
import { EmptyState } from '../ui/states.tsx'
import { Num, Rate } from '../ui/values.tsx'
import { EvaluationMark } from './evaluation-mark.tsx'
import { Lost } from './group-table.tsx'
import { LagTime } from './lag-time.tsx'

interface GroupPartitionTableProps {
  clusterId: string
  group: GroupDetailAnswer
}

function rowKey(row: GroupPartitionAnswer): string {
  return `${row.topic} ${partitionKey(row)}`
}

function rowClassName(row: GroupPartitionAnswer): string | undefined {
  return (row.lostMessages ?? 0) > 0 ? 'bg-losebg' : undefined
}

/** Each partition the group reads, the one furthest behind first. */
export function GroupPartitionTable({ clusterId, group }: GroupPartitionTableProps): ReactElement {
  const t = useTranslations('groups')
  const states = useTranslations('states.evaluation')
  const view = useTableView('-lagSeconds')
  const columns = usePartitionColumns(clusterId, group)
  const source = useMemo(() => wholeSource(group.partitions ?? [], group.asOf), [group])
  const filterText = useCallback(
    (row: GroupPartitionAnswer) => `${row.topic} ${row.partition} ${row.broker ?? ''} ${states(row.evaluation)}`,
    [states],
  )
  if (group.partitions === null) {
    const { fault } = group
    return (
      <div className="panel">
        <EmptyState
          title={t('partitions.unknownTitle')}
          text={fault === null ? t('partitions.unknownText') : `${fault.message} ${fault.fix}`}
        />
      </div>
    )
  }
  return (
    <DataTable
      name="groupPartitions"
      label={t('partitions.title')}
      columns={columns}
      source={source}
      view={view}
      rowKey={rowKey}
      rowClassName={rowClassName}
      filterText={filterText}
      empty={<EmptyState title={t('partitions.emptyTitle')} text={t('partitions.emptyText')} />}
    />
  )
}

function usePartitionColumns(clusterId: string, group: GroupDetailAnswer): DataColumn<GroupPartitionAnswer>[] {
  const t = useTranslations('groups')
  const hasBrokers = group.partitions?.some((row) => row.broker !== null) ?? false
  return useMemo(
    () => [
      {
        id: 'topic',
        header: t('partitions.topic'),
        cell: (row) => (
          <Link
            href={topicHref(clusterId, row.topic)}
            prefetch={false}
            title={row.topic}
            className="block truncate font-medium hover:underline"
          >
            {row.topic}
          </Link>
        ),
        sortValue: (row) => row.topic,
        className: 'w-full min-w-28',
      },
      ...(hasBrokers ? [brokerColumn(t('partitions.broker'))] : []),
      {
        id: 'partition',
        className: 'min-w-20',
        header: t('partitions.partition'),
        cell: (row) => row.partition,
        sortValue: (row) => row.partition,
        align: 'end',
      },
      {
        id: 'evaluation',
        className: 'min-w-36',
        header: t('columns.evaluation'),
        cell: (row) => <EvaluationMark evaluation={row.evaluation} />,
        sortValue: (row) => row.evaluation,
      },
      {
        id: 'lagSeconds',
        className: 'min-w-28',
        header: t('columns.lagSeconds'),
        hint: t('columnHelp.lagSeconds'),
        cell: (row) => <PartitionLagTime row={row} />,
        sortValue: (row) => row.lagSeconds,
        align: 'end',
      },
      {
        id: 'lagMessages',
        className: 'min-w-24',
        header: t('columns.lagMessages'),
        cell: (row) => (isUncommitted(row, group) ? <NeverCommitted /> : <Num value={row.lagMessages} />),
        sortValue: (row) => row.lagMessages,
        align: 'end',
      },
      {
        id: 'committedOffset',
        className: 'min-w-24',
        header: t('partitions.committed'),
        cell: (row) => (isUncommitted(row, group) ? <NeverCommitted /> : <Num value={row.committedOffset} />),
        sortValue: (row) => row.committedOffset,
        align: 'end',
        priority: 2,
      },
      {
        id: 'endOffset',
        className: 'min-w-24',
        header: t('partitions.end'),
        cell: (row) => <Num value={row.endOffset} />,
        sortValue: (row) => row.endOffset,
        align: 'end',
        // Committed offset and lag say as much.
        hiddenAtFirst: true,
      },
      {
        id: 'rate',
        className: 'min-w-24',
        header: t('columns.rate'),
        cell: (row) => <Rate value={row.consumeRatePerSecond} />,
        sortValue: (row) => row.consumeRatePerSecond,
        align: 'end',
        priority: 2,
      },
      {
        id: 'lossAt',
        className: 'min-w-48',
        header: t('columns.lossAt'),
        hint: t('columnHelp.lossAt'),
        cell: (row) => <ForecastTime forecast={row.lossAt} />,
        sortValue: (row) => (row.lossAt.earliest === null ? null : Date.parse(row.lossAt.earliest)),
        align: 'end',
      },
      {
        id: 'lost',
        className: 'min-w-20',
        header: t('columns.lost'),
        hint: t('columnHelp.lost'),
        cell: (row) => <Lost count={row.lostMessages} />,
        sortValue: (row) => row.lostMessages,
        align: 'end',
      },
      // RocketMQ's queues belong to brokers, and nobody but the members knows who reads which.
      ...(hasBrokers ? [] : [memberColumn(t('partitions.member'), group)]),
    ],
    [t, clusterId, hasBrokers, group],
  )
}

function memberColumn(header: string, group: GroupDetailAnswer): DataColumn<GroupPartitionAnswer> {
  return {
    id: 'member',
    className: 'min-w-28',
    header,
    cell: (row) => <Member row={row} group={group} />,
    sortValue: (row) => row.member,
    priority: 4,
  }
}

function brokerColumn(header: string): DataColumn<GroupPartitionAnswer> {
  return { id: 'broker', className: 'min-w-28', header, cell: (row) => row.broker, sortValue: (row) => row.broker }
}

/** Within offsets that were read, no committed offset means there is none: the API says so. */
function isUncommitted(row: GroupPartitionAnswer, group: GroupDetailAnswer): boolean {
  return row.committedOffset === null && group.fault === null
}

function NeverCommitted(): ReactElement {
  const t = useTranslations('groups.partitions')
  return (
    <span className="text-ink3" title={t('neverCommittedHelp')}>
      {t('neverCommitted')}
    </span>
  )
}

function PartitionLagTime({ row }: { row: GroupPartitionAnswer }): ReactElement {
  const t = useTranslations('groups.partitions')
  return <LagTime seconds={row.lagSeconds} source={row.lagSecondsSource} why={t('lagTimeUnknown')} />
}

/** The member's client id is what people know it by. */
function Member({ row, group }: { row: GroupPartitionAnswer; group: GroupDetailAnswer }): ReactElement {
  const t = useTranslations('groups.partitions')
  const member = group.memberList?.find((one) => one.memberId === row.member)
  if (row.member === null) return <span className="text-ink3">{t('noMember')}</span>
  return <span title={row.member}>{member === undefined ? row.member : `${member.clientId} ${member.host}`}</span>
}
