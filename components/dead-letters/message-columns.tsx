'use client'

import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { type ReactElement, useMemo } from 'react'
import type { DeadLetterAnswer } from '../../lib/api/schemas/dead-letters.ts'
import type { BytesAnswer } from '../../lib/api/schemas/messages.ts'
import { placeKey, shortCause } from '../../lib/client/dead-letter-views.ts'
import { isBinary, oneLine } from '../../lib/client/payload.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { recordHref, topicHref } from '../shell/places.ts'
import type { DataColumn } from '../ui/data-table-model.ts'
import { RowCheckbox } from '../ui/row-checkbox.tsx'
import type { Selection } from '../ui/use-selection.ts'
import { Bytes, RelativeTime, Unknown } from '../ui/values.tsx'
import { isWithheld, Withheld } from '../ui/withheld.tsx'
import { ClassName } from './cause-text.tsx'
import { StatusMark } from './status-mark.tsx'

interface MessageColumnsOptions {
  selection: Selection
  keys: readonly string[]
  /** All rows are of one cause: its column says nothing. */
  isOfOneCause?: boolean
}

export function messageKey(message: DeadLetterAnswer): string {
  return placeKey(message)
}

const KEY_LETTERS = 60
const CAUSE_LETTERS = 160

export function useMessageColumns({
  selection,
  keys,
  isOfOneCause = false,
}: MessageColumnsOptions): DataColumn<DeadLetterAnswer>[] {
  const t = useTranslations('deadLetters.messages')
  return useMemo(() => {
    const isAll = keys.length > 0 && selection.keys.size === keys.length
    const columns: DataColumn<DeadLetterAnswer>[] = [
      {
        id: 'record',
        header: t('columns.record'),
        hint: t('recordHint'),
        cell: (row) => <RecordCell row={row} selection={selection} />,
        className: 'min-w-40',
        canHide: false,
        lead: (
          <RowCheckbox
            label={t('selectAll')}
            checked={isAll}
            isMixed={selection.keys.size > 0}
            onChange={() => selection.replace(isAll ? [] : keys)}
          />
        ),
      },
      {
        id: 'arrived',
        header: t('columns.arrived'),
        cell: (row) => <RelativeTime at={row.timestamp} why={t('noTime')} />,
        align: 'end',
        className: 'min-w-36',
      },
      {
        id: 'key',
        header: t('columns.key'),
        cell: (row) => (row.gone === null ? <KeyText value={row.key} /> : <Unknown why={t('goneWhy')} />),
        className: 'min-w-36',
        priority: 2,
      },
      {
        id: 'cause',
        header: t('columns.cause'),
        cell: (row) => <CauseText row={row} />,
        className: 'w-full min-w-56',
        isWide: true,
      },
      {
        id: 'origin',
        header: t('columns.origin'),
        cell: (row) => <OriginText row={row} />,
        className: 'min-w-40',
        priority: 2,
      },
      {
        id: 'status',
        header: t('columns.status'),
        cell: (row) => <StatusMark status={row.status} />,
        className: 'min-w-36',
      },
      {
        id: 'size',
        header: t('columns.size'),
        cell: (row) => <Bytes value={row.sizeBytes} why={t('goneWhy')} />,
        align: 'end',
        priority: 3,
        className: 'min-w-24',
      },
    ]
    return isOfOneCause ? columns.filter(({ id }) => id !== 'cause').map(widenKey) : columns
  }, [t, selection, keys, isOfOneCause])
}

function widenKey(column: DataColumn<DeadLetterAnswer>): DataColumn<DeadLetterAnswer> {
  return column.id === 'key' ? { ...column, className: 'w-full min-w-28', priority: 1 } : column
}

/** Where it lies in its queue, in as few words as a table has room for. */
function useRecordName(): (place: { partition: number; broker: string | null; offset: number }) => string {
  const t = useTranslations('deadLetters.messages')
  const format = useFormat()
  return ({ partition, broker, offset }) => {
    const place = { partition: format.number(partition), offset: format.number(offset) }
    return broker === null ? t('record', place) : t('brokerRecord', { broker, ...place })
  }
}

function RecordCell({ row, selection }: { row: DeadLetterAnswer; selection: Selection }): ReactElement {
  const t = useTranslations('deadLetters.messages')
  const name = useRecordName()(row)
  return (
    <span className="flex items-center">
      {row.gone === null && (
        <RowCheckbox
          label={t('select', { record: name })}
          checked={selection.has(messageKey(row))}
          onChange={() => selection.toggle(messageKey(row))}
        />
      )}
      <Link
        href={recordHref(row.clusterId, row.topic, row)}
        prefetch={false}
        className="truncate font-medium tabular-nums hover:underline max-sm:whitespace-normal"
      >
        {name}
      </Link>
    </span>
  )
}

function KeyText({ value }: { value: BytesAnswer | null }): ReactElement {
  const t = useTranslations('deadLetters.messages')
  const format = useFormat()
  if (value === null) return <span className="text-ink3">{t('noKey')}</span>
  if (isWithheld(value)) return <Withheld payload={value} />
  if (isBinary(value)) {
    return <span className="text-ink3">{t('binaryKey', { size: format.bytes(value.sizeBytes) })}</span>
  }
  return <span className="font-mono text-xs">{oneLine(value.data, KEY_LETTERS)}</span>
}

function CauseText({ row }: { row: DeadLetterAnswer }): ReactElement {
  const t = useTranslations('deadLetters.causes')
  const { name, message } = shortCause(row)
  if (name === null && message === null) {
    return (
      <span className="text-ink3" title={t('noneHelp')}>
        {t('none')}
      </span>
    )
  }
  return (
    <span className="block min-w-0">
      {name !== null && <ClassName name={name} />}
      {message !== null && <span className="block truncate text-ink2">{oneLine(message, CAUSE_LETTERS)}</span>}
    </span>
  )
}

function OriginText({ row }: { row: DeadLetterAnswer }): ReactElement {
  const t = useTranslations('deadLetters.messages')
  const topic = row.origin?.topic ?? null
  if (topic === null) return <Unknown why={t('originUnknown')} />
  return (
    <>
      <Link href={topicHref(row.clusterId, topic)} prefetch={false} className="hover:underline">
        {topic}
      </Link>
      {row.origin?.guessed && (
        <span className="ml-1 cursor-help text-risk text-xs underline decoration-dotted" title={t('guessedWhy')}>
          {t('guessed')}
        </span>
      )}
    </>
  )
}
