'use client'

import { useTranslations } from 'next-intl'
import { parseAsBoolean, useQueryState } from 'nuqs'
import type { ReactElement } from 'react'
import type { TopicRowAnswer } from '../../lib/api/schemas/topics.ts'
import { topicsQuery } from '../../lib/client/queries/topics.ts'
import { DURABILITY_STATE } from '../../lib/client/states.ts'
import { useListSource, useTableView } from '../../lib/client/table-view.ts'
import { useClusterKind } from '../../lib/client/use-cluster-kind.ts'
import { DataTable } from '../ui/data-table.tsx'
import { NeverPolled } from '../ui/never-polled.tsx'
import { EmptyState } from '../ui/states.tsx'
import { TableCheckbox } from '../ui/table-checkbox.tsx'
import { LadderPanel } from './ladder-panel.tsx'
import { useTopicColumns } from './topic-columns.tsx'

function rowKey(row: TopicRowAnswer): string {
  return row.name
}

/** The topic whose messages are lost is found without reading: its row has a ground of its own. */
function rowClassName(row: TopicRowAnswer): string | undefined {
  return DURABILITY_STATE[row.durability] === 'losing' ? 'bg-losebg' : undefined
}

/** Topics of a cluster: the texture of all partitions, then one row per topic. */
export function TopicsView({ clusterId }: { clusterId: string }): ReactElement {
  const t = useTranslations('topics')
  const [internal, setInternal] = useQueryState('internal', parseAsBoolean.withDefault(false))
  const view = useTableView()
  const source = useListSource(topicsQuery(clusterId, { q: view.q, sort: view.sort, internal }))
  const columns = useTopicColumns(clusterId, useClusterKind(clusterId))
  return (
    <>
      <LadderPanel
        clusterId={clusterId}
        internal={internal}
        onChoose={(durability) => view.setQ(`durability:${durability}`)}
      />
      <DataTable
        name="topics"
        label={t('title')}
        columns={columns}
        source={source}
        view={view}
        rowKey={rowKey}
        rowClassName={rowClassName}
        filterHint={t('filterHint')}
        empty={source.asOf === null ? <NeverPolled /> : <EmptyState title={t('empty.title')} text={t('empty.text')} />}
      >
        <TableCheckbox label={t('showInternal')} checked={internal} onChange={(on) => void setInternal(on || null)} />
      </DataTable>
    </>
  )
}
