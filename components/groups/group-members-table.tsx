'use client'

import { useTranslations } from 'next-intl'
import { type ReactElement, useMemo } from 'react'
import type { GroupDetailAnswer } from '../../lib/api/schemas/groups.ts'
import { useTableView, wholeSource } from '../../lib/client/table-view.ts'
import { DataTable } from '../ui/data-table.tsx'
import type { DataColumn } from '../ui/data-table-model.ts'
import { EmptyState } from '../ui/states.tsx'
import { Num } from '../ui/values.tsx'

type Member = NonNullable<GroupDetailAnswer['memberList']>[number]

function rowKey(row: Member): string {
  return row.memberId
}

function filterText(row: Member): string {
  return `${row.clientId} ${row.memberId} ${row.host} ${row.assignments.map((one) => one.topic).join(' ')}`
}

/** Null where only the member itself knows of some topic. */
function partitionsOf({ assignments }: Member): number | null {
  let sum = 0
  for (const { partitions } of assignments) {
    if (partitions === null) return null
    sum += partitions.length
  }
  return sum
}

export function GroupMembersTable({ group }: { group: GroupDetailAnswer }): ReactElement {
  const t = useTranslations('groups.members')
  const view = useTableView('clientId')
  const columns = useMemberColumns()
  const source = useMemo(() => wholeSource(group.memberList ?? [], group.asOf), [group])
  if (group.memberList === null) {
    const { fault } = group
    return (
      <div className="panel">
        <EmptyState
          title={t('unknownTitle')}
          text={fault === null ? t('unknownText') : `${fault.message} ${fault.fix}`}
        />
      </div>
    )
  }
  return (
    <DataTable
      name="groupMembers"
      label={t('title')}
      columns={columns}
      source={source}
      view={view}
      rowKey={rowKey}
      filterText={filterText}
      empty={<EmptyState title={t('emptyTitle')} text={t('emptyText')} />}
    />
  )
}

function useMemberColumns(): DataColumn<Member>[] {
  const t = useTranslations('groups.members')
  return useMemo(
    () => [
      {
        id: 'clientId',
        header: t('clientId'),
        cell: (row) => <span className="font-medium">{row.clientId}</span>,
        sortValue: (row) => row.clientId,
      },
      { id: 'host', header: t('host'), cell: (row) => row.host, sortValue: (row) => row.host },
      {
        id: 'partitions',
        header: t('partitions'),
        cell: (row) => <Num value={partitionsOf(row)} why={t('partitionsUntold')} />,
        sortValue: partitionsOf,
        align: 'end',
      },
      {
        id: 'assignments',
        header: t('assignments'),
        cell: (row) => <Assignments row={row} />,
        className: 'w-[36%]',
      },
      {
        id: 'memberId',
        header: t('memberId'),
        cell: (row) => (
          <span className="text-ink2 text-xs" title={row.memberId}>
            {row.memberId}
          </span>
        ),
        priority: 3,
      },
    ],
    [t],
  )
}

function Assignments({ row }: { row: Member }): ReactElement {
  const t = useTranslations('groups.members')
  if (row.assignments.length === 0) return <span className="text-ink3">{t('idle')}</span>
  const text = row.assignments.map(assignmentText).join(' · ')
  return <span title={text}>{text}</span>
}

function assignmentText({ topic, broker, partitions }: Member['assignments'][number]): string {
  if (partitions === null || partitions.length === 0) return topic
  return `${topic}: ${broker === null ? '' : `${broker} `}${partitions.join(', ')}`
}
