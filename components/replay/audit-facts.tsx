'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { ReplayAnswer } from '../../lib/api/schemas/replays.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { RelativeTime } from '../ui/values.tsx'

/** Who did what and when, for those who ask later. */
export function AuditFacts({ replay }: { replay: ReplayAnswer }): ReactElement {
  const t = useTranslations('replays.audit')
  const format = useFormat()
  const facts: [string, string | null, string | null][] = [
    [t('created'), replay.createdAt, replay.createdBy],
    [t('approved'), replay.approvedAt, replay.approvedBy],
    [t('started'), replay.startedAt, null],
    [t('ended'), replay.endedAt, null],
  ]
  return (
    <dl className="grid gap-x-8 gap-y-2 sm:grid-cols-2 xl:grid-cols-4">
      {facts.map(([name, at, by]) =>
        at === null ? null : (
          <div key={name}>
            <dt className="text-ink3 text-xs">{name}</dt>
            <dd className="break-words">
              {by === null ? null : <span className="mr-2 font-semibold">{by}</span>}
              <RelativeTime at={at} className="text-ink2" />
              {at === replay.approvedAt && replay.approvalEndsAt !== null ? (
                <span className="block text-ink2 text-xs">
                  {t('holdsUntil', { time: format.exact(Date.parse(replay.approvalEndsAt)) })}
                </span>
              ) : null}
            </dd>
          </div>
        ),
      )}
    </dl>
  )
}
