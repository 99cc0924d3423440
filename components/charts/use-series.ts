'use client'

import { useQueries } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { SeriesAnswer } from '../../lib/api/schemas/series.ts'
import { type SeriesView, seriesQuery } from '../../lib/client/queries/series.ts'
import { boundsOf, type TimeRange } from '../../lib/client/time-range.ts'
import type { ChartSeries, StoredSeries } from './series-model.ts'
import type { ChartData } from './time-chart.tsx'

export interface SeriesState {
  /** Null while nothing was ever loaded, or when it could not be. */
  data: ChartData | null
  error: Error | null
  /** Data of the range before is shown until the new one is here. */
  isDimmed: boolean
  retry: () => void
}

/** How many points a chart of full width has room for: more would share pixels. */
export const CHART_POINTS = 240

export const SPARKLINE_POINTS = 60

/** One chart from one or more questions; `label` names the line of each series for people. */
export function useSeries(
  views: readonly SeriesView[],
  range: TimeRange,
  label: (series: StoredSeries) => string,
): SeriesState {
  const results = useQueries({ queries: views.map((view) => seriesQuery(view)) })
  const answers = results.map((result) => result.data)
  const updatedAtMs = results.reduce((latest, result) => Math.max(latest, result.dataUpdatedAt), 0)
  const failed = results.find((result) => result.data === undefined && result.error !== null)
  // The answers keep their identity until they change, so the drawing is made anew only for new data.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list is new on every render, its members are not.
  const data = useMemo(() => chartData(answers, range, updatedAtMs, label), [...answers, range, updatedAtMs, label])
  return {
    data,
    error: failed?.error ?? null,
    isDimmed: results.some((result) => result.isPlaceholderData),
    retry: () => {
      for (const result of results) void result.refetch()
    },
  }
}

function chartData(
  answers: readonly (SeriesAnswer | undefined)[],
  range: TimeRange,
  updatedAtMs: number,
  label: (series: StoredSeries) => string,
): ChartData | null {
  const known = answers.filter((answer) => answer !== undefined)
  if (known.length === 0 || known.length < answers.length) return null
  return {
    series: known.flatMap((answer) => answer.series.map((series) => toChartSeries(answer.metric, series, label))),
    stepSeconds: Math.max(...known.map((answer) => answer.stepSeconds)),
    bounds: boundsOf(range, updatedAtMs),
  }
}

function toChartSeries(metric: string, series: StoredSeries, label: (series: StoredSeries) => string): ChartSeries {
  return {
    key: `${metric} ${JSON.stringify(series.labels)}`,
    label: label(series),
    labels: series.labels,
    points: series.points,
    gaps: series.gaps,
  }
}
