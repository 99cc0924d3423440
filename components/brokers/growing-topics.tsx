'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { growingTopicsQuery } from '../../lib/client/queries/clusters.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { topicHref } from '../shell/places.ts'
import { ErrorState } from '../ui/states.tsx'

/** Which topics a volume fills with, so that somebody knows where to begin. */
export function GrowingTopics({ clusterId, brokerId }: { clusterId: string; brokerId: string }): ReactElement {
  const t = useTranslations('brokers.growing')
  const format = useFormat()
  const { data, error } = useQuery(growingTopicsQuery(clusterId, brokerId))
  return (
    <section aria-labelledby="growing">
      <h2 id="growing" className="mb-2 font-semibold text-base">
        {t('title')}
      </h2>
      {error === null ? null : <ErrorState error={error} className="px-0 py-2" />}
      {data === undefined ? null : data.items.length === 0 ? (
        <p className="text-ink2">{t('none')}</p>
      ) : (
        <ul className="panel divide-y divide-line2">
          {data.items.map(({ topic, logDir, bytes, messages }) => (
            <li key={`${topic} ${logDir}`} className="flex flex-wrap items-baseline justify-between gap-x-6 px-4 py-2">
              <Link href={topicHref(clusterId, topic)} className="min-w-0 break-all underline">
                {topic}
              </Link>
              <span className="text-ink2">
                {bytes === null
                  ? t('messages', { count: messages ?? 0 })
                  : t('bytes', { size: format.bytes(bytes), logDir: logDir ?? '' })}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
