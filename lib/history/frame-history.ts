/** The history in frames: one row per poll and shard, joined once a run of polls is complete. See README.md. */
import type { Database } from '../db.ts'
import { HOUR_MS } from '../units.ts'
import type { History } from './history.ts'
import { HistoryReader } from './history-reader.ts'
import { HistoryWriter } from './history-writer.ts'
import { pruneHistory } from './prune-history.ts'

export interface FrameHistoryOptions {
  rawHours: number
  now(): number
  maxBytes?: number
}

const DEFAULT_MAX_BYTES = 2 * 2 ** 30

export function createFrameHistory(database: Database, options: FrameHistoryOptions): History {
  const writer = new HistoryWriter(database)
  const reader = new HistoryReader(database, options.now)
  const maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES
  return {
    append: (batch) => writer.append(batch),
    read: (query) => reader.read(query),
    async prune(nowMs) {
      const touched = await pruneHistory(database, { oldestMs: nowMs - options.rawHours * HOUR_MS, maxBytes })
      for (const clusterId of touched) writer.forget(clusterId)
    },
  }
}
