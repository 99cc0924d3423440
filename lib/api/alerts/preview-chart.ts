/** What the chart of a preview shows: the numbers that a rule was run over, and where it would have fired. Pure. */
import type { SeriesCondition } from '../../alerts/alert-rule.ts'
import type { Episode } from '../../alerts/preview.ts'
import type { SeriesPoint, SeriesResult } from '../../history/history.ts'
import { METRICS, type MetricName } from '../../history/metrics.ts'
import { SECOND_MS } from '../../units.ts'
import type { AlertPreviewAnswer } from '../schemas/alerts.ts'
import { toIso, toIsoOrNull } from '../serialize.ts'
import { toSeries } from '../series/series-operations.ts'

/** A series that a rule was run over, and when it would have fired there. */
export interface SeriesRun {
  series: SeriesResult
  episodes: readonly Episode[]
}

export interface RunOver {
  clusterId: string
  isKafka: boolean
  metric: MetricName
  beyond: SeriesCondition['beyond']
  stepMs: number
  rangeMs: number
  runs: readonly SeriesRun[]
}

const MOST_DRAWN = 5
/** About as many as a chart has pixels for. */
const MOST_POINTS = 300

export function previewChart({
  clusterId,
  isKafka,
  metric,
  beyond,
  stepMs,
  rangeMs,
  runs,
}: RunOver): AlertPreviewAnswer['chart'] {
  const drawnStepMs = stepMs * Math.max(1, Math.ceil(rangeMs / stepMs / MOST_POINTS))
  const drawn = runs.toSorted(byConcern(beyond)).slice(0, MOST_DRAWN)
  return {
    ...{ metric, unit: METRICS[metric].unit, stepSeconds: drawnStepMs / SECOND_MS, total: runs.length },
    series: drawn.map(({ series, episodes }) => ({
      ...toSeries({ ...series, points: coarser(series.points, drawnStepMs) }, clusterId, metric, isKafka),
      firing: episodes.map(({ firedAtMs, endedAtMs }) => ({ from: toIso(firedAtMs), to: toIsoOrNull(endedAtMs) })),
    })),
  }
}

/** Those that fired most often first, then those that came closest to the mark. */
function byConcern(beyond: SeriesCondition['beyond']): (one: SeriesRun, other: SeriesRun) => number {
  const worst = ({ series: { points } }: SeriesRun): number =>
    points.reduce((most, { min, max }) => Math.max(most, beyond === 'above' ? max : -min), -Infinity)
  return (one, other) => {
    const byTimes = other.episodes.length - one.episodes.length
    const [a, b] = [worst(one), worst(other)]
    return byTimes !== 0 || a === b ? byTimes : b - a
  }
}

/** Fewer steps, each with the extremes of those in it; its average is that of their averages. */
function coarser(points: readonly SeriesPoint[], stepMs: number): SeriesPoint[] {
  const steps = Map.groupBy(points, ({ t }) => Math.floor(t / stepMs) * stepMs)
  return [...steps].map(([t, within]) => ({
    ...{ t, min: Math.min(...within.map(({ min }) => min)), max: Math.max(...within.map(({ max }) => max)) },
    avg: within.reduce((sum, { avg }) => sum + avg, 0) / within.length,
    last: within.at(-1)?.last ?? 0,
  }))
}
