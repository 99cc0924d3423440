/** Reads series: finds their shards by name, and follows their slots through the frames. */
import { sqltag as sql } from '@prisma/client/runtime/client'
import type { Database } from '../db.ts'
import { HoldfastError } from '../errors.ts'
import { HOUR_MS, SECOND_MS } from '../units.ts'
import { type DecodedFrame, FrameDecoder } from './frame-codec.ts'
import { framesOf } from './frame-rows.ts'
import type { SeriesLabels, SeriesQuery, SeriesResult } from './history.ts'
import { SeriesBuilder } from './series-builder.ts'
import { decodeDictionary, type ShardDictionary } from './shard-dictionary.ts'
import { isWhole, RATE_OF, shardKindOf } from './shard-kinds.ts'
import { PRESENT, UNKNOWN } from './slot-values.ts'

interface StoredShard extends ShardDictionary {
  id: number
  revision: number
}

interface WantedSeries {
  slot: number
  labels: SeriesLabels
  builder: SeriesBuilder
}

interface FailedPoll {
  atMs: number
  intervalMs: number
}

/** Failed polls this long before the range may still explain how it begins. */
const LOOK_BACK_MS = HOUR_MS

export class HistoryReader {
  readonly #database: Database
  readonly #now: () => number
  readonly #shards = new Map<number, StoredShard>()

  constructor(database: Database, now: () => number) {
    this.#database = database
    this.#now = now
  }

  async read(query: SeriesQuery): Promise<SeriesResult[]> {
    const rated = RATE_OF[query.metric]
    const stored = rated ?? query.metric
    const kind = shardKindOf(stored)
    if (kind === undefined) return []
    const wanted = (await this.#shardsOf(query.clusterId, kind.name)).map((shard) => ({
      shard,
      series: seriesIn(shard, stored, query),
    }))
    const count = wanted.reduce((sum, { series }) => sum + series.length, 0)
    if (count > query.maxSeries) throw new HoldfastError('range_too_large', { series: count, limit: query.maxSeries })
    const failed = await this.#failedPolls(query)
    const results: SeriesResult[] = []
    for (const { shard, series } of wanted) {
      if (series.length === 0) continue
      await this.#follow(shard.id, series, stored, rated !== undefined, query, failed)
      for (const { builder, labels } of series) {
        const result = builder.finish(labels, this.#now())
        if (result !== null) results.push(result)
      }
    }
    return results
  }

  async #follow(
    shardId: number,
    series: readonly WantedSeries[],
    metric: SeriesQuery['metric'],
    isRate: boolean,
    query: SeriesQuery,
    failed: readonly FailedPoll[],
  ): Promise<void> {
    const whole = isWhole(metric)
    const decoder = new FrameDecoder(
      series.map(({ slot }) => slot),
      series.map(() => whole),
    )
    const feeds = series.map(({ builder }) => (isRate ? new RateFeed(builder) : new ValueFeed(builder)))
    let nextFailed = 0
    const failUntil = (atMs: number): void => {
      for (let poll = failed[nextFailed]; poll !== undefined && poll.atMs < atMs; poll = failed[nextFailed]) {
        for (const feed of feeds) feed.fail(poll)
        nextFailed += 1
      }
    }
    for (const content of await this.#rows(shardId, query)) {
      decoder.decode(framesOf(content), (frame) => {
        if (frame.atMs > query.toMs) return
        failUntil(frame.atMs)
        for (let i = 0; i < feeds.length; i += 1) feeds[i]?.add(frame, i)
      })
    }
    failUntil(Number.POSITIVE_INFINITY)
  }

  /** From the last key frame before the range, which is also the value before the first rate. */
  async #rows(shardId: number, { fromMs, toMs }: SeriesQuery): Promise<Uint8Array[]> {
    const key = await this.#database.client.historyFrame.findFirst({
      where: { shardId, isKey: true, atMs: { lt: BigInt(Math.floor(fromMs)) } },
      orderBy: { atMs: 'desc' },
      select: { atMs: true },
    })
    const from = key?.atMs ?? 0n
    const rows = await this.#database.client.$queryRaw<{ content: Uint8Array }[]>(
      sql`SELECT "content" FROM "HistoryFrame" WHERE "shardId" = ${shardId}
        AND "atMs" >= ${from} AND "atMs" <= ${BigInt(Math.ceil(toMs))} ORDER BY "atMs"`,
    )
    return rows.map(({ content }) => content)
  }

  async #failedPolls({ clusterId, fromMs, toMs }: SeriesQuery): Promise<FailedPoll[]> {
    const atMs = { gte: BigInt(Math.floor(fromMs - LOOK_BACK_MS)), lte: BigInt(Math.ceil(toMs)) }
    const rows = await this.#database.client.historyFailedPoll.findMany({
      where: { clusterId, atMs },
      orderBy: { atMs: 'asc' },
    })
    return rows.map((row) => ({ atMs: Number(row.atMs), intervalMs: row.intervalMs }))
  }

  /** Dictionaries seldom change: each is decoded once per revision. */
  async #shardsOf(clusterId: string, kind: string): Promise<StoredShard[]> {
    const { client } = this.#database
    const where = { clusterId, kind }
    const current = await client.historyShard.findMany({
      where,
      select: { id: true, revision: true },
      orderBy: { id: 'asc' },
    })
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
    wanted.push({ slot: i * shard.metrics.length + index, labels, builder: new SeriesBuilder(query) })
  }
  return wanted
}

class ValueFeed {
  readonly #builder: SeriesBuilder

  constructor(builder: SeriesBuilder) {
    this.#builder = builder
  }

  add({ atMs, intervalMs, states, values }: DecodedFrame, index: number): void {
    const state = states[index]
    if (state === PRESENT) this.#builder.add(atMs, intervalMs, 'value', values[index])
    else this.#builder.add(atMs, intervalMs, state === UNKNOWN ? 'unknown' : 'absent')
  }

  fail({ atMs, intervalMs }: FailedPoll): void {
    this.#builder.add(atMs, intervalMs, 'pollFailed')
  }
}

class RateFeed {
  readonly #builder: SeriesBuilder
  #before: { atMs: number; value: bigint } | null = null

  constructor(builder: SeriesBuilder) {
    this.#builder = builder
  }

  add({ atMs, intervalMs, states, values }: DecodedFrame, index: number): void {
    const state = states[index]
    if (state !== PRESENT) {
      this.#before = null
      this.#builder.add(atMs, intervalMs, state === UNKNOWN ? 'unknown' : 'absent')
      return
    }
    const value = values[index] as bigint
    const before = this.#before
    this.#before = { atMs, value }
    if (before === null) this.#builder.add(atMs, intervalMs, 'absent')
    else if (value < before.value) this.#builder.add(atMs, intervalMs, 'unknown')
    else this.#builder.add(atMs, intervalMs, 'value', (Number(value - before.value) * SECOND_MS) / (atMs - before.atMs))
  }

  fail({ atMs, intervalMs }: FailedPoll): void {
    this.#builder.add(atMs, intervalMs, 'pollFailed')
  }
}
