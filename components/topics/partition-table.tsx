'use client'

import { useTranslations } from 'next-intl'
import { type ReactElement, useCallback, useMemo } from 'react'
import type { PartitionAnswer, TopicDetailAnswer } from '../../lib/api/schemas/topics.ts'
import { partitionKey } from '../../lib/client/partition-views.ts'
import { useTableView, wholeSource } from '../../lib/client/table-view.ts'
import type { ClusterKind } from '../../lib/cluster/snapshot.ts'
import { DataTable } from '../ui/data-table.tsx'
import { EmptyState } from '../ui/states.tsx'
import { type PartitionView, usePartitionColumns } from './partition-columns.tsx'

interface PartitionTableProps {
  kind: ClusterKind
  topic: TopicDetailAnswer
  view: PartitionView
}

/** Who holds the copies is read worst first, what is in them by number. */
const DEFAULT_SORT = { durability: '-durability', offsets: 'partition' } as const

export function PartitionTable({ kind, topic, view }: PartitionTableProps): ReactElement {
  const t = useTranslations('topics.partitionTable')
  const states = useTranslations('states.durability')
  const tableView = useTableView(DEFAULT_SORT[view])
  const columns = usePartitionColumns(view, kind)
  const source = useMemo(() => wholeSource(topic.partitionStates, topic.asOf), [topic])
  const filterText = useCallback(
    (row: PartitionAnswer) =>
      [`${row.partition}`, row.broker ?? '', row.durability, states(row.durability), `leader:${row.leader}`].join(' '),
    [states],
  )
  return (
    <DataTable
      name={`partitions.${view}`}
      label={t(view === 'durability' ? 'title' : 'caption')}
      columns={columns}
      source={source}
      view={tableView}
      rowKey={partitionKey}
      filterText={filterText}
      filterHint={t('filterHint')}
      empty={<EmptyState title={t('empty')} />}
    />
  )
}
