'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement, ReactNode } from 'react'
import { useNowValue } from '../../lib/client/now.tsx'
import { useFormat } from '../../lib/client/use-format.ts'
import { cn } from './cn.ts'

/** A value that is not known: in words, dotted when a reason waits on hover. Never 0 and never a bare dash. */
export function Unknown({ why, className }: { why?: string | null; className?: string }): ReactElement {
  const t = useTranslations('units')
  return (
    <span
      className={cn(
        'whitespace-nowrap font-normal text-ink3',
        why && 'cursor-help underline decoration-dotted',
        className,
      )}
      title={why ?? undefined}
    >
      {t('unknown')}
    </span>
  )
}

interface ValueProps<T> {
  value: T | null | undefined
  /** Why it is unknown. */
  why?: string | null
  /** Some parts of the sum are unknown: it is then a lower bound and says so. */
  isPartial?: boolean
  className?: string
}

function Shown({
  text,
  exact,
  isPartial,
  className,
}: {
  text: ReactNode
  exact?: string
  isPartial?: boolean | undefined
  className?: string | undefined
}): ReactElement {
  const t = useTranslations('ui')
  if (!isPartial) {
    return (
      <span className={className} title={exact}>
        {text}
      </span>
    )
  }
  return (
    <span className={className} title={[exact, t('partial')].filter(Boolean).join('. ')}>
      <span aria-hidden>≥ </span>
      <span className="sr-only">{t('atLeast')} </span>
      {text}
    </span>
  )
}

export function Num({ value, why, isPartial, className }: ValueProps<number>): ReactElement {
  const format = useFormat()
  if (value === null || value === undefined) return <Unknown why={why} />
  return <Shown text={format.number(value)} isPartial={isPartial} className={className} />
}

/** −1 stands for "unlimited", as in the API. */
export function Bytes({ value, why, isPartial, className }: ValueProps<number>): ReactElement {
  const format = useFormat()
  const t = useTranslations('units')
  if (value === null || value === undefined) return <Unknown why={why} />
  if (value === -1) return <span className={className}>{t('unlimited')}</span>
  return (
    <Shown text={format.bytes(value)} exact={format.bytesExact(value)} isPartial={isPartial} className={className} />
  )
}

export function Rate({
  value,
  why,
  isPartial,
  className,
  per = 'second',
}: ValueProps<number> & {
  per?: 'second' | 'minute'
}): ReactElement {
  const format = useFormat()
  if (value === null || value === undefined) return <Unknown why={why} />
  const text = per === 'second' ? format.perSecond(value) : format.perMinute(value)
  return <Shown text={text} isPartial={isPartial} className={className} />
}

export function Percent({ value, why, className }: ValueProps<number>): ReactElement {
  const format = useFormat()
  if (value === null || value === undefined) return <Unknown why={why} />
  return <span className={className}>{format.percent(value)}</span>
}

/** −1 stands for "unlimited". */
export function Duration({
  ms,
  why,
  className,
}: {
  ms: number | null | undefined
  why?: string | null
  className?: string
}): ReactElement {
  const format = useFormat()
  const t = useTranslations('units')
  if (ms === null || ms === undefined) return <Unknown why={why} />
  return <span className={className}>{ms === -1 ? t('unlimited') : format.duration(ms)}</span>
}

/** "4 s ago", counted up by the page's clock; the exact time with its zone on hover. */
export function RelativeTime({
  at,
  why,
  className,
}: {
  at: string | null | undefined
  why?: string | null
  className?: string
}): ReactElement {
  const format = useFormat()
  const atMs = at ? Date.parse(at) : 0
  const text = useNowValue((nowMs) => format.relative(atMs, nowMs))
  if (!at) return <Unknown why={why} />
  return (
    <time dateTime={at} title={format.exact(atMs)} className={className}>
      {text}
    </time>
  )
}

/** How long something has held: "49 min". */
export function Since({ at, className }: { at: string; className?: string }): ReactElement {
  const format = useFormat()
  const atMs = Date.parse(at)
  const text = useNowValue((nowMs) => format.roughDuration(Math.max(0, nowMs - atMs)))
  return (
    <time dateTime={at} title={format.exact(atMs)} className={className}>
      {text}
    </time>
  )
}
