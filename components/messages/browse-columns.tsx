'use client'

import { useTranslations } from 'next-intl'
import { type ReactElement, useMemo } from 'react'
import type { BytesAnswer, MessageAnswer } from '../../lib/api/schemas/messages.ts'
import { messageKey } from '../../lib/client/message-browse.ts'
import { oneLine, payloadText } from '../../lib/client/payload.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import type { DataColumn } from '../ui/data-table-model.ts'
import { Bytes, Num, Unknown } from '../ui/values.tsx'
import { isWithheld, Withheld } from '../ui/withheld.tsx'

const KEY_LETTERS = 80
const VALUE_LETTERS = 240

export function useBrowseColumns(onOpen: (message: MessageAnswer) => void): DataColumn<MessageAnswer>[] {
  const t = useTranslations('messageBrowser')
  return useMemo(
    () => [
      {
        id: 'place',
        header: t('columns.place'),
        hint: t('columnHelp.place'),
        className: 'w-32',
        canHide: false,
        cell: (row) => (
          <button
            type="button"
            className="max-w-full truncate rounded-sm text-left font-medium tabular-nums hover:underline"
            onClick={() => onOpen(row)}
          >
            {messageKey(row)}
          </button>
        ),
      },
      { id: 'time', header: t('columns.time'), className: 'w-52', cell: (row) => <Written at={row.timestamp} /> },
      {
        id: 'key',
        header: t('columns.key'),
        className: 'w-36',
        cell: (row) => <Preview value={row.key} letters={KEY_LETTERS} missing={t('noKey')} />,
      },
      {
        id: 'value',
        header: t('columns.value'),
        isWide: true,
        cell: (row) => <Preview value={row.value} letters={VALUE_LETTERS} missing={t('tombstone')} />,
      },
      {
        id: 'headers',
        header: t('columns.headers'),
        align: 'end',
        priority: 3,
        className: 'w-24',
        cell: (row) => <Num value={row.headerCount} />,
      },
      {
        id: 'size',
        header: t('columns.size'),
        align: 'end',
        priority: 2,
        className: 'w-24',
        cell: (row) => <Bytes value={row.sizeBytes} />,
      },
    ],
    [t, onOpen],
  )
}

/** To the second: of messages that follow each other, "4 min ago" tells nothing apart. */
function Written({ at }: { at: string | null }): ReactElement {
  const t = useTranslations('messageBrowser')
  const format = useFormat()
  if (at === null) return <Unknown why={t('noTime')} />
  return (
    <time dateTime={at} className="text-ink2">
      {format.exact(Date.parse(at))}
    </time>
  )
}

interface PreviewProps {
  value: BytesAnswer | null
  letters: number
  missing: string
}

function Preview({ value, letters, missing }: PreviewProps): ReactElement {
  const t = useTranslations('messageBrowser')
  const format = useFormat()
  if (value === null) return <span className="text-ink3">{missing}</span>
  if (isWithheld(value)) return <Withheld payload={value} />
  if (value.sizeBytes === 0) return <span className="text-ink3">{t('emptyBytes')}</span>
  if (value.decoded !== null && value.decoded.format !== 'json') {
    return <span className="font-mono text-xs">{oneLine(JSON.stringify(value.decoded.json) ?? '', letters)}</span>
  }
  if (value.encoding !== 'utf8') {
    return <span className="text-ink3">{t('binary', { size: format.bytes(value.sizeBytes) })}</span>
  }
  return <span className="font-mono text-xs">{oneLine(payloadText(value), letters)}</span>
}
