'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { useFormat } from '../../lib/client/use-format.ts'
import { legendRow } from '../charts/series-model.ts'
import { Sparkline } from '../charts/sparkline.tsx'
import { Unknown } from '../ui/values.tsx'
import type { DepthHistory } from './use-depth-history.ts'

const WIDTH = 136
const HEIGHT = 24

export function DepthSparkline({
  name,
  history,
}: {
  name: string
  history: DepthHistory | 'loading' | 'failed'
}): ReactElement {
  const t = useTranslations('charts')
  const words = useTranslations('deadLetters')
  const format = useFormat()
  if (history === 'loading') return <span aria-hidden className="skeleton inline-block h-6 w-34 align-middle" />
  if (history === 'failed') return <Unknown why={words('historyFailed')} />
  const { series, bounds } = history
  if (series === null) return <span className="text-ink3">{words('noHistory')}</span>
  const row = legendRow({ key: name, label: name, points: series.points, gaps: series.gaps }, bounds.toMs)
  const say = (value: number | null): string => (value === null ? t('unknown') : format.number(value))
  return (
    <Sparkline
      points={series.points}
      gaps={series.gaps}
      stepSeconds={history.stepSeconds}
      bounds={bounds}
      width={WIDTH}
      height={HEIGHT}
      className="inline-block max-w-full align-middle"
      label={
        row.max === null
          ? t('sparklineEmpty', { name })
          : t('sparkline', { name, now: say(row.current), min: say(row.min), max: say(row.max) })
      }
    />
  )
}
