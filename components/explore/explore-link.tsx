'use client'

import { ChartLine } from 'lucide-react'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { exploreHref, type SeriesPick } from '../../lib/client/explore-view.ts'
import { useTimeRange } from '../../lib/client/time-range.ts'
import type { MetricName } from '../../lib/history/metrics.ts'
import { Button } from '../ui/button.tsx'

interface ExploreLinkProps {
  clusterId: string
  labels: SeriesPick['labels']
  /** One chart for each. */
  metrics: readonly MetricName[]
}

/** From the history of one thing to a page where it can be compared and narrowed down, over the same range. */
export function ExploreLink({ clusterId, labels, metrics }: ExploreLinkProps): ReactElement {
  const t = useTranslations('explore')
  const [range] = useTimeRange()
  const picks = metrics.map((metric) => ({ metric, cluster: clusterId, labels }))
  return (
    <Button asChild className="justify-self-start">
      <Link href={exploreHref(picks, range)}>
        <ChartLine aria-hidden className="size-4" />
        {t('open')}
      </Link>
    </Button>
  )
}
