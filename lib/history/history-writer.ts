/** Appends polls. Keeps of every shard what the last frame said; loses nothing but that when it is thrown away. */
import { join, sqltag as sql } from '@prisma/client/runtime/client'
import type { Database, TransactionClient } from '../db.ts'
import { ClusterSeries } from './cluster-series.ts'
import { FrameEncoder } from './frame-codec.ts'
import { joinRows, rowOfFrame } from './frame-rows.ts'
import type { SampleBatch } from './history.ts'
import { encodeDictionary } from './shard-dictionary.ts'
import type { ShardState } from './shard-state.ts'

/** Frames between two key frames: a reader decodes half of them for nothing at worst. */
const RUN_FRAMES = 60
const ROWS_PER_STATEMENT = 1_000

interface FrameRow {
  shard: ShardState
  isKey: boolean
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
    const series = this.#clusters.get(batch.clusterId) ?? (await ClusterSeries.load(this.#database, batch.clusterId))
    // Until the transaction is through, what was encoded may be stored or not: start anew with key frames then.
    this.#clusters.delete(batch.clusterId)
    // A clock that was set back must not overwrite what is there.
    const atMs = Math.max(batch.atMs, series.lastAtMs + 1)
    series.fill(batch.samples)
    const shards = series.shards.filter((shard) => shard.needsFrame())
    const sealed = shards.filter((shard) => shard.framesInRun >= shard.runLength)
    await this.#database.transaction(async (tx) => {
      await storeDictionaries(tx, batch.clusterId, shards, atMs)
      await writeFrames(
        tx,
        atMs,
        shards.map((shard) => this.#encode(shard, atMs, batch.intervalMs, sealed.includes(shard))),
      )
      for (const shard of sealed) await sealRun(tx, shard, atMs)
    })
    series.lastAtMs = atMs
    this.#clusters.set(batch.clusterId, series)
  }

  /** What was deleted behind its back has to be looked up again. */
  forget(clusterId: string): void {
    this.#clusters.delete(clusterId)
  }

  #encode(shard: ShardState, atMs: number, intervalMs: number, startsRun: boolean): FrameRow {
    const isKey = startsRun || shard.framesInRun === 0
    const frame = this.#encoder.encode({ atMs, intervalMs, isKey }, shard.last, shard.next, shard.isWhole)
    shard.framesInRun = isKey ? 1 : shard.framesInRun + 1
    if (startsRun) shard.runLength = RUN_FRAMES
    shard.wasIdle = shard.isIdle
    return { shard, isKey, content: rowOfFrame(frame) }
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
async function writeFrames(tx: TransactionClient, atMs: number, frames: readonly FrameRow[]): Promise<void> {
  const at = BigInt(atMs)
  for (let from = 0; from < frames.length; from += ROWS_PER_STATEMENT) {
    const rows = frames
      .slice(from, from + ROWS_PER_STATEMENT)
      .map(({ shard, isKey, content }) => sql`(${shard.id}, ${at}, ${at}, ${isKey}, ${content})`)
    await tx.$executeRaw(
      sql`INSERT INTO "HistoryFrame" ("shardId", "atMs", "untilMs", "isKey", "content") VALUES ${join(rows)}`,
    )
  }
}

/** Joins the rows of the run that ended before `beforeMs` into one: fewer rows to read, and compressed as a whole. */
async function sealRun(tx: TransactionClient, shard: ShardState, beforeMs: number): Promise<void> {
  const shardId = shard.id as number
  const newestFirst = await tx.historyFrame.findMany({
    where: { shardId, atMs: { lt: BigInt(beforeMs) } },
    orderBy: { atMs: 'desc' },
    take: 2 * RUN_FRAMES,
  })
  const alreadySealed = newestFirst.findIndex((row) => row.untilMs !== row.atMs)
  const run = (alreadySealed < 0 ? newestFirst : newestFirst.slice(0, alreadySealed)).reverse()
  const first = run[run.findIndex((row) => row.isKey)]
  const last = run.at(-1)
  if (first === undefined || last === undefined || first === last) return
  const rows = run.slice(run.indexOf(first))
  await tx.historyFrame.deleteMany({ where: { shardId, atMs: { gte: first.atMs, lte: last.atMs } } })
  const content = joinRows(rows.map((row) => row.content))
  const data = { shardId, atMs: first.atMs, untilMs: last.atMs, isKey: true, content }
  await tx.historyFrame.create({ data, select: { shardId: true } })
}
