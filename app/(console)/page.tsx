import type { SearchParams } from 'nuqs/server'
import type { ReactElement } from 'react'
import { Overview } from '../../components/overview/overview.tsx'
import { overviewSeries } from '../../lib/client/queries/overview-series.ts'
import { DEFAULT_RANGE, parseTimeRange } from '../../lib/client/time-range.ts'
import { Prefetched } from './prefetched.tsx'

export default async function OverviewPage({
  searchParams,
}: {
  searchParams: Promise<SearchParams>
}): Promise<ReactElement> {
  const { range } = await searchParams
  const asked = typeof range === 'string' ? parseTimeRange(range) : null
  return (
    <Prefetched queries={overviewSeries(asked ?? DEFAULT_RANGE)}>
      <Overview />
    </Prefetched>
  )
}
