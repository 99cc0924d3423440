/** Which slot of which shard each series of one cluster has. */
import { sqltag as sql } from '@prisma/client/runtime/client'
import type { Database } from '../db.ts'
import type { Sample, SeriesLabels } from './history.ts'
import type { MetricName } from './metrics.ts'
import { decodeDictionary } from './shard-dictionary.ts'
import { entityKey, isSameEntity, SHARD_KINDS, type ShardKind, shardKindOf } from './shard-kinds.ts'
import { ShardState } from './shard-state.ts'

interface Place {
  labels: SeriesLabels
  kind: ShardKind
  shard: ShardState
  firstSlot: number
}

/** How far to look for a known entity before the order of the samples counts as changed. */
const LOOK_AHEAD = 64

export class ClusterSeries {
  readonly shards: ShardState[] = []
  /** Of the newest frame, by the order of polls. */
  lastAtMs = 0
  nextSeq = 1n
  readonly #byKey = new Map<ShardKind, Map<string, Place>>()
  readonly #bySubject = new Map<ShardKind, Map<string, ShardState>>()
  readonly #open = new Map<ShardKind, ShardState>()
  /** Entities in the order of the last batch: the next one nearly always has the same, which saves making keys. */
  #order: Place[] = []

  static async load(database: Database, clusterId: string): Promise<ClusterSeries> {
    const series = new ClusterSeries()
    const rows = await database.client.historyShard.findMany({ where: { clusterId }, orderBy: { id: 'asc' } })
    for (const row of rows) {
      const kind = SHARD_KINDS.find(({ name }) => name === row.kind)
      const dictionary = decodeDictionary(row.dictionary)
      // Written by another version: it stays readable to that one and grows no more.
      if (kind === undefined || dictionary === null || !hasMetrics(kind, dictionary.metrics)) continue
      series.#adopt(new ShardState(kind, { id: row.id, ...dictionary }))
    }
    const newest = await newestFrame(database, clusterId)
    if (newest !== null) {
      series.lastAtMs = newest.atMs
      series.nextSeq = newest.seq + 1n
    }
    return series
  }

  fill(samples: readonly Sample[]): void {
    for (const shard of this.shards) shard.beginBatch()
    const order: Place[] = []
    let expected = 0
    let place: Place | null = null
    // Samples of one entity follow each other and share their labels.
    let held: SeriesLabels | null = null
    for (const { metric, labels, value } of samples) {
      const isNext = labels === held && place?.kind.metrics.includes(metric) === true
      held = labels
      if (place === null || !(isNext || holds(place, metric, labels))) {
        const found = this.#ahead(expected, metric, labels)
        if (found >= 0) expected = found + 1
        place = found >= 0 ? (this.#order[found] as Place) : this.#find(metric, labels)
        if (place === null) continue
        order.push(place)
      }
      const { shard } = place
      const index = shard.metrics.indexOf(metric)
      shard.next.set(place.firstSlot + index, value, shard.isWhole[index] === true)
      shard.isIdle = false
    }
    this.#order = order
  }

  #ahead(expected: number, metric: MetricName, labels: SeriesLabels): number {
    const end = Math.min(expected + LOOK_AHEAD, this.#order.length)
    for (let i = expected; i < end; i += 1) if (holds(this.#order[i] as Place, metric, labels)) return i
    return -1
  }

  /** Null for a metric that is not stored. */
  #find(metric: MetricName, labels: SeriesLabels): Place | null {
    const kind = shardKindOf(metric)
    if (kind === undefined) return null
    const key = entityKey(labels)
    const known = this.#byKey.get(kind)?.get(key)
    if (known !== undefined) return known
    const shard = this.#shardFor(kind, labels)
    return this.#place(shard, shard.addEntity(labels), key)
  }

  #shardFor(kind: ShardKind, labels: SeriesLabels): ShardState {
    const subject = subjectOf(kind, labels)
    const known = this.#bySubject.get(kind)?.get(subject)
    if (known !== undefined) return known
    const open = this.#open.get(kind)
    if (open !== undefined && !open.isFull) return open
    const shard = new ShardState(kind, null)
    this.shards.push(shard)
    this.#open.set(kind, shard)
    return shard
  }

  #adopt(shard: ShardState): void {
    this.shards.push(shard)
    this.#open.set(shard.kind, shard)
    for (const [index, labels] of shard.entities.entries()) this.#place(shard, index, entityKey(labels))
  }

  #place(shard: ShardState, index: number, key: string): Place {
    const { kind } = shard
    const labels = shard.entities[index] as SeriesLabels
    const place = { labels, kind, shard, firstSlot: index * shard.metrics.length }
    mapIn(this.#byKey, kind).set(key, place)
    mapIn(this.#bySubject, kind).set(subjectOf(kind, labels), shard)
    return place
  }
}

function holds(place: Place, metric: MetricName, labels: SeriesLabels): boolean {
  const isSame = place.labels === labels || isSameEntity(place.labels, labels)
  return isSame && place.kind.metrics.includes(metric)
}

function hasMetrics(kind: ShardKind, metrics: readonly MetricName[]): boolean {
  return kind.metrics.length === metrics.length && kind.metrics.every((metric) => metrics.includes(metric))
}

function subjectOf(kind: ShardKind, labels: SeriesLabels): string {
  const label = kind.labels[0]
  return label === undefined ? '' : String(labels[label])
}

function mapIn<K, A, B>(maps: Map<K, Map<A, B>>, key: K): Map<A, B> {
  let map = maps.get(key)
  if (map === undefined) {
    map = new Map()
    maps.set(key, map)
  }
  return map
}

/** Null when all are sealed. */
async function newestFrame(database: Database, clusterId: string): Promise<{ seq: bigint; atMs: number } | null> {
  const rows = await database.client.$queryRaw<{ seq: bigint | number; atMs: bigint | number }[]>(
    sql`SELECT "seq", "atMs" FROM "HistoryFrame"
      WHERE "shardId" IN (SELECT "id" FROM "HistoryShard" WHERE "clusterId" = ${clusterId}) ORDER BY "seq" DESC LIMIT 1`,
  )
  const [row] = rows
  return row === undefined ? null : { seq: BigInt(row.seq), atMs: Number(row.atMs) }
}
