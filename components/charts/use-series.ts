'use client'

import { useQueries } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { SeriesAnswer } from '../../lib/api/schemas/series.ts'
import { type SeriesView, seriesQuery } from '../../lib/client/queries/series.ts'
import { firstRecordMs, recordedBounds } from '../../lib/client/recorded-range.ts'
import type { TimeRange } from '../../lib/client/time-range.ts'
import { type ChartSeries, type StoredSeries, shiftedAnswer } from './series-model.ts'
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
export type SeriesLabel = (series: StoredSeries, metric: string, view: SeriesView) => string

interface Asked {
  view: SeriesView
  answer: SeriesAnswer
  shiftMs: number
}

/** One chart from one or more questions. */
export function useSeries(views: readonly SeriesView[], range: TimeRange, label: SeriesLabel): SeriesState {
  const results = useQueries({ queries: views.map((view) => seriesQuery(view)) })
  const answers = results.map((result) => result.data)
  const names = answers.flatMap((answer, index) => namesOf(answer, views[index], label))
  const updatedAtMs = results.reduce((latest, result) => Math.max(latest, result.dataUpdatedAt), 0)
  const failed = results.find((result) => result.data === undefined && result.error !== null)
  // Answers and names keep their identity until they change, so the drawing is made anew only for new data.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the lists are new on every render, their members are not.
  const data = useMemo(
    () => chartData(views, answers, names, range, updatedAtMs),
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

function namesOf(answer: SeriesAnswer | undefined, view: SeriesView | undefined, label: SeriesLabel): string[] {
  if (answer === undefined || view === undefined) return []
  return answer.series.map((series) => label(series, answer.metric, view))
}

function chartData(
  views: readonly SeriesView[],
  answers: readonly (SeriesAnswer | undefined)[],
  names: readonly string[],
  range: TimeRange,
  nowMs: number,
): ChartData | null {
  const asked = views.flatMap((view, index) => askedOf(view, answers[index]))
  if (asked.length < answers.length) return null
  const stored = asked.flatMap((one) => one.answer.series.map((series) => ({ ...one, series })))
  return {
    series: stored.map((one, index) => toChartSeries(one, one.series, names[index] ?? '')),
    stepSeconds: Math.max(1, ...asked.map(({ answer }) => answer.stepSeconds)),
    bounds: recordedBounds(range, nowMs, firstRecordMs(asked.map(({ answer }) => answer))),
  }
}

function askedOf(view: SeriesView, answer: SeriesAnswer | undefined): Asked[] {
  if (answer === undefined) return []
  if (view.shiftMs === undefined) return [{ view, answer, shiftMs: 0 }]
  return [{ view, ...shiftedAnswer(answer, view.shiftMs) }]
}

function toChartSeries({ answer, shiftMs }: Asked, stored: StoredSeries, label: string): ChartSeries {
  const { labels, points, gaps } = stored
  const key = `${answer.metric} ${JSON.stringify(labels)}${shiftMs === 0 ? '' : ` ${shiftMs}`}`
  return { key, label, labels, points, gaps, ...(shiftMs === 0 ? {} : { shiftMs }) }
}
