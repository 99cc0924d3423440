'use client'

import { useTranslations } from 'next-intl'
import { type ReactElement, useMemo } from 'react'
import type { FaultAnswer } from '../../lib/api/schemas/common.ts'
import type { TopicDetailAnswer } from '../../lib/api/schemas/topics.ts'
import { useTableView, wholeSource } from '../../lib/client/table-view.ts'
import { DataTable } from '../ui/data-table.tsx'
import type { DataColumn } from '../ui/data-table-model.ts'
import { EmptyState } from '../ui/states.tsx'

type ConfigEntry = NonNullable<TopicDetailAnswer['config']>[number]

/** RocketMQ's brokers each keep settings of their own, named by their source. */
function rowKey(row: ConfigEntry): string {
  return `${row.source} ${row.name}`
}

function filterText(row: ConfigEntry): string {
  return `${row.name} ${row.sensitive ? '' : (row.value ?? '')} ${row.source}`
}

interface TopicConfigTableProps {
  config: TopicDetailAnswer['config']
  fault: FaultAnswer | null
}

/** Settings of the topic; what somebody set for it stands above what it inherits. */
export function TopicConfigTable({ config, fault }: TopicConfigTableProps): ReactElement {
  const t = useTranslations('topics.settings')
  const view = useTableView('')
  const columns = useConfigColumns()
  const source = useMemo(
    () =>
      wholeSource(
        [...(config ?? [])].sort((a, b) => Number(a.isDefault) - Number(b.isDefault) || (a.name < b.name ? -1 : 1)),
      ),
    [config],
  )
  if (config === null) {
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
      name="topicSettings"
      label={t('label')}
      columns={columns}
      source={source}
      view={view}
      rowKey={rowKey}
      filterText={filterText}
      filterHint={t('filterHint')}
      empty={<EmptyState title={t('empty')} />}
    />
  )
}

function useConfigColumns(): DataColumn<ConfigEntry>[] {
  const t = useTranslations('topics.settings')
  return useMemo(
    () => [
      {
        id: 'name',
        header: t('name'),
        cell: (row) => <code className="font-mono text-xs">{row.name}</code>,
        sortValue: (row) => row.name,
      },
      {
        id: 'value',
        header: t('value'),
        cell: (row) => <ConfigValue entry={row} />,
      },
      {
        id: 'isDefault',
        header: t('isDefault'),
        cell: (row) => (row.isDefault ? <span className="text-ink3">{t('default')}</span> : <b>{t('changed')}</b>),
        sortValue: (row) => row.isDefault,
      },
      {
        id: 'source',
        header: t('source'),
        cell: (row) => <span className="text-ink2">{row.source}</span>,
        sortValue: (row) => row.source,
        priority: 2,
      },
    ],
    [t],
  )
}

function ConfigValue({ entry }: { entry: ConfigEntry }): ReactElement {
  const t = useTranslations('topics.settings')
  if (entry.sensitive) return <span className="text-ink3">{t('sensitive')}</span>
  if (entry.value === null || entry.value === '') return <span className="text-ink3">{t('noValue')}</span>
  return (
    <code className="font-mono text-xs" title={entry.value}>
      {entry.value}
    </code>
  )
}
