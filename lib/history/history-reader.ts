/** Reads series: finds their shards by name. */
import { sqltag as sql } from '@prisma/client/runtime/client'
import { SingleFlight } from '../db/single-flight.ts'
import type { Database } from '../db.ts'
import { HoldfastError } from '../errors.ts'
import { HOUR_MS, SECOND_MS } from '../units.ts'
import type { SeriesLabels, SeriesQuery, SeriesResult } from './history.ts'
import { SeriesBuilder } from './series-builder.ts'
import { type FailedPoll, SeriesFeed } from './series-feed.ts'
import { decodeDictionary, type ShardDictionary } from './shard-dictionary.ts'
import { RATE_OF, shardKindOf } from './shard-kinds.ts'
import { ShardReader } from './shard-reader.ts'

interface StoredShard extends ShardDictionary {
  id: number
  revision: number
}

interface WantedSeries {
  entity: number
  labels: SeriesLabels
  builder: SeriesBuilder
}

/** Failed polls this long before the range may still explain how it begins. */
const LOOK_BACK_MS = HOUR_MS

export class HistoryReader {
  readonly #database: Database
  readonly #now: () => number
  readonly #reader: ShardReader
  readonly #reads = new SingleFlight()
  readonly #shards = new Map<number, StoredShard>()

  constructor(database: Database, now: () => number) {
    this.#database = database
    this.#now = now
    this.#reader = new ShardReader(database)
  }

  async read(query: SeriesQuery): Promise<SeriesResult[]> {
    const rated = RATE_OF[query.metric]
    const stored = rated ?? query.metric
    const kind = shardKindOf(stored)
    if (kind === undefined) return []
    const { clusterId } = query
    const shards = await this.#reads.run(JSON.stringify(['shards', clusterId, kind.name]), () =>
      this.#shardsOf(clusterId, kind.name),
    )
    const wanted = shards.map((shard) => ({
      shard,
      series: seriesIn(shard, stored, query),
    }))
    const count = wanted.reduce((sum, { series }) => sum + series.length, 0)
    if (count > query.maxSeries) throw new HoldfastError('range_too_large', { series: count, limit: query.maxSeries })
    const failed = await this.#failedPolls(query)
    const results: SeriesResult[] = []
    for (const { shard, series } of wanted) {
      if (series.length === 0) continue
      const feeds = series.map(({ entity, builder }) => ({
        entity,
        feed: new SeriesFeed(builder, rated !== undefined, failed),
      }))
      const { fromMs, toMs, stepMs, metric } = query
      const range = { fromMs, toMs, stepMs }
      await this.#reader.read({
        shardId: shard.id,
        metrics: shard.metrics,
        metric: stored,
        wanted: metric,
        series: feeds,
        ...range,
      })
      for (const { builder, labels } of series) {
        const result = builder.finish(labels, this.#now())
        if (result !== null) results.push(result)
      }
    }
    return results
  }

  /** In whole seconds, so that what is asked for one page is the same question. */
  #failedPolls({ clusterId, ...range }: SeriesQuery): Promise<FailedPoll[]> {
    const fromMs = Math.floor(range.fromMs / SECOND_MS) * SECOND_MS
    const toMs = Math.ceil(range.toMs / SECOND_MS) * SECOND_MS
    const key = JSON.stringify(['failed polls', clusterId, fromMs, toMs])
    return this.#reads.run(key, () => failedPolls(this.#database, { clusterId, fromMs, toMs }))
  }

  /** Dictionaries seldom change: each is decoded once per revision. */
  async #shardsOf(clusterId: string, kind: string): Promise<StoredShard[]> {
    const { client } = this.#database
    const current = await client.$queryRaw<{ id: number; revision: number }[]>(
      sql`SELECT "id", "revision" FROM "HistoryShard" WHERE "clusterId" = ${clusterId} AND "kind" = ${kind} ORDER BY "id"`,
    )
    const missing = current
      .filter(({ id, revision }) => this.#shards.get(id)?.revision !== revision)
      .map(({ id }) => id)
    if (missing.length > 0) {
      const rows = await client.historyShard.findMany({ where: { id: { in: missing } } })
      for (const { id, revision, dictionary } of rows) {
        const decoded = decodeDictionary(dictionary)
        if (decoded !== null) this.#shards.set(id, { id, revision, ...decoded })
      }
    }
    return current.flatMap(({ id }) => this.#shards.get(id) ?? [])
  }
}

function seriesIn(shard: StoredShard, metric: SeriesQuery['metric'], query: SeriesQuery): WantedSeries[] {
  const index = shard.metrics.indexOf(metric)
  const asked = Object.entries(query.labels).filter(([, value]) => value !== undefined) as [
    keyof SeriesLabels,
    unknown,
  ][]
  const wanted: WantedSeries[] = []
  for (let i = 0; index >= 0 && i < shard.entities.length; i += 1) {
    const labels = shard.entities[i] as SeriesLabels
    if (!asked.every(([label, value]) => labels[label] === value)) continue
    wanted.push({ entity: i, labels, builder: new SeriesBuilder(query) })
  }
  return wanted
}

/** In the order of time, with those shortly before the range, which may explain how it begins. */
export async function failedPolls(
  database: Database,
  { clusterId, fromMs, toMs }: Pick<SeriesQuery, 'clusterId' | 'fromMs' | 'toMs'>,
): Promise<FailedPoll[]> {
  const [first, last] = [BigInt(Math.floor(fromMs - LOOK_BACK_MS)), BigInt(Math.ceil(toMs))]
  const rows = await database.client.$queryRaw<{ atMs: bigint | number; intervalMs: number }[]>(
    sql`SELECT "atMs", "intervalMs" FROM "HistoryFailedPoll"
      WHERE "clusterId" = ${clusterId} AND "atMs" >= ${first} AND "atMs" <= ${last} ORDER BY "atMs"`,
  )
  return rows.map((row) => ({ atMs: Number(row.atMs), intervalMs: row.intervalMs }))
}
