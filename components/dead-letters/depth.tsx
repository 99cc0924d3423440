'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { DlqAnswer } from '../../lib/api/schemas/dlqs.ts'
import { expiryLevel } from '../../lib/client/dead-letter-views.ts'
import { useNowValue } from '../../lib/client/now.tsx'
import { useFormat } from '../../lib/client/use-format.ts'
import type { DlqFormat } from '../../lib/dlq/dead-letter.ts'
import { cn } from '../ui/cn.ts'
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
  why?: string
  className?: string | undefined
}

/** A queue without open records has neither an oldest one nor one that expires; what is not known says why. */
export function Moment({ dlq, at, why, className }: MomentProps): ReactElement {
  const t = useTranslations('deadLetters')
  if (dlq.stored === 0 && !dlq.isPartial) return <span className="font-normal text-ink3">{t('isEmpty')}</span>
  if (dlq.depth === 0 && !dlq.depthIsUpperBound) {
    return <span className="font-normal text-ink3">{t('noneOpen')}</span>
  }
  return <RelativeTime at={at} why={why ?? t('momentUnknown')} {...(className === undefined ? {} : { className })} />
}

const UNKNOWN_EXPIRIES = ['oldestUnknown', 'retentionUnknown', 'retentionByKey', 'retentionBySize'] as const

/** When retention may take the first one, in the colour of how soon that is. */
export function Expiry({ dlq }: { dlq: DlqAnswer }): ReactElement {
  const t = useTranslations('deadLetters')
  const { state, because, earliest } = dlq.expiresAt
  const level = useNowValue((nowMs) => expiryLevel(dlq, nowMs) ?? '')
  if (state === 'none' && because === 'noRetention')
    return <span title={t('expiry.neverWhy')}>{t('expiry.never')}</span>
  const reason = UNKNOWN_EXPIRIES.find((one) => one === because)
  const colour = level === '' ? undefined : level === 'atRisk' ? 'font-semibold text-losing' : 'font-semibold text-risk'
  return (
    <Moment
      dlq={dlq}
      at={earliest}
      className={colour}
      {...(reason === undefined ? {} : { why: t(`expiry.${reason}`) })}
    />
  )
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
