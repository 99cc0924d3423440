'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { Forecast } from '../../lib/api/schemas/common.ts'
import { forecastLevel, forecastText } from '../../lib/client/forecast-views.ts'
import { useNowValue } from '../../lib/client/now.tsx'
import { useFormat } from '../../lib/client/use-format.ts'
import { cn } from './cn.ts'
import { Unknown } from './values.tsx'

interface ForecastTimeProps {
  forecast: Forecast
  /** In place of the colour of how near it is. */
  className?: string | undefined
}

const LEVEL_TEXT = { atRisk: 'font-semibold text-losing', watch: 'font-semibold text-risk', '': '' }

/** "in 3 h to 4 h", counted down by the page's clock; the exact moments and what they rest on on hover. */
export function ForecastTime({ forecast, className }: ForecastTimeProps): ReactElement {
  const t = useTranslations('ui.forecast')
  const words = useForecastWords()
  const text = useNowValue((nowMs) => words.short(forecast, nowMs))
  const level = useNowValue((nowMs) => forecastLevel(forecast, nowMs) ?? '')
  const why = t(`because.${forecast.because}`)
  if (forecast.state === 'unknown') return <Unknown why={why} />
  if (forecast.state === 'none') {
    return (
      <span className="font-normal text-ink3" title={why}>
        {text}
      </span>
    )
  }
  return (
    <span className={className ?? cn(LEVEL_TEXT[level])} title={`${words.exact(forecast)} ${why}`}>
      {text}
    </span>
  )
}

interface ForecastWords {
  short(forecast: Forecast, nowMs: number): string
  /** With the moments themselves. */
  exact(forecast: Forecast): string
}

function useForecastWords(): ForecastWords {
  const t = useTranslations('ui.forecast')
  const format = useFormat()
  return {
    short: (forecast, nowMs) => {
      const { kind, ...times } = forecastText(forecast, nowMs)
      const { fromMs = 0, toMs = 0 }: { fromMs?: number; toMs?: number } = times
      const [from, to] = [format.duration(fromMs), format.duration(toMs)]
      return kind === 'unknown' ? '' : t(kind === 'between' && from === to ? 'about' : kind, { from, to })
    },
    exact: ({ earliest, latest }) => {
      const from = earliest === null ? '' : format.exact(Date.parse(earliest))
      return latest === null
        ? t('exactFrom', { from })
        : t('exactBetween', { from, to: format.exact(Date.parse(latest)) })
    },
  }
}
