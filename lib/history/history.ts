/** The console's memory of numbers. Engines stand behind this interface; callers know nothing of their encoding. */
import type { MetricName } from './metrics.ts'

export interface SeriesLabels {
  topic?: string
  partition?: number
  group?: string
  broker?: string
  logDir?: string
}

export interface Sample {
  metric: MetricName
  labels: SeriesLabels
  /** Offsets, counts and bytes are bigint and kept exactly; rates and seconds are numbers. Null: not seen. */
  value: bigint | number | null
}

/** Why a stretch of time has no samples. `damaged`: there were some, and what is stored cannot be read. */
export const GAP_REASONS = ['pollFailed', 'unknown', 'consoleDown', 'damaged'] as const
export type GapReason = (typeof GAP_REASONS)[number]

export interface SampleBatch {
  clusterId: string
  atMs: number
  /** Empty for a poll that failed: it then marks a gap. */
  samples: Sample[]
  pollFailed: boolean
  /** The interval the cluster is polled at: a longer silence is a gap. */
  intervalMs: number
}

export interface SeriesQuery {
  clusterId: string
  metric: MetricName
  /** Labels that are left out match every value and give several series. */
  labels: SeriesLabels
  fromMs: number
  toMs: number
  stepMs: number
  /** More matching series than this is an error (`range_too_large`). */
  maxSeries: number
}

export interface SeriesPoint {
  /** Start of the step, epoch milliseconds. */
  t: number
  min: number
  max: number
  avg: number
  last: number
}

export interface SeriesGap {
  fromMs: number
  toMs: number
  reason: GapReason
}

export interface SeriesResult {
  labels: SeriesLabels
  /** One point per step that holds a sample. */
  points: SeriesPoint[]
  gaps: SeriesGap[]
}

export interface History {
  /**
   * Durable when the promise resolves. A batch that is given again after an error is stored once. Batches of one cluster
   * come in the order of their polls; their times go back when the clock was set back.
   */
  append(batch: SampleBatch): Promise<void>
  /** @throws HoldfastError `range_too_large` */
  read(query: SeriesQuery): Promise<SeriesResult[]>
  /**
   * Seals and rolls up what is complete, deletes what is older than its retention, keeps the store bounded, and gives
   * space back. To be called every few minutes; it does a part at a time, so that polls go on meanwhile.
   */
  maintain(nowMs: number): Promise<void>
}
