/** Which series are stored together. A shard holds entities of one kind, and of each entity the same metrics. */
import type { SeriesLabels } from './history.ts'
import { METRICS, type MetricLabel, type MetricName, type MetricUnit } from './metrics.ts'

export interface ShardKind {
  name: string
  /** Labels that tell entities apart; what has the same first one stays in one shard, so that one page reads one shard. */
  labels: readonly MetricLabel[]
  /** In the order of their slots. The names of a stored shard stand in its dictionary, so this list may grow. */
  metrics: readonly MetricName[]
}

const CLUSTER: ShardKind = {
  name: 'cluster',
  labels: [],
  metrics: [
    'underReplicated',
    'atMinIsr',
    'underMinIsr',
    'offline',
    'unknownPartitions',
    'brokersOnline',
    'pollMs',
    'clusterLagSecondsMax',
    'clusterDiskUsedRatioMax',
    'clusterDlqDepth',
  ],
}
const DISK: ShardKind = {
  name: 'disk',
  labels: ['broker', 'logDir'],
  metrics: ['diskUsedBytes', 'diskTotalBytes', 'diskLogBytes', 'diskUsedRatio'],
}
const BROKER: ShardKind = {
  name: 'broker',
  labels: ['broker'],
  metrics: [
    'replicationBehindBytes',
    'brokerPutPerSecond',
    'brokerGetPerSecond',
    'dispatchBehindBytes',
    'halfMessages',
    'delayedMessages',
  ],
}
const TOPIC: ShardKind = {
  name: 'topic',
  labels: ['topic'],
  metrics: ['topicProduceRatePerSecond', 'dlqDepth', 'dlqArrivalsPerMinute', 'dlqUnresolved'],
}
/** Apart from the other topics, which are many and have none of it. */
const DLQ: ShardKind = { name: 'dlq', labels: ['topic'], metrics: ['dlqOldestSeconds', 'dlqExpiresInSeconds'] }
const GROUP: ShardKind = { name: 'group', labels: ['group'], metrics: ['groupLagMessages', 'groupLagSeconds'] }
const PARTITION: ShardKind = {
  name: 'partition',
  labels: ['topic', 'partition', 'broker'],
  metrics: ['startOffset', 'endOffset', 'isrSize', 'logSizeBytes'],
}
const GROUP_PARTITION: ShardKind = {
  name: 'groupPartition',
  labels: ['group', 'topic', 'partition', 'broker'],
  metrics: ['committedOffset', 'lagMessages', 'lagSeconds'],
}

export const SHARD_KINDS: readonly ShardKind[] = [CLUSTER, DISK, BROKER, TOPIC, DLQ, GROUP, PARTITION, GROUP_PARTITION]

/** Not stored: the change of another metric per second. A change downwards (a truncation, a reset) has no rate. */
export const RATE_OF: Readonly<Partial<Record<MetricName, MetricName>>> = {
  produceRatePerSecond: 'endOffset',
  consumeRatePerSecond: 'committedOffset',
}

/** What rollups of a shard hold: with the rates, whose peaks could not be told from a coarse step's offsets. */
export function rolledMetrics(metrics: readonly MetricName[]): MetricName[] {
  const rates = (Object.entries(RATE_OF) as [MetricName, MetricName][]).filter(([, of]) => metrics.includes(of))
  return [...metrics, ...rates.map(([rate]) => rate)]
}

const KIND_OF = new Map<MetricName, ShardKind>(
  SHARD_KINDS.flatMap((kind) => kind.metrics.map((metric): [MetricName, ShardKind] => [metric, kind])),
)

/** Undefined for a metric that is not stored. */
export function shardKindOf(metric: MetricName): ShardKind | undefined {
  return KIND_OF.get(metric)
}

const WHOLE_UNITS: readonly MetricUnit[] = ['messages', 'bytes', 'replicas', 'partitions', 'brokers']

/** Whole numbers are 64-bit integers, kept exactly; the others are doubles, kept exactly too. */
export function isWhole(metric: MetricName): boolean {
  return WHOLE_UNITS.includes(METRICS[metric].unit)
}

export function entityKey(labels: SeriesLabels): string {
  return `${labels.group ?? ''}\0${labels.topic ?? ''}\0${labels.partition ?? ''}\0${labels.broker ?? ''}\0${labels.logDir ?? ''}`
}

export function isSameEntity(a: SeriesLabels, b: SeriesLabels): boolean {
  return (
    a.topic === b.topic &&
    a.partition === b.partition &&
    a.group === b.group &&
    a.broker === b.broker &&
    a.logDir === b.logDir
  )
}
