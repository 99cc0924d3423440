'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { DlqAnswer } from '../../lib/api/schemas/dlqs.ts'
import { expiryLevel } from '../../lib/client/dead-letter-views.ts'
import { useNowValue } from '../../lib/client/now.tsx'
import { useFormat } from '../../lib/client/use-format.ts'
import type { DlqFormat } from '../../lib/dlq/dead-letter.ts'
import { cn } from '../ui/cn.ts'
import { ForecastTime } from '../ui/forecast-time.tsx'
import { RelativeTime, Unknown } from '../ui/values.tsx'

/** How many nobody has handled; an upper bound says that it is one. */
export function Depth({ dlq, className }: { dlq: DlqAnswer; className?: string }): ReactElement {
  const t = useTranslations('deadLetters')
  const format = useFormat()
  if (dlq.depth === null) return <Unknown why={t('depthUnknown')} />
  const count = format.number(dlq.depth)
  if (!dlq.depthIsUpperBound || dlq.depth === 0) return <span className={className}>{count}</span>
  return (
    <span className={cn('cursor-help', className)} title={t('upToWhy')}>
      {t('upTo', { count })}
    </span>
  )
}

interface MomentProps {
  dlq: DlqAnswer
  at: string | null
}

/** A queue without open records has neither an oldest one nor one that expires. */
function whyNothing({ stored, isPartial, depth, depthIsUpperBound }: DlqAnswer): 'isEmpty' | 'noneOpen' | null {
  if (stored === 0 && !isPartial) return 'isEmpty'
  return depth === 0 && !depthIsUpperBound ? 'noneOpen' : null
}

/** What is not known says why. */
export function Moment({ dlq, at }: MomentProps): ReactElement {
  const t = useTranslations('deadLetters')
  const nothing = whyNothing(dlq)
  if (nothing !== null) return <span className="font-normal text-ink3">{t(nothing)}</span>
  return <RelativeTime at={at} why={t('momentUnknown')} />
}

/** When retention may take the first one, in the colour of how soon that is. */
export function Expiry({ dlq }: { dlq: DlqAnswer }): ReactElement {
  const t = useTranslations('deadLetters')
  const { state, because } = dlq.expiresAt
  const level = useNowValue((nowMs) => expiryLevel(dlq, nowMs) ?? '')
  if (state === 'none' && because === 'noRetention')
    return <span title={t('expiry.neverWhy')}>{t('expiry.never')}</span>
  const colour = level === '' ? undefined : level === 'atRisk' ? 'font-semibold text-losing' : 'font-semibold text-risk'
  const nothing = whyNothing(dlq)
  if (nothing !== null) return <span className="font-normal text-ink3">{t(nothing)}</span>
  return <ForecastTime forecast={dlq.expiresAt} className={colour ?? ''} />
}

/** Whose way of marking dead letters it is. */
export function FormatName({ format }: { format: string | null }): ReactElement {
  const t = useTranslations('deadLetters')
  if (format === null || !isFormat(format)) return <Unknown why={t('formatUnknown')} />
  return <span>{t(`format.${format}`)}</span>
}

/** A new format fails to compile here instead of showing as unknown. */
const FORMATS: Record<DlqFormat, true> = {
  spring: true,
  springRetryable: true,
  connect: true,
  cloudStream: true,
  streams: true,
  shareGroup: true,
  smallrye: true,
  karafka: true,
  rocketmq: true,
  generic: true,
}

function isFormat(name: string): name is DlqFormat {
  return Object.hasOwn(FORMATS, name)
}
