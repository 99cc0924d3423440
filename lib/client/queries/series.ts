import type { SeriesAnswer } from '../../api/schemas/series.ts'
import type { MetricName } from '../../history/metrics.ts'
import { SECOND_MS } from '../../units.ts'
import { apiPath } from '../api.ts'
import { finerBounds, roundStepSeconds } from '../recorded-range.ts'
import { type Bounds, boundsOf, stepSecondsFor, type TimeRange } from '../time-range.ts'
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

/** Series that were asked for at slightly different moments share their steps, so that they can be added up. */
function alignDown(atMs: number, stepMs: number): number {
  return Math.floor(atMs / stepMs) * stepMs
}

/** The bounds are taken when it is asked, so that a live chart moves on while its key stays. */
export function seriesQuery(view: SeriesView): ResourceQuery<SeriesAnswer> {
  const { range, points, metric, ...labels } = view
  const pathOf = (bounds: Bounds, stepSeconds: number): string =>
    apiPath('/api/v1/series', {
      metric,
      ...labels,
      from: new Date(alignDown(bounds.fromMs, stepSeconds * SECOND_MS)).toISOString(),
      to: new Date(bounds.toMs).toISOString(),
      stepSeconds,
    })
  const path = (): string => {
    const bounds = boundsOf(range, Date.now())
    return pathOf(bounds, stepSecondsFor(bounds, points))
  }
  const refine = (answer: unknown): string | null => {
    const bounds = finerBounds(range, Date.now(), answer as SeriesAnswer)
    return bounds === null ? null : pathOf(bounds, roundStepSeconds(stepSecondsFor(bounds, points)))
  }
  return resourceQuery<SeriesAnswer>(['series', metric, labels, range, points], path, 3, refine)
}
