import { HoldfastError } from '../../errors.ts'
import type { SeriesLabels, SeriesResult } from '../../history/history.ts'
import { METRICS, type MetricLabel, type MetricName } from '../../history/metrics.ts'
import { HOUR_MS, SECOND_MS } from '../../units.ts'
import { clustersAndRange } from '../clusters-and-range.ts'
import type { SeriesAnswer } from '../schemas/series.ts'
import { toIso } from '../serialize.ts'
import type { ApiServices } from '../services.ts'
import type { SeriesQueryInput } from './series-query.ts'

const DEFAULT_RANGE_MS = HOUR_MS
/** About as many as a wide chart has pixels for. */
const WANTED_POINTS = 300
const MAX_POINTS = 2_000
const MAX_SERIES = 200

/**
 * Without a cluster, one series of each: the overview asks once per metric instead of once per cluster and metric.
 *
 * @throws HoldfastError `cluster_not_found`, `bad_request`, `range_too_large`
 */
export async function readSeries(services: ApiServices, query: SeriesQueryInput): Promise<SeriesAnswer> {
  const { clusters, fromMs, toMs } = await clustersAndRange(services, query, DEFAULT_RANGE_MS)
  const stepMs = chooseStepMs(toMs - fromMs, query.stepSeconds, services.config.poll.intervalSeconds * SECOND_MS)
  const { metric } = query
  const labels = labelsOf(query)
  const series = await Promise.all(
    clusters.map(async ({ config }) => {
      const asked = { clusterId: config.id, metric, fromMs, toMs, stepMs, labels, maxSeries: MAX_SERIES }
      const results = await services.history.read(asked)
      return results.map((result) => toSeries(result, config.id, metric, config.kind === 'kafka'))
    }),
  )
  const all = series.flat()
  if (all.length > MAX_SERIES) throw new HoldfastError('range_too_large', { series: all.length, limit: MAX_SERIES })
  return { metric, unit: METRICS[metric].unit, stepSeconds: stepMs / SECOND_MS, series: all }
}

/** What was asked for unless that is more points than anybody can use; never finer than the polls by itself. */
function chooseStepMs(rangeMs: number, askedSeconds: number | undefined, intervalMs: number): number {
  const least = toWholeSeconds(rangeMs / MAX_POINTS)
  if (askedSeconds !== undefined) return Math.max(toWholeSeconds(askedSeconds * SECOND_MS), least)
  return Math.max(toWholeSeconds(rangeMs / WANTED_POINTS), intervalMs, least)
}

function toWholeSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / SECOND_MS)) * SECOND_MS
}

/** A label that the metric does not have would match nothing; it is refused instead of answered empty. */
function labelsOf(query: SeriesQueryInput): SeriesLabels {
  const { topic, partition, group, broker, logDir } = query
  const given = { topic, partition, group, broker, logDir }
  const known: readonly MetricLabel[] = METRICS[query.metric].labels
  const labels: SeriesLabels = {}
  for (const [label, value] of Object.entries(given)) {
    if (value === undefined) continue
    if (!known.includes(label as MetricLabel)) {
      throw new HoldfastError('bad_request', { path: `query.${label}`, issue: 'label', labels: known.join(', ') })
    }
    Object.assign(labels, { [label]: value })
  }
  return labels
}

export function toSeries(
  result: SeriesResult,
  cluster: string,
  metric: MetricName,
  isKafka: boolean,
): SeriesAnswer['series'][number] {
  const labels: readonly MetricLabel[] = METRICS[metric].labels
  // A partition is named with its broker everywhere, and Kafka's partitions have none.
  const noBroker = isKafka && labels.includes('partition') ? { broker: null } : {}
  return {
    labels: { cluster, ...noBroker, ...result.labels },
    points: result.points,
    gaps: result.gaps.map((gap) => ({ from: toIso(gap.fromMs), to: toIso(gap.toMs), reason: gap.reason })),
  }
}
