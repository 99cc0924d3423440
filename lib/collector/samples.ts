/**
 * What of an observation goes into the history. Rates of partitions do not: they follow from the offsets. Sums of which
 * parts are unknown do not either: they would draw as a fall that never was.
 */
import type { RocketmqDelayLevel } from '../cluster/rocketmq-state.ts'
import { queueExpiry } from '../durability/forecasts/queue-expiry.ts'
import type {
  Observation,
  ObservedDlq,
  ObservedGroup,
  ObservedPartition,
  ObservedTopic,
} from '../durability/observation.ts'
import { dlqDepth, type OpenCount } from '../durability/unresolved.ts'
import type { Sample, SeriesLabels } from '../history/history.ts'
import type { MetricName } from '../history/metrics.ts'
import { MINUTE_MS, SECOND_MS } from '../units.ts'

type Value = Sample['value']

const NOT_COUNTED: ReadonlyMap<string, OpenCount> = new Map()

/** @param counts what the inbox counted, by topic */
export function samplesOf(observation: Observation, counts = NOT_COUNTED): Sample[] {
  const samples: Sample[] = []
  const add = (labels: SeriesLabels, metric: MetricName, value: Value): void => {
    samples.push({ metric, labels, value })
  }
  addCluster(observation, add)
  addDisks(observation, add)
  addRocketmqBrokers(observation, add)
  const arrivals = new Map(observation.dlqs.map((dlq) => [dlq.topic, dlq]))
  for (const topic of observation.topics) {
    const dlq = arrivals.get(topic.name)
    const labels = { topic: topic.name }
    if (dlq !== undefined) {
      add(labels, 'dlqDepth', dlq.isPartial ? null : dlq.stored)
      add(labels, 'dlqArrivalsPerMinute', dlq.arrivalsPerMinute)
      add(labels, 'dlqUnresolved', dlq.unresolved)
      addDlqTimes(dlq, counts.get(topic.name) ?? null, observation.atMs, add)
    }
    addAll(samples, samplesOnce(topic, addTopic))
  }
  for (const group of observation.groups) addAll(samples, samplesOnce(group, addGroup))
  return samples
}

/**
 * How long the oldest letter that nobody has handled waits, and when the first of them may go; neither where none waits
 * or none ever goes. In whole minutes: a queue at rest is written once a minute, and not with each poll.
 */
function addDlqTimes(dlq: ObservedDlq, count: OpenCount | null, nowMs: number, add: Add): void {
  const depth = dlqDepth(dlq, count)
  const isEmpty = depth.depth === 0n && (depth.isCounted ? !depth.isUpperBound : !dlq.isPartial)
  if (isEmpty) return
  const oldestMs = depth.isCounted ? (count?.oldestOpenAtMs ?? null) : null
  const labels = { topic: dlq.topic }
  add(labels, 'dlqOldestSeconds', oldestMs === null ? null : wholeMinutes(nowMs - oldestMs))
  const { state, earliestAtMs } = queueExpiry(dlq, depth, oldestMs, nowMs)
  if (state === 'none') return
  add(labels, 'dlqExpiresInSeconds', earliestAtMs === null ? null : wholeMinutes(earliestAtMs - nowMs))
}

function wholeMinutes(ms: number): number {
  return Math.max(0, Math.floor(ms / MINUTE_MS)) * (MINUTE_MS / SECOND_MS)
}

/** By topics and groups as they were observed: one that did not change is the same object in the next observation. */
const known = new WeakMap<ObservedTopic | ObservedGroup, readonly Sample[]>()

function samplesOnce<T extends ObservedTopic | ObservedGroup>(
  subject: T,
  addTo: (subject: T, add: Add) => void,
): readonly Sample[] {
  const before = known.get(subject)
  if (before !== undefined) return before
  const samples: Sample[] = []
  addTo(subject, (labels, metric, value) => samples.push({ metric, labels, value }))
  known.set(subject, samples)
  return samples
}

/** Not spread into one call: that has a limit. */
function addAll(samples: Sample[], more: readonly Sample[]): void {
  for (const sample of more) samples.push(sample)
}

