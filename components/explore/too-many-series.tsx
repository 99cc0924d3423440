'use client'

import { useFormatter, useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { PICK_LABELS, type SeriesPick } from '../../lib/client/explore-view.ts'
import { EmptyState } from '../ui/states.tsx'
import type { ListedMetric } from './metric-look.ts'

interface TooManySeriesProps {
  pick: SeriesPick
  metric: ListedMetric
  facts: Record<string, string | number>
}

/** A chart of hundreds of lines says nothing: which fields would narrow it down. */
export function TooManySeries({ pick, metric, facts }: TooManySeriesProps): ReactElement {
  const t = useTranslations('explore')
  const list = useFormatter()
  const open = PICK_LABELS.filter((label) => metric.labels.includes(label) && pick.labels[label] === undefined)
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
