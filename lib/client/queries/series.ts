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
  /** About how many points the drawing has room for; left out, the server chooses the step. */
  points?: number
  /** Asks for the same stretch of time this much earlier. */
  shiftMs?: number
}

/** Series that were asked for at slightly different moments share their steps, so that they can be added up. */
function alignDown(atMs: number, stepMs: number): number {
  return stepMs === 0 ? atMs : Math.floor(atMs / stepMs) * stepMs
}

/** The bounds are taken when it is asked, so that a live chart moves on while its key stays. */
export function seriesQuery(view: SeriesView): ResourceQuery<SeriesAnswer> {
  const { range, points, metric, shiftMs = 0, ...labels } = view
  const pathOf = (bounds: Bounds, stepSeconds: number | null): string =>
    apiPath('/api/v1/series', {
      metric,
      ...labels,
      from: new Date(alignDown(bounds.fromMs, (stepSeconds ?? 0) * SECOND_MS) - shiftMs).toISOString(),
      to: new Date(bounds.toMs - shiftMs).toISOString(),
      stepSeconds,
    })
  const stepOf = (bounds: Bounds): number | null => (points === undefined ? null : stepSecondsFor(bounds, points))
  const path = (): string => {
    const bounds = boundsOf(range, Date.now())
    return pathOf(bounds, stepOf(bounds))
  }
  const refine = (answer: unknown): string | null => {
    const bounds = finerBounds(range, Date.now(), answer as SeriesAnswer)
    if (bounds === null) return null
    const stepSeconds = stepOf(bounds)
    return pathOf(bounds, stepSeconds === null ? null : roundStepSeconds(stepSeconds))
  }
  if (shiftMs === 0)
    return resourceQuery<SeriesAnswer>(['series', metric, labels, range, points ?? null], path, 3, refine)
  // Never finer than what it is compared with.
  return resourceQuery<SeriesAnswer>(['series', metric, { ...labels, shiftMs }, range, points ?? null], path, 3)
}
