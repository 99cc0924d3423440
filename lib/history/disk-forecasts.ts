/** When the log dirs of brokers will be full, from the history of a day. */
import type { RocketmqDiskMarks } from '../cluster/rocketmq-state.ts'
import { diskFull, USED_STEP_MS, USED_WINDOW_MS, type UsedPoint } from '../durability/forecasts/disk-full.ts'
import { firstOf, unknown } from '../durability/forecasts/forecast.ts'
import type { Forecast, ObservedBroker } from '../durability/observation.ts'
import { MINUTE_MS } from '../units.ts'
import type { History, SeriesPoint } from './history.ts'
import type { ClusterSummary } from './snapshot-store.ts'

export interface BrokerRow extends ObservedBroker {
  /** In the order of its log dirs. */
  fullAt: Forecast[]
  /** Of the first of its log dirs. */
  diskFullAt: Forecast
}

export type DiskHistory = Pick<History, 'read'>

/** A day grows slowly: what was read of it holds for some minutes. */
const KEPT_MS = 5 * MINUTE_MS
const MAX_CLUSTERS = 50
/** More than any cluster has log dirs. */
const MAX_SERIES = 10_000
/** Kafka writes to the last byte. */
const WHOLE = 1
/** Where a broker does not tell its own marks: RocketMQ's default. */
const USUAL_MARK = 0.85

/** By broker and path. */
type UsedPoints = ReadonlyMap<string, readonly UsedPoint[]>
interface Kept {
  readAtMs: number
  points: Promise<UsedPoints>
}

const keptOf = new WeakMap<DiskHistory, Map<string, Kept>>()

export async function withDiskForecasts(
  history: DiskHistory,
  summary: Pick<ClusterSummary, 'clusterId' | 'lastPollAtMs'> | null,
  brokers: readonly ObservedBroker[],
): Promise<BrokerRow[]> {
  if (summary?.lastPollAtMs == null || brokers.length === 0) return []
  const points = await usedPoints(history, summary.clusterId, summary.lastPollAtMs)
  return brokers.map((broker) => toRow(broker, points, summary.lastPollAtMs ?? 0))
}

function toRow(broker: ObservedBroker, points: UsedPoints, nowMs: number): BrokerRow {
  const fullRatio = fullRatioOf(broker)
  const paths = (broker.logDirs ?? []).map(({ path }) => path)
  const fullAt = paths.map((path) => diskFull(points.get(keyOf(broker.id, path)) ?? [], fullRatio, nowMs))
  return { ...broker, fullAt, diskFullAt: fullAt.length === 0 ? unknown('historyShort') : firstOf(fullAt) }
}

/** How full a log dir is when messages are lost or refused, 0 to 1. */
export function fullRatioOf({ rocketmq }: Pick<ObservedBroker, 'rocketmq'>): number {
  return rocketmq === null ? WHOLE : costsMessagesAt(rocketmq.diskMarks)
}

/** RocketMQ deletes what is not due before it refuses messages, unless that is turned off. */
function costsMessagesAt(marks: RocketmqDiskMarks | null): number {
  return marks === null ? USUAL_MARK : (marks.deletesUnexpired ?? marks.refusesMessages)
}

/** Read up to the poll, which may be some minutes ago: the points are the same for all who ask until they are read anew. */
function usedPoints(history: DiskHistory, clusterId: string, nowMs: number): Promise<UsedPoints> {
  const clusters = keptOf.get(history) ?? new Map<string, Kept>()
  keptOf.set(history, clusters)
  const known = clusters.get(clusterId)
  if (known !== undefined && nowMs >= known.readAtMs && nowMs - known.readAtMs < KEPT_MS) return known.points
  const points = readPoints(history, clusterId, nowMs)
  clusters.delete(clusterId)
  if (clusters.size >= MAX_CLUSTERS) clusters.delete(clusters.keys().next().value ?? '')
  clusters.set(clusterId, { readAtMs: nowMs, points })
  // Brokers are shown whether their past can be read or not; a failed read is not kept.
  return points.catch(() => {
    clusters.delete(clusterId)
    return new Map()
  })
}

async function readPoints(history: DiskHistory, clusterId: string, nowMs: number): Promise<UsedPoints> {
  const results = await history.read({
    ...{ clusterId, metric: 'diskUsedRatio', labels: {}, maxSeries: MAX_SERIES },
    ...{ fromMs: nowMs - USED_WINDOW_MS, toMs: nowMs, stepMs: USED_STEP_MS },
  })
  return new Map(
    results.map(({ labels, points }) => [keyOf(labels.broker ?? '', labels.logDir ?? ''), usedPointsOf(points)]),
  )
}

/** @param points of `diskUsedRatio` */
export function usedPointsOf(points: readonly SeriesPoint[]): UsedPoint[] {
  return points.map(({ t, max }) => ({ atMs: t, ratio: max }))
}

function keyOf(broker: string, path: string): string {
  return `${broker}\n${path}`
}
