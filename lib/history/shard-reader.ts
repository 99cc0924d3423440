/** Reads series of one shard over a range, from the levels that hold it and from the frames that are not sealed yet. */
import { join, sqltag as sql } from '@prisma/client/runtime/client'
import { SingleFlight } from '../db/single-flight.ts'
import type { Database } from '../db.ts'
import { MINUTE_MS, SECOND_MS } from '../units.ts'
import type { Column } from './column-codec.ts'
import { type Coverage, LEVELS, type Level, POLLS, type Segment, segmentsOf } from './levels.ts'
import type { MetricName } from './metrics.ts'
import { decodePollChunk } from './poll-chunk.ts'
import {
  type DamagedRun,
  type FrameRun,
  inOrder,
  isDamaged,
  type Run,
  runsOfFrames,
  type StoredFrame,
} from './poll-run.ts'
import type { SeriesFeed } from './series-feed.ts'
import { isWhole, rolledMetrics } from './shard-kinds.ts'
import { decodeStepChunk } from './step-chunk.ts'

interface Series {
  entity: number
  /** Where its values go. */
  feed: SeriesFeed
}

export interface ShardRequest {
  shardId: number
  /** In the order of the shard's slots. */
  metrics: readonly MetricName[]
  /** What is stored of each poll: the offset, where a rate is wanted. */
  metric: MetricName
  /** What is wanted: it stands in rollups by its own name. */
  wanted: MetricName
  /** Ascending. */
  series: readonly Series[]
  fromMs: number
  toMs: number
  stepMs: number
}

interface ChunkRow {
  fromMs: bigint | number
  untilMs: bigint | number
  firstEntity: number
  content: Uint8Array
}

interface HeldRow {
  level: number
  fromMs: bigint | number | null
  untilMs: bigint | number | null
}

/** Among the levels of what is held. */
const FRAMES = -1

interface Held {
  levels: (Coverage | null)[]
  /** From the oldest one to the newest by their times, which need not be in order. */
  frames: Coverage | null
}

/** Polls this long before the range tell how it begins, and give the first rate its start. */
const LOOK_BACK_MS = 5 * MINUTE_MS

export class ShardReader {
  readonly #database: Database
  /** Never of chunks: frames that left since would be in neither. */
  readonly #reads = new SingleFlight()

  constructor(database: Database) {
    this.#database = database
  }

  async read(request: ShardRequest): Promise<void> {
    const { levels, frames } = await this.#reads.run(`held ${request.shardId}`, () => this.#held(request.shardId))
    for (const segment of segmentsOf(request, levels)) {
      if (segment.level === POLLS) await this.#readPolls(request, segment, frames)
      else await this.#readSteps(request, segment)
    }
    for (const { feed } of request.series) feed.finish()
  }

