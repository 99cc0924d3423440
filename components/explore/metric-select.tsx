'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { GroupedSelect } from '../ui/select.tsx'
import { type ListedMetric, SCOPES, scopeOf } from './metric-look.ts'

interface MetricSelectProps {
  metrics: readonly ListedMetric[]
  /** Empty while none is chosen; may also be a name that is not listed. */
  value: string
  onChange: (metric: ListedMetric) => void
}

/** Grouped by what there is one series of. */
export function MetricSelect({ metrics, value, onChange }: MetricSelectProps): ReactElement {
  const t = useTranslations('explore')
  const groups = SCOPES.map((scope) => ({
    label: t(`scopes.${scope}`),
    options: metrics
      .filter((metric) => scopeOf(metric) === scope)
      .map(({ metric }) => ({ value: metric, label: t(`metrics.${metric}`) })),
  }))
  return (
    <GroupedSelect
      aria-label={t('metric')}
      value={value}
      placeholder={t('chooseMetric')}
      groups={groups}
      onValueChange={(name) => {
        const chosen = metrics.find(({ metric }) => metric === name)
        if (chosen !== undefined) onChange(chosen)
      }}
    />
  )
}
