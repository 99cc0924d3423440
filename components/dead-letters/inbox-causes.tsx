'use client'

import { useInfiniteQuery, useQueries } from '@tanstack/react-query'
import { ListFilter } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { parseAsArrayOf, parseAsString, useQueryState } from 'nuqs'
import { type ReactElement, useMemo } from 'react'
import type { DlqAnswer } from '../../lib/api/schemas/dlqs.ts'
import { causesQuery } from '../../lib/client/queries/dead-letters.ts'
import { dlqsQuery } from '../../lib/client/queries/dlqs.ts'
import { type TableSource, useTableView, wholeSource } from '../../lib/client/table-view.ts'
import { Button } from '../ui/button.tsx'
import { DataTable } from '../ui/data-table.tsx'
import { Menu, MenuCheckboxItem } from '../ui/menu.tsx'
import { EmptyState, ErrorState } from '../ui/states.tsx'
import { type CauseRow, causeRowKey, useCauseColumns } from './cause-columns.tsx'
import { FULLEST_DLQS } from './urgent-dlq-views.ts'

const QUEUES_AT_FIRST = 3
const MAX_CHOSEN = 12
const CAUSES_OF_EACH = 20

function filterText({ queue, cause }: CauseRow): string {
  return [queue.topic, cause.exception, cause.message, cause.frame, ...cause.groups, ...cause.originTopics].join(' ')
}

/** Why messages died in the fullest queues, or in those that were chosen: all of it in one list, the most frequent first. */
export function InboxCauses(): ReactElement | null {
  const t = useTranslations('deadLetters.causes')
  const queues = useReadableDlqs()
  const [chosenIds, setChosenIds] = useQueryState('queues', parseAsArrayOf(parseAsString).withDefault([]))
  const chosen = queues.filter(({ id }) => chosenIds.includes(id)).slice(0, MAX_CHOSEN)
  const shown = chosen.length > 0 ? chosen : queues.filter(isFilled).slice(0, QUEUES_AT_FIRST)
  const { source, failures } = useCausesOf(shown)
  const view = useTableView('-count', 'c')
  const columns = useCauseColumns({ by: 'cause', rows: source.rows, hasQueue: true })
  if (queues.length === 0 || (shown.length === 0 && chosenIds.length === 0)) return null
  const title = t(chosen.length > 0 ? 'ofChosen' : 'ofFullest', { count: shown.length })
  return (
    <section aria-labelledby="causes-title" className="mt-6">
      <div className="mb-2 flex flex-wrap items-center gap-2">
        <h2 id="causes-title" className="min-w-0 flex-1 font-semibold text-base">
          {title}
        </h2>
        <QueueChoice
          queues={queues}
          chosenIds={chosenIds}
          onChange={(ids) => void setChosenIds(ids.length === 0 ? null : ids.slice(0, MAX_CHOSEN))}
        />
      </div>
      <DataTable
        name="inboxCauses"
        label={title}
        columns={columns}
        source={source}
        view={view}
        rowKey={causeRowKey}
        filterText={filterText}
        filterHint={t('filterText')}
        rowHeightPx={77}
        empty={<EmptyState title={t('empty.title')} text={t('empty.text')} />}
      />
      {failures.map(({ dlq, error, retry }) => (
        <div key={dlq.id} className="panel mt-2">
          <p className="px-4 pt-3 font-semibold">{t('failed', { queue: dlq.topic })}</p>
          <ErrorState error={error} onRetry={retry} className="py-3" />
        </div>
      ))}
    </section>
  )
}

function isFilled({ depth, stored }: DlqAnswer): boolean {
  return (depth ?? stored ?? 0) > 0
}

/** The fullest first; nobody can look into those that are write-only. */
function useReadableDlqs(): DlqAnswer[] {
  const { data } = useInfiniteQuery(dlqsQuery(FULLEST_DLQS))
  return useMemo(
    () => (data?.pages ?? []).flatMap((page) => page.items).filter(({ isReadable }) => isReadable !== false),
    [data],
  )
}

interface CausesOfQueues {
  source: TableSource<CauseRow>
  failures: { dlq: DlqAnswer; error: Error; retry(): void }[]
}

function useCausesOf(dlqs: readonly DlqAnswer[]): CausesOfQueues {
  const results = useQueries({
    queries: dlqs.map(({ clusterId, topic }) =>
      causesQuery({ clusterId, topic }, { sort: '-count', limit: CAUSES_OF_EACH }),
    ),
  })
  const answers = results.map((result) => result.data)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list is new on every render, its members are not.
  const rows = useMemo(
    () =>
      answers
        .flatMap((answer, index) => (answer?.items ?? []).map((cause) => rowOf(dlqs[index], cause)))
        .filter((row) => row.cause.count > 0),
    [...answers, dlqs.map(({ id }) => id).join(' ')],
  )
  const failures = results.flatMap((result, index) => {
    const dlq = dlqs[index]
    if (result.data !== undefined || result.error === null || dlq === undefined) return []
    return [{ dlq, error: result.error, retry: () => void result.refetch() }]
  })
  const isLoading = rows.length === 0 && results.some((result) => result.data === undefined && result.error === null)
  return { source: { ...wholeSource(rows), status: isLoading ? 'loading' : 'ready' }, failures }
}

function rowOf(dlq: DlqAnswer | undefined, cause: CauseRow['cause']): CauseRow {
  return { queue: { clusterId: dlq?.clusterId ?? '', topic: dlq?.topic ?? '' }, cause }
}

interface QueueChoiceProps {
  queues: readonly DlqAnswer[]
  chosenIds: readonly string[]
  onChange(ids: string[]): void
}

function QueueChoice({ queues, chosenIds, onChange }: QueueChoiceProps): ReactElement {
  const t = useTranslations('deadLetters.causes')
  const trigger = (
    <Button aria-label={t('chooseLabel')}>
      <ListFilter aria-hidden className="size-4" />
      {t('choose')}
    </Button>
  )
  return (
    <Menu trigger={trigger} align="end">
      <MenuCheckboxItem checked={chosenIds.length === 0} onCheckedChange={() => onChange([])}>
        {t('fullest')}
      </MenuCheckboxItem>
      {queues.map(({ id, topic }) => (
        <MenuCheckboxItem
          key={id}
          checked={chosenIds.includes(id)}
          onCheckedChange={(isOn) => onChange(isOn ? [...chosenIds, id] : chosenIds.filter((other) => other !== id))}
        >
          <span className="break-all">{topic}</span>
        </MenuCheckboxItem>
      ))}
    </Menu>
  )
}
