'use client'

import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { type ReactElement, useMemo } from 'react'
import { oneLine } from '../../lib/client/payload.ts'
import type { AuditEntryAnswer } from '../../lib/client/queries/audit.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { replayHref } from '../shell/places.ts'
import { cn } from '../ui/cn.ts'
import type { DataColumn } from '../ui/data-table-model.ts'

export function useAuditColumns(): DataColumn<AuditEntryAnswer>[] {
  const t = useTranslations('audit')
  return useMemo(
    () => [
      {
        id: 'at',
        header: t('columns.at'),
        className: 'w-60 min-w-56',
        canHide: false,
        cell: (row) => <At at={row.at} />,
      },
      {
        id: 'actor',
        header: t('columns.actor'),
        className: 'w-36 min-w-28',
        cell: (row) => (
          <span className="block truncate font-semibold" title={row.actor}>
            {row.actor}
          </span>
        ),
      },
      {
        id: 'outcome',
        header: t('columns.outcome'),
        className: 'w-24 min-w-20',
        cell: (row) => <Outcome entry={row} />,
      },
      {
        id: 'action',
        header: t('columns.action'),
        className: 'w-48 min-w-44',
        isWide: true,
        cell: (row) => <span className="font-mono text-xs">{row.action}</span>,
      },
      {
        id: 'target',
        header: t('columns.target'),
        className: 'min-w-44',
        isWide: true,
        cell: (row) => <Target entry={row} />,
      },
      {
        id: 'detail',
        header: t('columns.detail'),
        className: 'w-[24%] min-w-44',
        isWide: true,
        inCard: (row) => row.detail !== null,
        cell: (row) => <Detail detail={row.detail} />,
      },
      {
        id: 'from',
        header: t('columns.from'),
        className: 'w-44 min-w-40',
        isWide: true,
        priority: 3,
        cell: (row) => <From address={row.remoteAddress} />,
      },
    ],
    [t],
  )
}

/** To the second: what followed what is the question here. */
function At({ at }: { at: string }): ReactElement {
  const format = useFormat()
  return <time dateTime={at}>{format.exact(Date.parse(at))}</time>
}

const OUTCOME_LOOK = { ok: 'text-ink2', refused: 'text-risk', failed: 'text-losing' } as const

function Outcome({ entry: { outcome, status } }: { entry: AuditEntryAnswer }): ReactElement {
  const t = useTranslations('audit')
  const words = t(`outcomes.${outcome}`)
  return (
    <span
      className={cn(OUTCOME_LOOK[outcome], outcome !== 'ok' && 'font-semibold')}
      title={status === null ? t('itself') : t('status', { outcome: words, status })}
    >
      {words}
    </span>
  )
}

function Target({ entry: { action, target } }: { entry: AuditEntryAnswer }): ReactElement | null {
  if (target === null) return null
  const isReplay = action.startsWith('replay.') && !target.startsWith('/')
  const text = oneLine(target, TEXT_LETTERS)
  return isReplay ? (
    <Link href={replayHref(target)} prefetch={false} className="break-all hover:underline">
      {text}
    </Link>
  ) : (
    <span className="block truncate max-sm:whitespace-normal max-sm:break-all" title={text}>
      {text}
    </span>
  )
}

const TEXT_LETTERS = 300

/** As names and values: every action has its own. */
function Detail({ detail }: { detail: AuditEntryAnswer['detail'] }): ReactElement | null {
  if (detail === null) return null
  const text = Object.entries(detail)
    .map(([name, value]) => `${name}: ${oneLine(String(value), TEXT_LETTERS)}`)
    .join(' · ')
  return (
    <span className="line-clamp-2 whitespace-normal text-ink2 text-xs [overflow-wrap:anywhere]" title={text}>
      {text}
    </span>
  )
}

function From({ address }: { address: string | null }): ReactElement {
  const t = useTranslations('audit')
  return address === null ? (
    <span className="text-ink3 text-xs">{t('itself')}</span>
  ) : (
    <span className="font-mono text-ink2 text-xs">{address}</span>
  )
}
