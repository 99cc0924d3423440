import type { SeriesAnswer } from '../../api/schemas/series.ts'
import type { MetricName } from '../../history/metrics.ts'
import { apiPath } from '../api.ts'
import { boundsOf, stepSecondsFor, type TimeRange } from '../time-range.ts'
import { type ResourceQuery, resourceQuery } from './resource.ts'

export interface SeriesView {
  metric: MetricName
  /** Left out: one series for each cluster. */
  cluster?: string
  topic?: string
  partition?: number
  group?: string
  broker?: string
  logDir?: string
  range: TimeRange
  /** About how many points the drawing has room for. */
  points: number
}

/** The bounds are taken when it is asked, so that a live chart moves on while its key stays. */
export function seriesQuery(view: SeriesView): ResourceQuery<SeriesAnswer> {
  const { range, points, metric, ...labels } = view
  const path = (): string => {
    const bounds = boundsOf(range, Date.now())
    return apiPath('/api/v1/series', {
      metric,
      ...labels,
      from: new Date(bounds.fromMs).toISOString(),
      to: new Date(bounds.toMs).toISOString(),
      stepSeconds: stepSecondsFor(bounds, points),
    })
  }
  return resourceQuery<SeriesAnswer>(['series', metric, labels, range, points], path, 3)
}