type Add = (labels: SeriesLabels, metric: MetricName, value: Value) => void

function toBigInt(count: number | null): bigint | null {
  return count === null ? null : BigInt(count)
}

function addCluster({ totals, pollMs }: Observation, add: Add): void {
  const labels = {}
  add(labels, 'underReplicated', toBigInt(totals.underReplicated))
  add(labels, 'atMinIsr', toBigInt(totals.atMinIsr))
  add(labels, 'underMinIsr', toBigInt(totals.underMinIsr))
  add(labels, 'offline', toBigInt(totals.offline))
  add(labels, 'unknownPartitions', BigInt(totals.unknownPartitions))
  add(labels, 'brokersOnline', BigInt(totals.brokersOnline))
  add(labels, 'pollMs', pollMs)
  add(labels, 'clusterLagSecondsMax', totals.lagSecondsMax)
  add(labels, 'clusterDiskUsedRatioMax', totals.diskUsedRatioMax)
  add(labels, 'clusterDlqDepth', totals.dlqDepthIsPartial ? null : totals.dlqDepth)
}

function addDisks({ brokers }: Observation, add: Add): void {
  for (const broker of brokers) {
    for (const logDir of broker.logDirs ?? []) {
      const labels = { broker: broker.id, logDir: logDir.path }
      add(labels, 'diskUsedBytes', logDir.usedBytes)
      add(labels, 'diskTotalBytes', logDir.totalBytes)
      add(labels, 'diskLogBytes', logDir.logBytes)
      add(labels, 'diskUsedRatio', logDir.usedRatio)
    }
  }
}

function addRocketmqBrokers({ brokers }: Observation, add: Add): void {
  for (const { id, role, rocketmq } of brokers) {
    if (rocketmq === null) continue
    const labels = { broker: id }
    const { runtime, replication, delayLevels } = rocketmq
    add(labels, 'brokerPutPerSecond', runtime?.putPerSecond ?? null)
    add(labels, 'brokerGetPerSecond', runtime?.getPerSecond ?? null)
    add(labels, 'dispatchBehindBytes', runtime?.dispatchBehindBytes ?? null)
    if (role === 'SLAVE') add(labels, 'replicationBehindBytes', replication?.behindBytes ?? null)
    else {
      add(labels, 'halfMessages', rocketmq.halfMessages)
      add(labels, 'delayedMessages', delayLevels && delayedMessages(delayLevels))
    }
  }
}

function delayedMessages(levels: readonly RocketmqDelayLevel[]): bigint {
  return levels.reduce((sum, { deliveredOffset, maxOffset }) => sum + maxOffset - deliveredOffset, 0n)
}

function addTopic({ name, partitions, produceRatePerSecond }: ObservedTopic, add: Add): void {
  add({ topic: name }, 'topicProduceRatePerSecond', produceRatePerSecond)
  for (const partition of partitions) {
    const labels: SeriesLabels = { topic: name, partition: partition.partition }
    if (partition.broker !== null) labels.broker = partition.broker
    add(labels, 'startOffset', partition.startOffset)
    add(labels, 'endOffset', partition.endOffset)
    add(labels, 'isrSize', isrSizeOf(partition))
    add(labels, 'logSizeBytes', partition.sizeBytes)
  }
}

function addGroup(group: ObservedGroup, add: Add): void {
  const labels = { group: group.id }
  add(labels, 'groupLagMessages', group.lagIsPartial ? null : group.lagMessages)
  add(labels, 'groupLagSeconds', group.lagSeconds)
  for (const partition of group.partitions ?? []) {
    const ofPartition: SeriesLabels = { group: group.id, topic: partition.topic, partition: partition.partition }
    if (partition.broker !== null) ofPartition.broker = partition.broker
    add(ofPartition, 'committedOffset', partition.committedOffset)
    add(ofPartition, 'lagMessages', partition.lagMessages)
    add(ofPartition, 'lagSeconds', partition.lagSeconds)
  }
}

/** Null while the partition's state is unknown, as under frozen metadata. */
function isrSizeOf({ isr, durability }: ObservedPartition): bigint | null {
  return isr === null || durability === 'unknown' ? null : BigInt(isr.length)
}
