'use client'

import { useFormatter, useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { SeriesPick } from '../../lib/client/explore-view.ts'
import type { MetricLabel } from '../../lib/history/metrics.ts'
import { EmptyState } from '../ui/states.tsx'

interface TooManySeriesProps {
  pick: SeriesPick
  /** Those that the pick could be narrowed down by. */
  known: readonly MetricLabel[]
  facts: Record<string, string | number>
}

/** A chart of hundreds of lines says nothing: which fields would narrow it down. */
export function TooManySeries({ pick, known, facts }: TooManySeriesProps): ReactElement {
  const t = useTranslations('explore')
  const list = useFormatter()
  const open = known.filter((label) => pick.labels[label] === undefined)
  const labels = list.list(
    open.map((label) => t(`labels.${label}`)),
    { type: 'disjunction' },
  )
  const { series = '', limit = '' } = facts
  return (
    <EmptyState
      title={t('tooMany.title')}
      text={open.length === 0 ? t('tooMany.textBare', { limit }) : t('tooMany.text', { series, limit, labels })}
    />
  )
}
