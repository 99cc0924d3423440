import type { SeriesAnswer } from '../../api/schemas/series.ts'
import type { MetricName } from '../../history/metrics.ts'
import type { TimeRange } from '../time-range.ts'
import type { ResourceQuery } from './resource.ts'
import { seriesQuery } from './series.ts'

/** The steps of the ladder below full ISR come first: they are drawn as one line, added up. */
const OVERVIEW_METRICS = [
  'underReplicated',
  'atMinIsr',
  'underMinIsr',
  'offline',
  'clusterLagSecondsMax',
  'clusterDiskUsedRatioMax',
  'clusterDlqDepth',
] as const satisfies MetricName[]

const POINTS = 72

/** One question per metric for all clusters at once: the rows of the overview share the answers. */
export function overviewSeries(range: TimeRange): ResourceQuery<SeriesAnswer>[] {
  return OVERVIEW_METRICS.map((metric) => seriesQuery({ metric, range, points: POINTS }))
}
