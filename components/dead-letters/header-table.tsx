'use client'

import { useTranslations } from 'next-intl'
import { type ReactElement, useMemo, useState } from 'react'
import type { DeadLetterAnswer } from '../../lib/api/schemas/dead-letters.ts'
import type { BytesAnswer } from '../../lib/api/schemas/messages.ts'
import { type Removal, removalOf } from '../../lib/client/dead-letter-views.ts'
import { headerText, payloadText, textLines, visibleText } from '../../lib/client/payload.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { LineList } from '../messages/line-list.tsx'
import { Button } from '../ui/button.tsx'
import { cn } from '../ui/cn.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { PanelSection } from '../ui/panel-section.tsx'
import { type StaticColumn, StaticTable } from '../ui/static-table.tsx'
import { isWithheld, Withheld } from '../ui/withheld.tsx'

interface HeaderRow {
  /** Names may come several times. */
  id: string
  name: string
  value: BytesAnswer | null
  removal: Removal
}

/** A hostile record may have thousands. */
const SHOWN_AT_FIRST = 100

/** Every header in its order, and what a replay does with it. */
export function HeaderTable({ record }: { record: DeadLetterAnswer }): ReactElement {
  const t = useTranslations('deadLetters.record.headers')
  const words = useTranslations('payload')
  const [shown, setShown] = useState(SHOWN_AT_FIRST)
  const rows = useMemo(() => rowsOf(record), [record])
  const columns = useHeaderColumns()
  return (
    <PanelSection id="headers-title" title={t('title')} {...(rows.length === 0 ? {} : { note: t('note') })}>
      {rows.length === 0 ? (
        <p className="px-3 py-3 text-ink2">{t('none')}</p>
      ) : (
        <>
          <StaticTable
            columns={columns}
            rows={rows.slice(0, shown)}
            rowKey={({ id }) => id}
            labelledBy="headers-title"
            rowClassName="max-sm:grid-cols-[minmax(0,1fr)_auto] max-sm:gap-x-3 max-sm:gap-y-1 max-sm:py-2"
          />
          {(record.headerCount ?? 0) > rows.length && (
            <p className="px-3 py-2 text-ink3 text-xs">
              {t('more', { count: (record.headerCount ?? 0) - rows.length })}
            </p>
          )}
          {rows.length > shown && (
            <Button look="quiet" className="m-2" onClick={() => setShown(shown * 4)}>
              {words('more')}
            </Button>
          )}
        </>
      )}
    </PanelSection>
  )
}

function rowsOf({ headers, removedOnReplay }: DeadLetterAnswer): HeaderRow[] {
  const removed = new Set(removedOnReplay)
  return (headers ?? []).map(({ key, value }, index) => ({
    id: String(index),
    name: key,
    value,
    removal: removalOf(key, removed),
  }))
}

function useHeaderColumns(): StaticColumn<HeaderRow>[] {
  const t = useTranslations('deadLetters.record.headers')
  return useMemo(
    () => [
      {
        id: 'name',
        header: t('name'),
        isRowHeader: true,
        className: 'sm:w-[28%] [overflow-wrap:anywhere]',
        cell: ({ name, removal }) => (
          <span className={cn('font-medium', removal === 'removed' && 'text-ink3')}>{visibleText(name)}</span>
        ),
      },
      {
        id: 'value',
        header: t('value'),
        className: 'max-sm:order-last max-sm:col-span-2 [overflow-wrap:anywhere]',
        cell: (row) => <HeaderValue value={row.value} />,
      },
      {
        id: 'removal',
        header: t('onReplay'),
        className: 'sm:w-32',
        cell: ({ removal }) => (
          <span className={cn('whitespace-nowrap text-xs', removal === 'kept' ? 'text-ink3' : 'text-risk')}>
            {t(removal)}
          </span>
        ),
      },
      {
        id: 'copy',
        header: '',
        className: 'w-10 max-sm:hidden',
        cell: ({ name, value }) =>
          value === null || isWithheld(value) ? null : (
            <CopyButton text={() => payloadText(value)} label={t('copy', { name: visibleText(name) })} />
          ),
      },
    ],
    [t],
  )
}

function HeaderValue({ value }: { value: BytesAnswer | null }): ReactElement {
  const t = useTranslations('deadLetters.record.headers')
  const words = useTranslations('payload')
  const format = useFormat()
  const [isWhole, setIsWhole] = useState(false)
  if (value === null) return <span className="text-ink3">{t('noValue')}</span>
  if (isWithheld(value)) return <Withheld payload={value} />
  if (value.sizeBytes === 0) return <span className="text-ink3">{words('empty')}</span>
  if (isWhole) return <WholeValue value={value} />
  const { text, isHex, number, isCut } = headerText(value)
  return (
    <span className="font-mono text-xs">
      {text}
      {isHex && isCut && '…'}
      {number !== null && <span className="ml-2 text-ink3">= {number}</span>}
      {isCut && (
        <button
          type="button"
          onClick={() => setIsWhole(true)}
          className="ml-2 min-h-6 font-sans text-ink3 underline hover:text-ink"
        >
          {t('whole', { size: format.bytes(value.sizeBytes) })}
        </button>
      )}
    </span>
  )
}

function WholeValue({ value }: { value: BytesAnswer }): ReactElement {
  const t = useTranslations('deadLetters.record.headers')
  const lines = useMemo(() => textLines(payloadText(value)), [value])
  return <LineList label={t('value')} count={lines.length} line={(index) => lines[index]} wraps className="px-0 py-0" />
}
