'use client'

import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { type ReactElement, useMemo } from 'react'
import type { DeliveryAnswer } from '../../lib/api/schemas/deliveries.ts'
import { alertHref, reportHref } from '../shell/places.ts'
import type { DataColumn } from '../ui/data-table-model.ts'
import { StateGlyph } from '../ui/state-glyph.tsx'
import { RelativeTime } from '../ui/values.tsx'
import { Attempts } from './attempts.tsx'
import { Resend } from './resend.tsx'

/** @param mayResend whoever looks may have them sent again */
export function useDeliveryColumns(mayResend: boolean): DataColumn<DeliveryAnswer>[] {
  const t = useTranslations('receivers')
  return useMemo(() => {
    const columns: DataColumn<DeliveryAnswer>[] = [
      {
        id: 'what',
        header: t('columns.what'),
        className: 'w-[22%] min-w-44',
        sortKey: 'source',
        canHide: false,
        cell: (row) => <What delivery={row} />,
      },
      {
        id: 'state',
        header: t('columns.state'),
        className: 'min-w-64',
        sortKey: 'state',
        isWide: true,
        canHide: false,
        cell: (row) => <State delivery={row} />,
      },
      {
        id: 'attempts',
        header: t('columns.attempts'),
        align: 'end',
        sortKey: 'attempts',
        cell: (row) => <Attempts id={row.id} count={row.attempts} />,
      },
      {
        id: 'created',
        header: t('columns.created'),
        className: 'min-w-28',
        align: 'end',
        sortKey: 'createdAt',
        priority: 2,
        cell: (row) => <RelativeTime at={row.createdAt} />,
      },
    ]
    if (mayResend) {
      columns.push({
        id: 'resend',
        header: t('columns.actions'),
        className: 'w-36 min-w-32',
        align: 'end',
        canHide: false,
        cell: ({ id, state, attempts }) =>
          // What was never tried is sent by itself in a moment.
          state === 'delivered' || attempts === 0 ? null : <Resend id={id} isWaiting={state === 'waiting'} />,
      })
    }
    return columns
  }, [t, mayResend])
}

/** What it tells, and under it whom. */
function What({ delivery }: { delivery: DeliveryAnswer }): ReactElement {
  const t = useTranslations('receivers')
  const { kind, alerts, receiverId } = delivery
  const href = placeOf(delivery)
  const name = alerts > 1 ? t('manyAlerts', { count: alerts }) : t(`kinds.${kind}`)
  return (
    <span className="block min-w-0 py-1">
      {href === null ? (
        <span className="font-semibold">{name}</span>
      ) : (
        <Link href={href} prefetch={false} className="font-semibold hover:underline">
          {name}
        </Link>
      )}
      <span className="block truncate text-ink2 text-xs">{t('toReceiver', { id: receiverId })}</span>
    </span>
  )
}

/** Where that is shown; null where it is nowhere, or in many places. */
function placeOf({ kind, source, alertId }: DeliveryAnswer): string | null {
  if (kind === 'report') return reportHref(source)
  return alertId === null ? null : alertHref(alertId)
}

const GLYPHS = { waiting: 'watch', delivered: 'safe', refused: 'losing', givenUp: 'losing' } as const

/** How it stands, and under it what the last attempt came to. */
function State({ delivery: { state, last, nextAttemptAt } }: { delivery: DeliveryAnswer }): ReactElement {
  const t = useTranslations('receivers')
  return (
    <span className="flex min-w-0 items-start gap-2.5 py-1 max-sm:text-left">
      <StateGlyph level={GLYPHS[state]} label={t(`states.${state}`)} className="mt-0.5 shrink-0" />
      <span className="min-w-0">
        <span className="block">
          {t(`states.${state}`)}
          {nextAttemptAt === null ? null : (
            <span className="text-ink2">
              {' '}
              · {t('next')} <RelativeTime at={nextAttemptAt} />
            </span>
          )}
        </span>
        {last === null ? null : (
          <span
            className="block truncate text-ink2 text-xs max-sm:whitespace-normal"
            title={`${last.message} ${last.fix}`}
          >
            {last.message}
          </span>
        )}
      </span>
    </span>
  )
}
