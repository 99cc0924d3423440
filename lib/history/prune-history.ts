/** Keeps each level of the history within its time, all of it within its size, and gives the file's free pages back. */
import { sqltag as sql } from '@prisma/client/runtime/client'
import type { Database } from '../db.ts'
import { DAY_MS, SECOND_MS } from '../units.ts'
import { pruneEvents } from './event-history.ts'
import { endOfLevelMs } from './late-polls.ts'
import { LEVELS, type Level } from './levels.ts'

export interface PruneLimits {
  /** How long each level of `LEVELS` is kept. */
  keepMs: readonly number[]
  /** By the size of what is stored, without the database's own overhead (about a tenth). */
  maxBytes: number
}

/** Free pages are given back in steps, so that no other writer waits for long. */
const PAGES_PER_STEP = 1_000
const MAX_STEPS = 200
/** Below the limit by this part after it was exceeded, so that not every prune has to delete. */
const HEADROOM = 0.1
/** Failed polls are told until the day they belong to is rolled up. */
const KEEP_FAILED_MS = 2 * DAY_MS

/** @returns the clusters of which whole shards were deleted */
export async function pruneHistory(database: Database, nowMs: number, limits: PruneLimits): Promise<string[]> {
  const shorter = await shorterBy(database, limits.maxBytes)
  const oldestMs = await Promise.all(
    limits.keepMs.map(async (keepMs, index) => {
      const level = LEVELS[index] as Level
      const kept =
        shorter === 1 ? keepMs : Math.min(keepMs, (nowMs - (await oldestOf(database, level, nowMs))) * shorter)
      return nowMs - kept
    }),
  )
  const { client } = database
  const failedBefore = BigInt(Math.floor((oldestMs[0] as number) - KEEP_FAILED_MS))
  await client.historyFailedPoll.deleteMany({ where: { atMs: { lt: failedBefore } } })
  // As long as the coarsest numbers they explain.
  await pruneEvents(database, nowMs - (limits.keepMs.at(-1) as number))
  const touched = new Set<string>()
  // Shard by shard, each in a short transaction of its own.
  for (const { id, clusterId } of await client.historyShard.findMany({ select: { id: true, clusterId: true } })) {
    await pruneShard(database, id, oldestMs, shorter < 1)
    if (await removeIfEmpty(database, id)) touched.add(clusterId)
  }
  if (database.kind === 'sqlite') await giveBackFreePages(database)
  return [...touched]
}

/** By which part each level's time has to shrink to fit; 1 when all fits. Supposes that old and new are about as large. */
async function shorterBy(database: Database, maxBytes: number): Promise<number> {
  const [row] = await database.client.$queryRaw<{ bytes: bigint | number | null }[]>(
    sql`SELECT CAST(SUM(LENGTH("content")) AS BIGINT) AS "bytes" FROM "HistoryChunk"`,
  )
  const bytes = Number(row?.bytes ?? 0)
  return bytes <= maxBytes ? 1 : (maxBytes / bytes) * (1 - HEADROOM)
}

async function oldestOf(database: Database, level: Level, nowMs: number): Promise<number> {
  const where = { stepSeconds: level.stepMs / SECOND_MS }
  const { _min } = await database.client.historyChunk.aggregate({ where, _min: { fromMs: true } })
  return Number(_min.fromMs ?? nowMs)
}

/** What is not rolled up yet stays, unless there is no room for it. */
async function pruneShard(
  database: Database,
  shardId: number,
  oldestMs: readonly number[],
  isTooLarge: boolean,
): Promise<void> {
  const { client } = database
  for (const [index, level] of LEVELS.entries()) {
    const coarser = LEVELS[index + 1]
    const rolledMs =
      coarser === undefined || isTooLarge ? Number.MAX_SAFE_INTEGER : await endOfLevelMs(client, shardId, coarser)
    const untilMs = BigInt(Math.floor(Math.min(oldestMs[index] as number, rolledMs)))
    const where = { shardId, stepSeconds: level.stepMs / SECOND_MS, fromMs: { lt: untilMs }, untilMs: { lt: untilMs } }
    await client.historyChunk.deleteMany({ where })
  }
}

async function removeIfEmpty(database: Database, shardId: number): Promise<boolean> {
  const { client } = database
  const where = { shardId }
  if ((await client.historyFrame.findFirst({ where, select: { seq: true } })) !== null) return false
  if ((await client.historyChunk.findFirst({ where, select: { shardId: true } })) !== null) return false
  await client.historyShard.deleteMany({ where: { id: shardId } })
  return true
}

async function giveBackFreePages(database: Database): Promise<void> {
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const [free] = await database.client.$queryRaw<{ freelist_count: bigint | number }[]>(sql`PRAGMA freelist_count`)
    // A few free pages are used up by the next polls anyway.
    if (Number(free?.freelist_count ?? 0) < PAGES_PER_STEP) return
    await database.client.$queryRawUnsafe(`PRAGMA incremental_vacuum(${PAGES_PER_STEP})`)
  }
}
