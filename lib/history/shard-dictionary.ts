/** The names behind a shard's slots, as they are stored: a shard can be read without what wrote it. */
import type { SeriesLabels } from './history.ts'
import type { MetricName } from './metrics.ts'
import { compressRows, decodeRows, packRows } from './packed-rows.ts'

/** A history is kept for as long as its names can be read: a new one needs a reader of the old one. */
const FORMAT = 8

export interface ShardDictionary {
  /** Slot = index of the entity × number of metrics + index of the metric. */
  metrics: MetricName[]
  entities: SeriesLabels[]
}

export function encodeDictionary({ metrics, entities }: ShardDictionary): Uint8Array<ArrayBuffer> {
  const rows = entities.map(({ topic = null, partition = null, group = null, broker = null, logDir = null }) => ({
    topic,
    partition,
    group,
    broker,
    logDir,
  }))
  return compressRows(FORMAT, packRows([metrics, rows]))
}

/** Null when it was written in another format. */
export function decodeDictionary(content: Uint8Array): ShardDictionary | null {
  const decoded = decodeRows(FORMAT, content)
  if (decoded === null) return null
  const [metrics, rows] = decoded.rows as [MetricName[], Record<keyof SeriesLabels, unknown>[]]
  const entities = rows.map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)))
  return { metrics, entities }
}
