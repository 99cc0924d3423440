'use client'

import { type ReactElement, useMemo } from 'react'
import type { SeriesView } from '../../lib/client/queries/series.ts'
import { useTimeRange } from '../../lib/client/time-range.ts'
import { ErrorState } from '../ui/states.tsx'
import { type ChartData, TimeChart, type TimeChartProps } from './time-chart.tsx'
import { CHART_POINTS, type SeriesLabel, useSeries } from './use-series.ts'

/** A question without the range, which the address bar holds. */
export type SeriesQuestion = Omit<SeriesView, 'range' | 'points'>

export interface SeriesChartProps extends Omit<TimeChartProps, 'data' | 'error' | 'isDimmed' | 'onZoom' | 'syncId'> {
  /** Keep its identity while it asks the same. */
  questions: readonly SeriesQuestion[]
  label: SeriesLabel
  /** Adds up or picks before drawing; keep its identity. */
  shape?: (data: ChartData) => ChartData
}

/** A chart of stored series over the range in the address bar; all charts of a page point at the same moment. */
export function SeriesChart({ questions, label, shape, ...rest }: SeriesChartProps): ReactElement {
  const [range, setRange] = useTimeRange()
  const views = useMemo(
    () => questions.map((question) => ({ ...question, range, points: CHART_POINTS })),
    [questions, range],
  )
  const { data, error, isDimmed, retry } = useSeries(views, range, label)
  const shaped = useMemo(() => (data === null || shape === undefined ? data : shape(data)), [data, shape])
  return (
    <TimeChart
      {...rest}
      data={shaped}
      {...(error === null ? {} : { error: <ErrorState error={error} onRetry={retry} /> })}
      isDimmed={isDimmed}
      syncId="page"
      onZoom={({ fromMs, toMs }) => setRange(`${Math.round(fromMs)}-${Math.round(toMs)}`)}
    />
  )
}
