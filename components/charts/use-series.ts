'use client'

import { useQueries } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { SeriesAnswer } from '../../lib/api/schemas/series.ts'
import { type SeriesView, seriesQuery } from '../../lib/client/queries/series.ts'
import { firstRecordMs, recordedBounds } from '../../lib/client/recorded-range.ts'
import type { TimeRange } from '../../lib/client/time-range.ts'
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

/** Names the line of a series for people. */
export type SeriesLabel = (series: StoredSeries, metric: string) => string

/** One chart from one or more questions. */
export function useSeries(views: readonly SeriesView[], range: TimeRange, label: SeriesLabel): SeriesState {
  const results = useQueries({ queries: views.map((view) => seriesQuery(view)) })
  const answers = results.map((result) => result.data)
  const names = answers.flatMap((answer) => answer?.series.map((series) => label(series, answer.metric)) ?? [])
  const updatedAtMs = results.reduce((latest, result) => Math.max(latest, result.dataUpdatedAt), 0)
  const failed = results.find((result) => result.data === undefined && result.error !== null)
  // Answers and names keep their identity until they change, so the drawing is made anew only for new data.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the lists are new on every render, their members are not.
  const data = useMemo(
    () => chartData(answers, names, recordedBounds(range, updatedAtMs, firstRecordMs(answers))),
    [...answers, names.join('\n'), range, updatedAtMs],
  )
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
  names: readonly string[],
  bounds: ChartData['bounds'],
): ChartData | null {
  const known = answers.filter((answer) => answer !== undefined)
  if (known.length < answers.length) return null
  const stored = known.flatMap(({ metric, series }) => series.map((one) => ({ metric, one })))
  return {
    series: stored.map(({ metric, one }, index) => toChartSeries(metric, one, names[index] ?? '')),
    stepSeconds: Math.max(1, ...known.map((answer) => answer.stepSeconds)),
    bounds,
  }
}

function toChartSeries(metric: string, { labels, points, gaps }: StoredSeries, label: string): ChartSeries {
  return { key: `${metric} ${JSON.stringify(labels)}`, label, labels, points, gaps }
}
