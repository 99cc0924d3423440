'use client'

import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type ReactElement, useMemo } from 'react'
import type { DeadLetterAnswer, DeadLetterListAnswer } from '../../lib/api/schemas/dead-letters.ts'
import { placeOfRecord } from '../../lib/client/dead-letter-views.ts'
import { messagesQuery, type QueueName } from '../../lib/client/queries/dead-letters.ts'
import { type TableSource, UNSORTED, wholeSource } from '../../lib/client/table-view.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { useRights } from '../../lib/client/use-rights.ts'
import { Button } from '../ui/button.tsx'
import { DataTable } from '../ui/data-table.tsx'
import { EmptyState } from '../ui/states.tsx'
import { useSelection } from '../ui/use-selection.ts'
import { messageKey, useMessageColumns } from './message-columns.tsx'
import { MessageSearch } from './message-search.tsx'
import { RestoreButton } from './restore-button.tsx'
import { SelectionActions, SelectionBar } from './selection-bar.tsx'
import { useMessageSearch, viewOfSearch } from './use-message-search.ts'

interface MessageTableProps {
  queue: QueueName
  /** Only records of this one. */
  cause?: string
  onArchived(records: number): void
  onRestored(records: number): void
}

/** The records of a queue, searched and chosen from. It always says how far it looked. */
export function MessageTable({ queue, cause, onArchived, onRestored }: MessageTableProps): ReactElement {
  const t = useTranslations('deadLetters.messages')
  const [search, setSearch] = useMessageSearch()
  const { seesPayloads } = useRights()
  const result = useInfiniteQuery(messagesQuery(queue, viewOfSearch(search, cause)))
  const pages = result.data?.pages
  const rows = useMemo(() => pages?.flatMap((page) => page.items) ?? [], [pages])
  // Nothing can be done with what is gone.
  const keys = useMemo(() => rows.filter(({ gone }) => gone === null).map(messageKey), [rows])
  const selection = useSelection(keys)
  const columns = useMessageColumns({ selection, keys, isOfOneCause: cause !== undefined })
  const source: TableSource<DeadLetterAnswer> = {
    ...wholeSource(rows),
    status: pages !== undefined ? 'ready' : result.error !== null ? 'failed' : 'loading',
    error: result.error,
    isOutdated: result.isPlaceholderData,
    retry: () => void result.refetch(),
  }
  const last = pages?.at(-1)
  const isFiltered = search.q !== '' || search.fromTime !== '' || search.toTime !== ''
  const isAtEnd = last?.complete === true || (last?.nextCursor === null && last.expiredUnknownOffsets !== null)
  const emptyText = isAtEnd ? t(isFiltered ? 'empty.search' : 'empty.all') : t('empty.notYet')
  const chosen = rows.filter((row) => selection.has(messageKey(row)))
  return (
    <>
      <DataTable
        name="deadLetterMessages"
        label={t('label')}
        columns={columns}
        source={source}
        view={UNSORTED}
        rowKey={messageKey}
        rowClassName={(row) => (selection.has(messageKey(row)) ? 'bg-line2' : undefined)}
        rowHeightPx={57}
        empty={<EmptyState title={t('empty.title')} text={emptyText} />}
      >
        <MessageSearch search={search} onSearch={setSearch} hasText={seesPayloads(queue)} />
      </DataTable>
      {pages !== undefined && (
        <HowFar
          pages={pages}
          isFiltered={isFiltered}
          isReading={result.isFetchingNextPage}
          {...(result.hasNextPage ? { onMore: () => void result.fetchNextPage() } : {})}
        />
      )}
      {chosen.length > 0 && (
        <ChosenRecords
          queue={queue}
          chosen={chosen}
          onClear={selection.clear}
          onArchived={onArchived}
          onRestored={onRestored}
        />
      )}
    </>
  )
}

interface HowFarProps {
  pages: readonly DeadLetterListAnswer[]
  isFiltered: boolean
  isReading: boolean
  /** Left out at the end. */
  onMore?: () => void
}

const SHOWN_PLACES = 3

/** What was looked at, where it stopped, and the way on. */
function HowFar({ pages, isFiltered, isReading, onMore }: HowFarProps): ReactElement | null {
  const t = useTranslations('deadLetters.messages')
  const scanned = pages.reduce((sum, page) => sum + page.scanned, 0)
  const found = pages.reduce((sum, page) => sum + page.items.length, 0)
  const undecoded = pages.reduce((sum, page) => sum + page.undecoded, 0)
  const last = pages.at(-1)
  if (last === undefined) return null
  const goOn = isFiltered ? t('goOn') : t('showMore')
  return (
    <div className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1 px-1 text-ink2 text-xs">
      <p role="status" className="min-w-0 flex-1 basis-60">
        {t('found', { count: found })} · {t('scanned', { count: scanned })}.{' '}
        {last.complete ? t('complete') : isFiltered && last.stoppedAt !== null && <StoppedAt answer={last} />}
        {undecoded > 0 && <span className="text-watch"> {t('undecoded', { count: undecoded })}</span>}
        {(last.expiredUnknownOffsets ?? 0) > 0 && (
          <span className="text-watch">{t('forgotten', { count: last.expiredUnknownOffsets ?? 0 })}</span>
        )}
      </p>
      {onMore !== undefined && (
        <Button onClick={onMore} disabled={isReading}>
          {isReading ? t('goingOn') : goOn}
        </Button>
      )}
    </div>
  )
}

function StoppedAt({ answer }: { answer: DeadLetterListAnswer }): ReactElement {
  const t = useTranslations('deadLetters.messages')
  const format = useFormat()
  const places = answer.stoppedAt ?? []
  const names = places.slice(0, SHOWN_PLACES).map(({ partition, broker, offset }) => {
    const place = { partition, offset: format.number(offset) }
    return broker === null ? t('place', place) : t('brokerPlace', { broker, ...place })
  })
  const hidden = places.length - names.length
  const all = hidden > 0 ? [...names, t('morePlaces', { count: hidden })] : names
  return <span className="text-watch">{t('stopped', { places: all.join(', ') })}</span>
}

interface ChosenRecordsProps {
  queue: QueueName
  chosen: readonly DeadLetterAnswer[]
  onClear(): void
  onArchived(records: number): void
  onRestored(records: number): void
}

function ChosenRecords({ queue, chosen, onClear, onArchived, onRestored }: ChosenRecordsProps): ReactElement {
  const t = useTranslations('deadLetters.actions')
  const offsets = chosen.map(placeOfRecord)
  const open = chosen.filter(({ status }) => status === 'open').map(placeOfRecord)
  const archived = chosen.filter(({ status }) => status === 'archived').map(placeOfRecord)
  // Those that were handled before are meant, too, when a person ticks them.
  const isHandled = chosen.some(({ status }) => status !== 'open')
  return (
    <SelectionBar summary={t('selectedRecords', { count: chosen.length })} onClear={onClear}>
      <SelectionActions
        queue={queue}
        selection={{ offsets, ...(isHandled ? { includeHandled: true } : {}) }}
        count={chosen.length}
        archivable={open.length === 0 ? null : { selection: { offsets: open }, count: open.length }}
        onArchived={(records) => {
          onClear()
          onArchived(records)
        }}
      >
        {archived.length > 0 && (
          <RestoreButton
            queue={queue}
            selection={{ offsets: archived, includeHandled: true }}
            onDone={(records) => {
              onClear()
              onRestored(records)
            }}
          />
        )}
      </SelectionActions>
    </SelectionBar>
  )
}
