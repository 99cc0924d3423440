/** A rule about when volumes are full, run over how full they were: forecasts are not kept, and follow from that. Pure. */
import type { AlertRule, SeriesCondition } from '../../alerts/alert-rule.ts'
import { episodesOfPoints } from '../../alerts/preview.ts'
import { diskFull, hoursUntilFull, USED_STEP_MS, USED_WINDOW_MS } from '../../durability/forecasts/disk-full.ts'
import { usedPointsOf } from '../../history/disk-forecasts.ts'
import type { SeriesPoint, SeriesResult } from '../../history/history.ts'
import type { SeriesRun } from './preview-chart.ts'

/** Of so many log dirs each step of the history is forecast anew; of more, fewer steps. */
const MOST_FINE = 50

export interface DiskHistory {
  /** `diskUsedRatio` by steps of `USED_STEP_MS`, from `USED_WINDOW_MS` before `fromMs` on. */
  series: readonly SeriesResult[]
  /** By broker: where its system stops writing, or deletes what is not due. Of others nothing is forecast. */
  fullRatios: ReadonlyMap<string, number>
  fromMs: number
  toMs: number
}

/** The numbers of each run are how full the log dir was. */
export function diskForecastRuns(
  rule: AlertRule,
  when: SeriesCondition,
  { series, fullRatios, fromMs, toMs }: DiskHistory,
): { stepMs: number; runs: SeriesRun[] } {
  const every = Math.max(1, Math.ceil(series.length / MOST_FINE))
  const runs = series.flatMap((one): SeriesRun[] => {
    const fullRatio = fullRatios.get(one.labels.broker ?? '')
    if (fullRatio === undefined) return []
    const points = hoursAt(one, fullRatio, { fromMs, toMs, every })
    return [{ series: sinceOf(one, fromMs), episodes: episodesOfPoints(rule, when, { labels: one.labels, points }) }]
  })
  return { stepMs: every * USED_STEP_MS, runs }
}

function sinceOf({ labels, points, gaps }: SeriesResult, fromMs: number): SeriesResult {
  return { labels, points: points.filter(({ t }) => t >= fromMs), gaps: gaps.filter(({ toMs }) => toMs > fromMs) }
}

/** As it would have been told at the end of each step; none where nothing could be said. */
function hoursAt(
  { points }: SeriesResult,
  fullRatio: number,
  { fromMs, toMs, every }: { fromMs: number; toMs: number; every: number },
): SeriesPoint[] {
  const used = usedPointsOf(points)
  let first = 0
  return used.flatMap(({ atMs }, index) => {
    const nowMs = Math.min(atMs + USED_STEP_MS, toMs)
    while ((used[first]?.atMs ?? nowMs) < nowMs - USED_WINDOW_MS) first += 1
    if (atMs < fromMs || Math.round(atMs / USED_STEP_MS) % every !== 0) return []
    const hours = hoursUntilFull(diskFull(used.slice(first, index + 1), fullRatio, nowMs), nowMs)
    return hours === null ? [] : [{ t: nowMs, min: hours, max: hours, avg: hours, last: hours }]
  })
}
