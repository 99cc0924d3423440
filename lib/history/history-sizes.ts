/** What the history takes: by cluster, and by how finely it is kept. */
import { sqltag as sql } from '@prisma/client/runtime/client'
import type { Database } from '../db.ts'
import { decodeWholeChunk, FrameChain } from './decode-whole.ts'
import { type StoredChunk, storedFrames } from './row-pages.ts'
import { decodeDictionary } from './shard-dictionary.ts'

export interface LevelSize {
  clusterId: string
  /** Null: polls that are not sealed yet; 0: those that are; else the seconds of a step. */
  stepSeconds: number | null
  rows: number
  /** Of the content, without what the database adds. */
  bytes: number
  fromMs: number
  untilMs: number
  /** Estimated from some rows; of steps, how many bytes a step takes. Null when none of them holds a value. */
  bytesPerValue: number | null
}

/** Evenly spaced over all there are: enough for two figures, and as quick for a large history as for a small one. */
const SAMPLED_CHUNKS = 16
const SAMPLED_SHARDS = 4

interface Sums {
  clusterId: string
  stepSeconds: number
  rows: bigint | number
  bytes: bigint | number
  fromMs: bigint | number
  untilMs: bigint | number
}

/** In the order of clusters, the finest first. */
export async function historySizes(database: Database): Promise<LevelSize[]> {
  const sizes: LevelSize[] = []
  for (const sums of await sumsOfFrames(database)) {
    const bytesPerValue = await bytesPerOpenValue(database, sums.clusterId)
    sizes.push({ ...toNumbers(sums), stepSeconds: null, bytesPerValue })
  }
  for (const sums of await sumsOfChunks(database)) {
    const size = toNumbers(sums)
    sizes.push({ ...size, bytesPerValue: await bytesPerChunkValue(database, size) })
  }
  const order = ({ stepSeconds }: LevelSize): number => stepSeconds ?? -1
  return sizes.sort((a, b) => (a.clusterId < b.clusterId ? -1 : a.clusterId > b.clusterId ? 1 : order(a) - order(b)))
}

function toNumbers(sums: Sums): Omit<LevelSize, 'bytesPerValue' | 'stepSeconds'> & { stepSeconds: number } {
  const { clusterId, stepSeconds, rows, bytes, fromMs, untilMs } = sums
  return {
    ...{ clusterId, stepSeconds, rows: Number(rows), bytes: Number(bytes) },
    ...{ fromMs: Number(fromMs), untilMs: Number(untilMs) },
  }
}

function sumsOfFrames({ client }: Database): Promise<Sums[]> {
  return client.$queryRaw<Sums[]>(
    sql`SELECT "clusterId", 0 AS "stepSeconds", COUNT(*) AS "rows", CAST(SUM(LENGTH("content")) AS BIGINT) AS "bytes",
        MIN("atMs") AS "fromMs", MAX("atMs") AS "untilMs"
      FROM "HistoryFrame" JOIN "HistoryShard" ON "id" = "shardId" GROUP BY "clusterId"`,
  )
}

/** The length of a content is told without reading it. */
function sumsOfChunks({ client }: Database): Promise<Sums[]> {
  return client.$queryRaw<Sums[]>(
    sql`SELECT "clusterId", "stepSeconds", COUNT(*) AS "rows", CAST(SUM(LENGTH("content")) AS BIGINT) AS "bytes",
        MIN("fromMs") AS "fromMs", MAX("untilMs") AS "untilMs"
      FROM "HistoryChunk" JOIN "HistoryShard" ON "id" = "shardId" WHERE "stepSeconds" >= 0
      GROUP BY "clusterId", "stepSeconds"`,
  )
}

async function bytesPerChunkValue(
  { client }: Database,
  { clusterId, stepSeconds, rows }: { clusterId: string; stepSeconds: number; rows: number },
): Promise<number | null> {
  const sampled = Math.min(rows, SAMPLED_CHUNKS)
  const sum = { bytes: 0, values: 0 }
  for (let sample = 0; sample < sampled; sample += 1) {
    const [row] = await client.$queryRaw<(StoredChunk & { dictionary: Uint8Array })[]>(
      sql`SELECT "stepSeconds", "fromMs", "untilMs", "firstEntity", "content", "dictionary"
        FROM "HistoryChunk" JOIN "HistoryShard" ON "id" = "shardId"
        WHERE "clusterId" = ${clusterId} AND "stepSeconds" = ${stepSeconds}
        LIMIT 1 OFFSET ${Math.floor((sample * rows) / sampled)}`,
    )
    const metrics = row && decodeDictionary(row.dictionary)?.metrics
    const values = row && metrics ? decodeWholeChunk(row, metrics) : 0
    if (row === undefined || typeof values !== 'number') continue
    sum.bytes += row.content.length
    sum.values += values
  }
  return sum.values > 0 ? sum.bytes / sum.values : null
}

/** A frame says what changed: how much it holds shows only in the order of all. */
async function bytesPerOpenValue(database: Database, clusterId: string): Promise<number | null> {
  const shards = await database.client.$queryRaw<{ id: number }[]>(
    sql`SELECT "id" FROM "HistoryShard" WHERE "clusterId" = ${clusterId}
      AND EXISTS (SELECT 1 FROM "HistoryFrame" WHERE "shardId" = "id") ORDER BY "id"`,
  )
  const sum = { bytes: 0, values: 0 }
  const sampled = Math.min(shards.length, SAMPLED_SHARDS)
  for (let sample = 0; sample < sampled; sample += 1) {
    const { id } = shards[Math.floor((sample * shards.length) / sampled)] as { id: number }
    const shard = await database.client.historyShard.findUnique({ where: { id } })
    const dictionary = shard && decodeDictionary(shard.dictionary)
    if (!dictionary) continue
    const chain = new FrameChain(dictionary.metrics, dictionary.entities.length)
    for await (const frame of storedFrames(database, id)) {
      const values = chain.next(frame)
      sum.bytes += frame.content.length
      sum.values += typeof values === 'number' ? values : 0
    }
  }
  return sum.values > 0 ? sum.bytes / sum.values : null
}