  /** What is stored at all, in one query. */
  async #held(shardId: number): Promise<Held> {
    const parts = LEVELS.map(({ stepMs }, level) => {
      const chunks = sql`FROM "HistoryChunk" WHERE "shardId" = ${shardId} AND "stepSeconds" = ${stepMs / SECOND_MS}`
      return sql`SELECT CAST(${level} AS INTEGER) AS "level", (SELECT MIN("fromMs") ${chunks}) AS "fromMs",
        (SELECT "untilMs" ${chunks} ORDER BY "fromMs" DESC LIMIT 1) AS "untilMs"`
    })
    const ofFrames = sql`SELECT CAST(${FRAMES} AS INTEGER), MIN("atMs"), MAX("atMs") FROM "HistoryFrame" WHERE "shardId" = ${shardId}`
    const rows = await this.#database.client.$queryRaw<HeldRow[]>(sql`${join([...parts, ofFrames], ' UNION ALL ')}`)
    const held = (wanted: number): Coverage | null => {
      const row = rows.find(({ level }) => level === wanted)
      if (row === undefined || row.fromMs === null) return null
      return { fromMs: Number(row.fromMs), untilMs: Number(row.untilMs) }
    }
    const frames = held(FRAMES)
    const levels = LEVELS.map((level, index) => (level === POLLS ? ongoing(held(index), frames) : held(index)))
    return { levels, frames }
  }

  async #readPolls(request: ShardRequest, { fromMs, untilMs }: Segment, held: Held['frames']): Promise<void> {
    const { series, shardId, metrics, metric } = request
    const backMs = fromMs - LOOK_BACK_MS
    const isNear = held !== null && held.fromMs < untilMs && held.untilMs >= backMs
    const frames = isNear ? await this.#frames(shardId, backMs, untilMs) : []
    const slots = series.map(({ entity }) => entity * metrics.length + metrics.indexOf(metric))
    const ofFrames = runsOfFrames(
      frames,
      slots,
      slots.map(() => isWhole(metric)),
    )
    for (const block of blocks(series, POLLS)) {
      const rows = await this.#chunks(shardId, POLLS, block.first, backMs, untilMs)
      const sealed = rows.map((row) => runOfChunk(row, metrics.indexOf(metric), block))
      const open = ofFrames.map((run) => runOfFrames(run, block))
      // What lies before the whole range tells how it begins; what lies before a later part was told by another level.
      const told = fromMs === request.fromMs ? Number.NEGATIVE_INFINITY : fromMs
      for (const run of inOrder([...sealed, ...open])) {
        for (const [index, { feed }] of block.series.entries()) feed.polls(run, index, told, untilMs)
      }
    }
  }

  async #readSteps(request: ShardRequest, { level, fromMs, untilMs }: Segment): Promise<void> {
    const { shardId, series } = request
    const metrics = rolledMetrics(request.metrics)
    for (const block of blocks(series, level)) {
      for (const row of await this.#chunks(shardId, level, block.first, fromMs, untilMs)) {
        const [first, until] = [Number(row.fromMs), Number(row.untilMs)]
        const chunk = decodeStepChunk(row.content)
        const track = chunk?.track(metrics.indexOf(request.wanted))
        for (const { entity, feed } of block.series) {
          if (track === undefined) feed.damagedSteps(Math.max(first, fromMs), Math.min(until, untilMs))
          else feed.steps(track.column(entity - block.first), first, level.stepMs, fromMs, untilMs)
        }
      }
    }
  }

  /** All that are not sealed, when the range reaches any: each follows from the one before. */
  async #frames(shardId: number, fromMs: number, untilMs: number): Promise<StoredFrame[]> {
    const frames = await this.#reads.run(`frames ${shardId}`, () =>
      this.#database.client.$queryRaw<StoredFrame[]>(
        sql`SELECT "seq", "atMs", "content" FROM "HistoryFrame" WHERE "shardId" = ${shardId} ORDER BY "seq"`,
      ),
    )
    return frames.some(({ atMs }) => atMs >= fromMs && atMs < untilMs) ? frames : []
  }

  async #chunks(
    shardId: number,
    level: Level,
    firstEntity: number,
    fromMs: number,
    untilMs: number,
  ): Promise<ChunkRow[]> {
    // A chunk does not reach further than its level says, so that the key finds the first one.
    const from = toBigInt(fromMs - level.chunkMs)
    return this.#database.client.$queryRaw<ChunkRow[]>(
      sql`SELECT "fromMs", "untilMs", "firstEntity", "content" FROM "HistoryChunk"
        WHERE "shardId" = ${shardId} AND "stepSeconds" = ${level.stepMs / SECOND_MS} AND "fromMs" >= ${from} AND "fromMs" < ${toBigInt(untilMs)}
        AND "firstEntity" = ${firstEntity} AND "untilMs" >= ${toBigInt(fromMs)} ORDER BY "fromMs"`,
    )
  }
}

/** The polls reach into the future, as they go on. */
function ongoing(chunks: Coverage | null, frames: Coverage | null): Coverage | null {
  if (chunks === null && frames === null) return null
  const fromMs = Math.min(chunks?.fromMs ?? Number.POSITIVE_INFINITY, frames?.fromMs ?? Number.POSITIVE_INFINITY)
  return { fromMs, untilMs: Number.POSITIVE_INFINITY }
}

function toBigInt(ms: number): bigint {
  return BigInt(Math.ceil(Math.min(ms, Number.MAX_SAFE_INTEGER)))
}

interface Block {
  first: number
  /** Index of its first series among all. */
  offset: number
  series: readonly Series[]
}

/** The series by the chunks that hold them. */
function blocks(series: readonly Series[], { entities }: Level): Block[] {
  const found: Block[] = []
  for (let offset = 0; offset < series.length; ) {
    const first = Math.floor((series[offset] as { entity: number }).entity / entities) * entities
    let end = offset + 1
    while (end < series.length && (series[end] as { entity: number }).entity < first + entities) end += 1
    found.push({ first, offset, series: series.slice(offset, end) })
    offset = end
  }
  return found
}

function runOfChunk(row: ChunkRow, metric: number, { first, series }: Block): Run {
  const chunk = decodePollChunk(row.content)
  if (chunk === null) return { fromMs: Number(row.fromMs), untilMs: Number(row.untilMs) }
  const { atMs, intervalMs } = chunk
  const track = chunk.track(metric)
  const column = (index: number): Column => track.column((series[index] as Series).entity - first)
  return { atMs, intervalMs, breaks: null, column }
}

function runOfFrames(run: FrameRun | DamagedRun, { offset }: Block): Run {
  if (isDamaged(run)) return run
  const { atMs, intervalMs, columns } = run
  return { atMs, intervalMs, breaks: null, column: (index) => columns[offset + index] as Column }
}
