'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { CauseAnswer } from '../../lib/api/schemas/dead-letters.ts'
import { trendOf } from '../../lib/client/dead-letter-views.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { Sparkline } from '../charts/sparkline.tsx'

/** Arrivals of a cause over time, without axes. */
export function TrendSparkline({ cause, name }: { cause: CauseAnswer; name: string }): ReactElement {
  const t = useTranslations('deadLetters.causes')
  const format = useFormat()
  const trend = trendOf(cause)
  if (trend === null) return <span className="text-ink3">{t('noTrend')}</span>
  const sum = trend.points.reduce((total, { last }) => total + last, 0)
  const { fromMs, toMs } = trend.bounds
  return (
    <Sparkline
      points={trend.points}
      gaps={[]}
      stepSeconds={trend.stepSeconds}
      bounds={trend.bounds}
      width={120}
      height={24}
      tone={cause.fixFirst ? 'risk' : 'neutral'}
      className="inline-block max-w-full align-middle"
      label={t('trendLabel', { name, sum: format.number(sum), duration: format.roughDuration(toMs - fromMs) })}
    />
  )
}
