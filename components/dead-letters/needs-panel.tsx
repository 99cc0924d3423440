'use client'

import { useInfiniteQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { type ReactElement, useMemo } from 'react'
import type { DlqAnswer } from '../../lib/api/schemas/dlqs.ts'
import { isNeedUnknown, type Need, needsPerson } from '../../lib/client/dead-letter-views.ts'
import { useNowValue } from '../../lib/client/now.tsx'
import { dlqsQuery } from '../../lib/client/queries/dlqs.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { MINUTE_MS } from '../../lib/units.ts'
import { deadLettersHref } from '../shell/places.ts'
import { Emphasis } from '../ui/emphasis.tsx'
import { StateGlyph } from '../ui/state-glyph.tsx'
import { URGENT_DLQ_VIEWS } from './urgent-dlq-views.ts'

const SHOWN = 5

/** What a person on call reads first, with the way there; calm words when there is nothing. */
export function NeedsPanel(): ReactElement | null {
  const t = useTranslations('deadLetters.needs')
  const dlqs = useUrgentDlqs()
  // Once a minute is often enough: the order may change, and nothing shall jump.
  const nowMs = useNowValue((now) => Math.floor(now / MINUTE_MS) * MINUTE_MS)
  const needs = useMemo(() => needsPerson(dlqs ?? [], nowMs), [dlqs, nowMs])
  // An empty list below says it all.
  if (dlqs === null || dlqs.length === 0) return null
  if (needs.length === 0) return <NothingNeeded isUnknown={isNeedUnknown(dlqs)} />
  return (
    <section aria-labelledby="needs-title" className="panel mb-4">
      <h2 id="needs-title" className="px-3 pt-2.5 pb-1 font-semibold text-base">
        {t('title')}
      </h2>
      <ul className="pb-1.5">
        {needs.slice(0, SHOWN).map((need) => (
          <NeedLine key={`${need.kind} ${need.dlq.id}`} need={need} nowMs={nowMs} />
        ))}
      </ul>
      {needs.length > SHOWN && (
        <p className="px-3 pb-2 text-ink3 text-xs">{t('more', { count: needs.length - SHOWN })}</p>
      )}
    </section>
  )
}

function NothingNeeded({ isUnknown }: { isUnknown: boolean }): ReactElement {
  const t = useTranslations('deadLetters.needs')
  return (
    <p className="mb-4 flex items-center gap-2 text-ink2">
      <StateGlyph level={isUnknown ? 'unknown' : 'safe'} label="" className="shrink-0" />
      <span>
        <span className="font-semibold text-ink">{t(isUnknown ? 'noneKnown' : 'none')}.</span>{' '}
        {t(isUnknown ? 'noneKnownText' : 'noneText')}
      </span>
    </p>
  )
}

/** The fullest queues and those that expire first, whatever the table below is filtered by. Null while unknown. */
function useUrgentDlqs(): DlqAnswer[] | null {
  const fullest = useInfiniteQuery(dlqsQuery(URGENT_DLQ_VIEWS[0])).data
  const soonest = useInfiniteQuery(dlqsQuery(URGENT_DLQ_VIEWS[1])).data
  return useMemo(() => {
    if (fullest === undefined) return null
    const rows = [...fullest.pages, ...(soonest?.pages ?? [])].flatMap((page) => page.items)
    return [...new Map(rows.map((row) => [row.id, row])).values()]
  }, [fullest, soonest])
}

function NeedLine({ need, nowMs }: { need: Need; nowMs: number }): ReactElement {
  const { kind, dlq, level } = need
  const t = useTranslations('deadLetters.needs')
  const format = useFormat()
  const leftMs = dlq.expiresAt.earliest === null ? 0 : Math.max(0, Date.parse(dlq.expiresAt.earliest) - nowMs)
  const sentence = t(kind, {
    queue: dlq.topic,
    count: t('records', { count: dlq.depth ?? dlq.stored ?? 0 }),
    left: format.duration(leftMs),
    rate: format.perMinute(dlq.arrivalsPerMinute ?? 0),
  })
  return (
    <li>
      <Link
        href={deadLettersHref(dlq.clusterId, dlq.topic)}
        prefetch={false}
        className="flex min-h-8 items-center gap-2 px-3 py-1 text-ink2 hover:bg-line2/60"
      >
        <StateGlyph level={level} className="shrink-0" />
        <span className="min-w-0 [overflow-wrap:anywhere]">
          <Emphasis sentence={sentence} names={[dlq.topic]} />
        </span>
      </Link>
    </li>
  )
}
