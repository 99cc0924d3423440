'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { parseAsStringLiteral, useQueryState } from 'nuqs'
import { type ReactElement, type ReactNode, useMemo } from 'react'
import type { DlqAnswer } from '../../lib/api/schemas/dlqs.ts'
import { scanProgress } from '../../lib/client/dead-letter-views.ts'
import { type CauseKey, causesQuery, type QueueName } from '../../lib/client/queries/dead-letters.ts'
import { type TableSource, useTableView } from '../../lib/client/table-view.ts'
import { DataTable } from '../ui/data-table.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { EmptyState } from '../ui/states.tsx'
import { useSelection } from '../ui/use-selection.ts'
import { type CauseRow, causeRowKey, useCauseColumns } from './cause-columns.tsx'
import { SelectionActions, SelectionBar } from './selection-bar.tsx'

const CAUSE_KEYS = ['cause', 'exception', 'originTopic', 'group'] as const satisfies readonly CauseKey[]
export const FIRST_CAUSE_SORT = '-count'

/** Why messages died in this queue. Causes that are ticked can be replayed or archived together. */
export function QueueCauses({
  queue,
  dlq,
  onDone,
}: {
  queue: QueueName
  dlq: DlqAnswer | undefined
  onDone(records: number): void
}): ReactElement {
  const t = useTranslations('deadLetters.causes')
  const view = useTableView(FIRST_CAUSE_SORT)
  const [by, setBy] = useQueryState('by', parseAsStringLiteral(CAUSE_KEYS).withDefault('cause'))
  const source = useCauseSource(queue, view.q, view.sort, by)
  const keys = useMemo(() => source.rows.map(causeRowKey), [source.rows])
  const selection = useSelection(keys)
  const columns = useCauseColumns({ by, rows: source.rows, selection })
  const chosen = source.rows.filter((row) => selection.has(causeRowKey(row)))
  return (
    <>
      <DataTable
        name="deadLetterCauses"
        label={t('title')}
        columns={columns}
        source={source}
        view={view}
        rowKey={causeRowKey}
        rowClassName={(row) => (selection.has(causeRowKey(row)) ? 'bg-line2' : undefined)}
        filterHint={t('filterHint')}
        rowHeightPx={77}
        empty={<NoCauses dlq={dlq} isUnread={source.isUnread} />}
      >
        <Segmented
          label={t('by.label')}
          value={by}
          onValueChange={(key) => void setBy(key)}
          options={CAUSE_KEYS.map((value) => ({ value, label: t(`by.${value}`) }))}
        />
      </DataTable>
      {chosen.length > 0 && <ChosenCauses queue={queue} chosen={chosen} onClear={selection.clear} onDone={onDone} />}
    </>
  )
}

interface CauseSource extends TableSource<CauseRow> {
  /** Nothing of the queue was read yet: no causes is not the same as no dead letters. */
  isUnread: boolean
}

function useCauseSource({ clusterId, topic }: QueueName, q: string, sort: string, by: CauseKey): CauseSource {
  const { data, error, isPlaceholderData, refetch } = useQuery(causesQuery({ clusterId, topic }, { q, sort, by }))
  const rows = useMemo(
    () => (data?.items ?? []).map((cause) => ({ queue: { clusterId, topic }, cause })),
    [data, clusterId, topic],
  )
  return {
    rows,
    total: data?.total ?? 0,
    status: data !== undefined ? 'ready' : error !== null ? 'failed' : 'loading',
    error,
    isOutdated: isPlaceholderData,
    hasMore: false,
    loadMore: () => undefined,
    retry: () => void refetch(),
    asOf: data?.asOf ?? null,
    isOrdered: true,
    isUnread: data !== undefined && scanProgress(data, null).isUnread,
  }
}

function NoCauses({ dlq, isUnread }: { dlq: DlqAnswer | undefined; isUnread: boolean }): ReactNode {
  const t = useTranslations('deadLetters.causes')
  if (dlq?.isReadable === false) return <EmptyState title={t('unreadable.title')} text={t('unreadable.text')} />
  if (dlq?.stored === 0 && !dlq.isPartial) return <EmptyState title={t('empty.title')} text={t('empty.nothing')} />
  if (isUnread) return <EmptyState title={t('unread.title')} text={t('unread.text')} />
  return <EmptyState title={t('empty.title')} text={t('empty.text')} />
}

interface ChosenCausesProps {
  queue: QueueName
  chosen: readonly CauseRow[]
  onClear(): void
  onDone(records: number): void
}

function ChosenCauses({ queue, chosen, onClear, onDone }: ChosenCausesProps): ReactElement {
  const t = useTranslations('deadLetters.actions')
  const count = chosen.reduce((sum, { cause }) => sum + cause.count, 0)
  return (
    <SelectionBar
      summary={t('selectedCauses', { causes: chosen.length, records: t('records', { count }) })}
      onClear={onClear}
    >
      <SelectionActions
        queue={queue}
        selection={{ causes: chosen.map(({ cause }) => cause.fingerprint) }}
        count={count}
        onArchived={(records) => {
          onClear()
          onDone(records)
        }}
      />
    </SelectionBar>
  )
}
