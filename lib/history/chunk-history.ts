/** The history in chunks: frames of the open hour, sealed when it is over, and rolled up day by day. See README.md. */
import type { Database } from '../db.ts'
import { DAY_MS, HOUR_MS } from '../units.ts'
import type { History } from './history.ts'
import { HistoryReader } from './history-reader.ts'
import { HistoryWriter } from './history-writer.ts'
import { pruneHistory } from './prune-history.ts'
import { rollUpShard } from './rollup.ts'
import { openHourMs, sealShard } from './sealer.ts'

export interface ChunkHistoryOptions {
  rawHours: number
  fiveMinuteDays: number
  hourlyDays: number
  now(): number
  maxBytes?: number
}

const DEFAULT_MAX_BYTES = 4 * 2 ** 30

export function createChunkHistory(database: Database, options: ChunkHistoryOptions): History {
  const writer = new HistoryWriter(database)
  const reader = new HistoryReader(database, options.now)
  const maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES
  const keepMs = [options.rawHours * HOUR_MS, options.fiveMinuteDays * DAY_MS, options.hourlyDays * DAY_MS]
  let sealedUntilMs = Number.NaN

  async function seal(nowMs: number): Promise<void> {
    const untilMs = openHourMs(nowMs)
    if (untilMs === sealedUntilMs) return
    for (const { id } of await database.client.historyShard.findMany({
      select: { id: true },
      orderBy: { id: 'asc' },
    })) {
      await sealShard(database, id, nowMs)
      await rollUpShard(database, id, nowMs, keepMs)
    }
    sealedUntilMs = untilMs
  }

  return {
    append: (batch) => writer.append(batch),
    read: (query) => reader.read(query),
    async maintain(nowMs) {
      await seal(nowMs)
      for (const clusterId of await pruneHistory(database, nowMs, { keepMs, maxBytes })) writer.forget(clusterId)
    },
  }
}
