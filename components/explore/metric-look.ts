import type { MetricListAnswer } from '../../lib/api/schemas/series.ts'
import { PICK_LABELS, type SeriesPick } from '../../lib/client/explore-view.ts'
import type { Format } from '../../lib/client/use-format.ts'
import type { ClusterKind } from '../../lib/cluster/snapshot.ts'
import type { MetricLabel, MetricName, MetricUnit } from '../../lib/history/metrics.ts'
import type { Statistic } from '../charts/series-model.ts'
import type { AxisScale } from '../charts/value-axis.ts'

/** A metric as the server lists it; its name and its unit are those of the same version of the console. */
export interface ListedMetric {
  metric: MetricName
  unit: MetricUnit
  /** Without the cluster, which every metric has. */
  labels: readonly string[]
}

export function listedMetrics(answer: MetricListAnswer | undefined): ListedMetric[] {
  return (answer?.items ?? []).map(({ metric, unit, labels }) => ({
    metric: metric as MetricName,
    unit: unit as MetricUnit,
    labels: labels.filter((label) => label !== 'cluster'),
  }))
}

export const SCOPES = ['cluster', 'group', 'topic', 'broker', 'partition', 'groupPartition'] as const
export type Scope = (typeof SCOPES)[number]

/** What there is one series of. */
export function scopeOf({ labels }: ListedMetric): Scope {
  if (labels.includes('partition')) return labels.includes('group') ? 'groupPartition' : 'partition'
  return SCOPES.find((scope) => labels.includes(scope)) ?? 'cluster'
}

/** Whether there can be such series of the cluster that is picked, or of any. */
export function isKeptOf(
  { metric, labels }: ListedMetric,
  { cluster }: SeriesPick,
  clusters: readonly { id: string; kind: ClusterKind }[],
): boolean {
  const kinds = clusters.flatMap(({ id, kind }) => (cluster === '' || cluster === id ? [kind] : []))
  if (kinds.length === 0) return true
  // RocketMQ keeps one log for all topics of a broker; what a broker has by itself is known of RocketMQ's only.
  if (metric === 'logSizeBytes') return kinds.includes('kafka')
  return kinds.includes('rocketmq') || labels.join() !== 'broker'
}

/** The labels that narrow a pick down. Kafka's partitions have no broker of their own: it is not asked for there. */
export function labelsOf(
  { cluster }: SeriesPick,
  { labels }: ListedMetric,
  clusters: readonly { id: string; kind: ClusterKind }[],
): MetricLabel[] {
  const known = PICK_LABELS.filter((label) => labels.includes(label))
  const isKafka = clusters.find(({ id }) => id === cluster)?.kind === 'kafka'
  return isKafka && labels.includes('partition') ? known.filter((label) => label !== 'broker') : known
}

export interface UnitLook {
  scale: AxisScale
  formatValue: (value: number) => string
  formatTick: (value: number) => string
}

export function unitLook(unit: MetricUnit, format: Format): UnitLook {
  const same = (scale: AxisScale, say: (value: number) => string): UnitLook => ({
    ...{ scale, formatValue: say, formatTick: say },
  })
  const rounded = (value: number): string =>
    value >= 10_000 ? format.compact(value) : format.number(Math.round(value * 100) / 100)
  switch (unit) {
    case 'bytes':
      return same('bytes', format.bytes)
    case 'seconds':
      return same('duration', (seconds) => format.duration(Math.round(seconds) * 1_000))
    case 'milliseconds':
      return same('number', (ms) => format.duration(Math.round(ms)))
    case 'ratio':
      return same('number', format.percent)
    case 'perSecond':
      return { scale: 'number', formatValue: format.perSecond, formatTick: rounded }
    case 'perMinute':
      return { scale: 'number', formatValue: format.perMinute, formatTick: rounded }
    case 'messages':
    case 'replicas':
    case 'partitions':
    case 'brokers':
      return { scale: 'wholeNumber', formatValue: format.number, formatTick: rounded }
  }
}

/** A dip of 15 s must show in a step of an hour, and a rate has no worse side. */
export function worstOf({ metric, unit }: ListedMetric): Statistic {
  if (unit === 'perSecond' || unit === 'perMinute') return 'avg'
  return drawnFirst(metric) === 'lowest' ? 'min' : 'max'
}

/** Of what there should be many, the lowest are the ones to look at. */
export function drawnFirst(metric: MetricName): 'highest' | 'lowest' {
  return metric === 'isrSize' || metric === 'brokersOnline' ? 'lowest' : 'highest'
}
