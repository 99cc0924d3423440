/** Keeps the history within its time and its size, and gives the file's free pages back. */
import { sqltag as sql } from '@prisma/client/runtime/client'
import type { Database } from '../db.ts'

export interface PruneLimits {
  /** Nothing older than this is kept. */
  oldestMs: number
  /** By the size of what is stored, without the database's own overhead (about a tenth). */
  maxBytes: number
}

/** Free pages are given back in steps, so that no other writer waits for long. */
const PAGES_PER_STEP = 1_000
const MAX_STEPS = 200
/** Below the limit by this part after it was exceeded, so that not every prune has to delete. */
const HEADROOM = 0.1

/** @returns the clusters of which whole shards were deleted */
export async function pruneHistory(database: Database, limits: PruneLimits): Promise<string[]> {
  const bytes = await storedBytes(database)
  const oldestMs = Math.max(limits.oldestMs, await oldestThatFits(database, bytes, limits.maxBytes))
  const touched = await deleteBefore(database, BigInt(oldestMs))
  if (database.kind === 'sqlite') await giveBackFreePages(database)
  return touched
}

async function storedBytes(database: Database): Promise<number> {
  const [row] = await database.client.$queryRaw<{ bytes: bigint | number | null }[]>(
    sql`SELECT CAST(SUM(LENGTH("content")) AS BIGINT) AS "bytes" FROM "HistoryFrame"`,
  )
  return Number(row?.bytes ?? 0)
}

/** Supposes that old polls are about as large as new ones; the next prune corrects what is left. */
async function oldestThatFits(database: Database, bytes: number, maxBytes: number): Promise<number> {
  if (bytes <= maxBytes) return 0
  const { _min, _max } = await database.client.historyFrame.aggregate({ _min: { atMs: true }, _max: { atMs: true } })
  const first = Number(_min.atMs ?? 0)
  const last = Number(_max.atMs ?? 0)
  return Math.ceil(last - (last - first) * (maxBytes / bytes) * (1 - HEADROOM))
}

async function deleteBefore(database: Database, oldestMs: bigint): Promise<string[]> {
  const { client } = database
  await client.historyFailedPoll.deleteMany({ where: { atMs: { lt: oldestMs } } })
  const shards = await client.historyShard.findMany({ select: { id: true, clusterId: true } })
  const touched = new Set<string>()
  // Shard by shard, each in a short transaction of its own.
  for (const { id: shardId, clusterId } of shards) {
    const newest = { where: { shardId }, orderBy: { atMs: 'desc' }, select: { untilMs: true } } as const
    const last = await client.historyFrame.findFirst(newest)
    if (last === null || last.untilMs < oldestMs) {
      await client.historyFrame.deleteMany({ where: { shardId } })
      await client.historyShard.deleteMany({ where: { id: shardId } })
      touched.add(clusterId)
      continue
    }
    const where = { shardId, isKey: true, atMs: { lte: oldestMs } }
    const key = await client.historyFrame.findFirst({ where, orderBy: { atMs: 'desc' }, select: { atMs: true } })
    if (key !== null) await client.historyFrame.deleteMany({ where: { shardId, atMs: { lt: key.atMs } } })
  }
  return [...touched]
}

async function giveBackFreePages(database: Database): Promise<void> {
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const [free] = await database.client.$queryRaw<{ freelist_count: bigint | number }[]>(sql`PRAGMA freelist_count`)
    // A few free pages are used up by the next polls anyway.
    if (Number(free?.freelist_count ?? 0) < PAGES_PER_STEP) return
    await database.client.$queryRawUnsafe(`PRAGMA incremental_vacuum(${PAGES_PER_STEP})`)
  }
}
