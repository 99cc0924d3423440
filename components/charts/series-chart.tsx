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
  questions: readonly SeriesQuestion[]
  label: SeriesLabel
  /** Adds up or picks before drawing; keep its identity. */
  shape?: (data: ChartData) => ChartData
}

/** A chart of stored series over the range in the address bar; all charts of a page point at the same moment. */
export function SeriesChart({ questions, label, shape, ...rest }: SeriesChartProps): ReactElement {
  const [range, setRange] = useTimeRange()
  // Pages ask anew with every refresh; what asks for the same is the same.
  const asked = JSON.stringify(questions)
  const views = useMemo(
    () => (JSON.parse(asked) as SeriesQuestion[]).map((question) => ({ ...question, range, points: CHART_POINTS })),
    [asked, range],
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

interface LineChartProps extends Omit<SeriesChartProps, 'questions' | 'label' | 'shape'> {
  question: SeriesQuestion
  /** Of the line, in the legend. */
  name: string
}

/** A chart of a single line. */
export function LineChart({ question, name, ...rest }: LineChartProps): ReactElement {
  return <SeriesChart {...rest} questions={[question]} label={() => name} />
}
