'use client'

import { useTranslations } from 'next-intl'
import { type ReactElement, useMemo } from 'react'
import type { ReceiverAnswer } from '../../lib/api/schemas/receivers.ts'
import type { DataColumn } from '../ui/data-table-model.ts'
import { RelativeTime } from '../ui/values.tsx'
import { RemoveReceiver } from './remove-receiver.tsx'
import { TestReceiver } from './test-receiver.tsx'

/** @param mayChange whoever looks may try and remove them */
export function useReceiverColumns(mayChange: boolean): DataColumn<ReceiverAnswer>[] {
  const t = useTranslations('receivers')
  return useMemo(() => {
    const columns: DataColumn<ReceiverAnswer>[] = [
      {
        id: 'receiver',
        header: t('columns.receiver'),
        className: 'w-[26%] min-w-40',
        sortKey: 'id',
        canHide: false,
        cell: (row) => (
          <TwoLines first={<span className="font-semibold">{row.id}</span>} second={t(`types.${row.type}`)} />
        ),
      },
      {
        id: 'target',
        header: t('columns.target'),
        className: 'min-w-56',
        sortKey: 'host',
        isWide: true,
        cell: (row) => <Target receiver={row} />,
      },
      {
        id: 'language',
        header: t('columns.language'),
        className: 'min-w-24',
        sortKey: 'language',
        priority: 2,
        cell: (row) => <span className="text-ink2">{t(`languages.${row.language}`)}</span>,
      },
      {
        id: 'added',
        header: t('columns.added'),
        className: 'min-w-36',
        sortKey: 'createdAt',
        priority: 2,
        cell: (row) => <Added receiver={row} />,
      },
    ]
    if (mayChange) {
      columns.push({
        id: 'actions',
        header: t('columns.actions'),
        className: 'w-72 min-w-64',
        align: 'end',
        canHide: false,
        cell: (row) => (
          <span className="flex flex-wrap justify-end gap-2">
            <TestReceiver id={row.id} />
            {row.source === 'runtime' ? <RemoveReceiver id={row.id} /> : null}
          </span>
        ),
      })
    }
    return columns
  }, [t, mayChange])
}

function TwoLines({ first, second }: { first: ReactElement; second: string }): ReactElement {
  return (
    <span className="block min-w-0 py-1 max-sm:text-left">
      <span className="block truncate max-sm:whitespace-normal">{first}</span>
      <span className="block truncate text-ink2 text-xs max-sm:whitespace-normal" title={second}>
        {second}
      </span>
    </span>
  )
}

/** Where it stands, and how its secrets end, so that a person can tell two of them apart. */
function Target({ receiver: { host, to, secrets } }: { receiver: ReceiverAnswer }): ReactElement {
  const t = useTranslations('receivers')
  const names = secrets.map(({ name, ending }) => {
    const known = t.has(`fields.${name}` as 'fields.url') ? t(`fields.${name}` as 'fields.url') : name
    return ending === null ? t('secretSet', { name: known }) : t('secretEnds', { name: known, ending })
  })
  return (
    <TwoLines
      first={<span className="break-all">{to === null ? host : to.join(', ')}</span>}
      second={names.join(' · ')}
    />
  )
}

function Added({ receiver: { createdAt, createdBy } }: { receiver: ReceiverAnswer }): ReactElement {
  const t = useTranslations('receivers')
  if (createdAt === null) return <span className="text-ink2">{t('inFile')}</span>
  return (
    <span className="text-ink2">
      {createdBy} · <RelativeTime at={createdAt} />
    </span>
  )
}
