'use client'

import Link from 'next/link'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { AlertDetailAnswer } from '../../lib/api/schemas/alerts.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { alertRoutesHref } from '../shell/places.ts'

/** Who was told of an alert, the first time first, and what became of it. */
export function AlertTold({ alert: { id, deliveries } }: { alert: AlertDetailAnswer }): ReactElement {
  const t = useTranslations('alerts.told')
  const states = useTranslations('receivers.states')
  const format = useFormat()
  return (
    <>
      {deliveries.length === 0 ? <p>{t('nobody')}</p> : null}
      <ol className="mt-1 space-y-1 border-line border-l pl-3">
        {deliveries.map(({ id: delivery, createdAt, receiverId, state, last }) => (
          <li key={delivery} className="flex flex-wrap gap-x-3">
            <time dateTime={createdAt} className="w-48 shrink-0 text-ink3 tabular-nums">
              {format.exact(Date.parse(createdAt))}
            </time>
            <span className="min-w-0 break-words">
              {t('step', { receiver: receiverId, state: states(state) })}
              {state === 'delivered' || last === null ? null : <span className="block text-ink2">{last.message}</span>}
            </span>
          </li>
        ))}
      </ol>
      <p className="mt-2">
        <Link href={alertRoutesHref(id)} prefetch={false} className="underline">
          {t('routes')}
        </Link>
      </p>
    </>
  )
}
