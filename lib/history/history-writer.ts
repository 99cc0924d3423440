/** Appends polls. Keeps of every shard what the last frame said; loses nothing but that when it is thrown away. */
import { join, sqltag as sql } from '@prisma/client/runtime/client'
import type { Database, TransactionClient } from '../db.ts'
import { withChecksum } from './bytes.ts'
import { ClusterSeries } from './cluster-series.ts'
import { FrameEncoder } from './frame-codec.ts'
import type { SampleBatch } from './history.ts'
import { chunkStart, POLLS } from './levels.ts'
import { encodeDictionary } from './shard-dictionary.ts'
import type { ShardState } from './shard-state.ts'

const ROWS_PER_STATEMENT = 1_000

interface FrameRow {
  shard: ShardState
  content: Uint8Array<ArrayBuffer>
}

export class HistoryWriter {
  readonly #database: Database
  readonly #encoder = new FrameEncoder()
  readonly #clusters = new Map<string, ClusterSeries>()

  constructor(database: Database) {
    this.#database = database
  }

  async append(batch: SampleBatch): Promise<void> {
    if (batch.pollFailed) return this.#appendFailure(batch)
    const known = this.#clusters.get(batch.clusterId)
    const series = known ?? (await ClusterSeries.load(this.#database, batch.clusterId))
    // The last append failed after it had happened: a connection that broke at the commit.
    if (known === undefined && (await hasStored(this.#database, series, batch))) return
    // Until the transaction is through, what was encoded may be stored or not: start anew with key frames then.
    this.#clusters.delete(batch.clusterId)
    const { atMs } = batch
    // Within a run times rise, and a run lies within one chunk.
    const startsRun = atMs <= series.lastAtMs || chunkStart(POLLS, atMs) !== chunkStart(POLLS, series.lastAtMs)
    series.fill(batch.samples)
    const shards = series.shards.filter((shard) => shard.needsFrame())
    await this.#database.transaction(async (tx) => {
      await storeDictionaries(tx, batch.clusterId, shards, atMs)
      const frames = shards.map((shard) => this.#encode(shard, atMs, batch.intervalMs, startsRun))
      await writeFrames(tx, series.nextSeq, atMs, frames)
    })
    series.lastAtMs = atMs
    series.nextSeq += 1n
    this.#clusters.set(batch.clusterId, series)
  }

  /** What was deleted behind its back has to be looked up again. */
  forget(clusterId: string): void {
    this.#clusters.delete(clusterId)
  }

  #encode(shard: ShardState, atMs: number, intervalMs: number, startsRun: boolean): FrameRow {
    const isKey = startsRun || shard.isNew
    const frame = this.#encoder.encode({ atMs, intervalMs, isKey }, shard.last, shard.next, shard.isWhole)
    shard.isNew = false
    shard.wasIdle = shard.isIdle
    return { shard, content: withChecksum(frame) }
  }

  async #appendFailure({ clusterId, atMs, intervalMs }: SampleBatch): Promise<void> {
    const key = { clusterId, atMs: BigInt(atMs) }
    await this.#database.client.historyFailedPoll.upsert({
      where: { clusterId_atMs: key },
      create: { ...key, intervalMs },
      update: { intervalMs },
    })
  }
}

/**
 * Whether the newest poll is this one. When its hour was sealed meanwhile, that shows in a chunk that ends with it: no
 * poll came after it.
 */
async function hasStored(
  database: Database,
  series: ClusterSeries,
  { clusterId, atMs }: SampleBatch,
): Promise<boolean> {
  if (series.lastAtMs === atMs) return true
  const hourMs = chunkStart(POLLS, atMs)
  const ends = await database.client.$queryRaw<unknown[]>(
    sql`SELECT 1 FROM "HistoryChunk"
      WHERE "shardId" IN (SELECT "id" FROM "HistoryShard" WHERE "clusterId" = ${clusterId})
      AND "stepSeconds" = ${POLLS.stepMs} AND "fromMs" >= ${BigInt(hourMs)} AND "fromMs" < ${BigInt(hourMs + POLLS.chunkMs)}
      AND "untilMs" = ${BigInt(atMs)} LIMIT 1`,
  )
  return ends.length > 0
}

async function storeDictionaries(
  tx: TransactionClient,
  clusterId: string,
  shards: readonly ShardState[],
  atMs: number,
): Promise<void> {
  for (const shard of shards) {
    if (!shard.isDictionaryChanged) continue
    const dictionary = encodeDictionary({ metrics: shard.metrics, entities: shard.entities })
    const entityCount = shard.entities.length
    if (shard.id === null) {
      const data = { clusterId, kind: shard.kind.name, revision: 1, dictionary, entityCount, createdAtMs: BigInt(atMs) }
      shard.id = (await tx.historyShard.create({ data, select: { id: true } })).id
    } else {
      const data = { revision: { increment: 1 }, dictionary, entityCount }
      await tx.historyShard.update({ where: { id: shard.id }, data, select: { id: true } })
    }
    shard.isDictionaryChanged = false
  }
}

/** As raw SQL: for two hundred rows the query builder alone would take ten times as long as the database. */
async function writeFrames(
  tx: TransactionClient,
  seq: bigint,
  atMs: number,
  frames: readonly FrameRow[],
): Promise<void> {
  const at = BigInt(atMs)
  for (let from = 0; from < frames.length; from += ROWS_PER_STATEMENT) {
    const rows = frames
      .slice(from, from + ROWS_PER_STATEMENT)
      .map(({ shard, content }) => sql`(${shard.id}, ${seq}, ${at}, ${content})`)
    await tx.$executeRaw(sql`INSERT INTO "HistoryFrame" ("shardId", "seq", "atMs", "content") VALUES ${join(rows)}`)
  }
}
