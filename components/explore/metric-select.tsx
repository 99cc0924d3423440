'use client'

import { ChevronDown } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { SELECT_LOOK } from '../ui/select.tsx'
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
  const isListed = metrics.some(({ metric }) => metric === value)
  return (
    <span className="relative inline-flex">
      <select
        className={SELECT_LOOK}
        aria-label={t('metric')}
        value={value}
        onChange={({ target }) => {
          const chosen = metrics.find(({ metric }) => metric === target.value)
          if (chosen !== undefined) onChange(chosen)
        }}
      >
        {isListed ? null : <option value={value}>{value === '' ? t('chooseMetric') : value}</option>}
        {SCOPES.map((scope) => (
          <optgroup key={scope} label={t(`scopes.${scope}`)}>
            {metrics
              .filter((metric) => scopeOf(metric) === scope)
              .map(({ metric }) => (
                <option key={metric} value={metric}>
                  {t(`metrics.${metric}`)}
                </option>
              ))}
          </optgroup>
        ))}
      </select>
      <ChevronDown aria-hidden className="pointer-events-none absolute top-2 right-2 size-4 text-ink3" />
    </span>
  )
}
