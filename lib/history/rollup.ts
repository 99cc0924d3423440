/** Makes the steps of a coarser level from what a finer one holds, a chunk's time at once. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Database } from '../db.ts'
import { SECOND_MS } from '../units.ts'
import type { SeriesResult } from './history.ts'
import { failedPolls } from './history-reader.ts'
import { endOfLevelMs, lateStretches, noteLate, strikeOut } from './late-polls.ts'
import { chunkStart, LEVELS, type Level } from './levels.ts'
import type { MetricName } from './metrics.ts'
import type { ChunkRow } from './sealer.ts'
import { SeriesBuilder } from './series-builder.ts'
import { type FailedPoll, SeriesFeed } from './series-feed.ts'
import { codeOfState } from './series-state.ts'
import { decodeDictionary, type ShardDictionary } from './shard-dictionary.ts'
import { isWhole, RATE_OF, rolledMetrics } from './shard-kinds.ts'
import { ShardReader } from './shard-reader.ts'
import { ABSENT, PRESENT } from './slot-values.ts'
import { encodeStepChunk, type StepColumns } from './step-chunk.ts'

/** Rates in rollups are rounded to it: what is finer is noise of when the polls came. */
const RATE_DIGITS = 1_000

interface RolledShard {
  id: number
  clusterId: string
  dictionary: ShardDictionary
}

/**
 * Rolls up every complete stretch of a shard that is not yet, and those anew that polls came too late for.
 *
 * @param keepMs how long each level of `LEVELS` is kept
 */
export async function rollUpShard(
  database: Database,
  shardId: number,
  nowMs: number,
  keepMs: readonly number[],
): Promise<void> {
  // Read after what is to be rolled up was sealed, so that it has all the names in there.
  const row = await database.client.historyShard.findUnique({ where: { id: shardId } })
  const dictionary = row && decodeDictionary(row.dictionary)
  if (!dictionary) return
  const shard = { id: shardId, clusterId: row.clusterId, dictionary }
  for (const [index, level] of LEVELS.entries()) {
    const finer = LEVELS[index - 1]
    if (finer === undefined) continue
    await forgetLatest(database, shardId, level, nowMs - (keepMs[index - 1] as number))
    for (const fromMs of await stretches(database, shardId, level, finer, nowMs)) {
      await rollUp(database, shard, level, fromMs)
    }
  }
}

/** Of a stretch whose polls were deleted in part, the rollup that it has tells more than one made anew would. */
async function forgetLatest(database: Database, shardId: number, level: Level, oldestMs: number): Promise<void> {
  for (const fromMs of await lateStretches(database.client, shardId, level)) {
    if (fromMs < oldestMs) await database.transaction((tx) => strikeOut(tx, shardId, level, fromMs))
  }
}

/** The starts of the chunks that are due: over for good, with something of the finer level in them. */
async function stretches(
  database: Database,
  shardId: number,
  level: Level,
  finer: Level,
  nowMs: number,
): Promise<number[]> {
  const { client } = database
  const doneMs = await endOfLevelMs(client, shardId, level)
  const readyMs = await readyUntilMs(database, shardId, finer, nowMs)
  const fine = await client.historyChunk.findMany({
    where: { shardId, stepSeconds: finer.stepMs / SECOND_MS, fromMs: { gte: BigInt(doneMs) } },
    select: { fromMs: true },
    distinct: ['fromMs'],
  })
  const late = await lateStretches(client, shardId, level)
  const starts = new Set([...late, ...fine.map(({ fromMs }) => chunkStart(level, Number(fromMs)))])
  return [...starts].filter((fromMs) => fromMs + level.chunkMs <= readyMs).sort((a, b) => a - b)
}

/** Up to when the finer level is complete. */
async function readyUntilMs(database: Database, shardId: number, finer: Level, nowMs: number): Promise<number> {
  if (finer.stepMs > 0) return chunkStart(finer, nowMs)
  const frame = await database.client.historyFrame.findFirst({
    where: { shardId },
    orderBy: { atMs: 'asc' },
    select: { atMs: true },
  })
  return chunkStart(finer, Math.min(nowMs, Number(frame?.atMs ?? nowMs)))
}

async function rollUp(database: Database, shard: RolledShard, level: Level, fromMs: number): Promise<void> {
  const { dictionary } = shard
  const coarser = LEVELS[LEVELS.indexOf(level) + 1]
  const untilMs = fromMs + level.chunkMs
  const failed = await failedPolls(database, { clusterId: shard.clusterId, fromMs, toMs: untilMs })
  const rows: ChunkRow[] = []
  for (let first = 0; first < dictionary.entities.length; first += level.entities) {
    const count = Math.min(level.entities, dictionary.entities.length - first)
    const entities = Array.from({ length: count }, (_, index) => first + index)
    const content = await chunkOf(database, shard.id, dictionary.metrics, entities, { level, fromMs, failed })
    const stepSeconds = level.stepMs / SECOND_MS
    if (content !== null)
      rows.push({ stepSeconds, fromMs: BigInt(fromMs), firstEntity: first, untilMs: BigInt(untilMs), content })
    // Polls and heartbeats come first.
    await nextTurn()
  }
  await database.transaction(async (tx) => {
    await tx.historyChunk.deleteMany({
      where: { shardId: shard.id, stepSeconds: level.stepMs / SECOND_MS, fromMs: BigInt(fromMs) },
    })
    for (const row of rows)
      await tx.historyChunk.create({ data: { ...row, shardId: shard.id }, select: { shardId: true } })
    await strikeOut(tx, shard.id, level, fromMs)
    if (coarser !== undefined) await noteLate(tx, shard.id, coarser, [fromMs])
  })
}

interface Stretch {
  level: Level
  fromMs: number
  failed: readonly FailedPoll[]
}

/** Null when none of the entities was there. */
async function chunkOf(
  database: Database,
  shardId: number,
  stored: readonly MetricName[],
  entities: readonly number[],
  { level, fromMs, failed }: Stretch,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const reader = new ShardReader(database)
  const steps = level.chunkMs / level.stepMs
  const range = { fromMs, toMs: fromMs + level.chunkMs - 1, stepMs: level.stepMs }
  const metrics: { isWhole: boolean; columns: StepColumns[] }[] = []
  let isThere = false
  for (const wanted of rolledMetrics(stored)) {
    const metric = RATE_OF[wanted] ?? wanted
    const counts = entities.map((): number[] => [])
    const builders = counts.map((ofPoints) => new SeriesBuilder(range, ofPoints))
    const series = entities.map((entity, index) => ({
      entity,
      feed: new SeriesFeed(builders[index] as SeriesBuilder, metric !== wanted, failed),
    }))
    // Of the finer levels only: what is there of this one is to be replaced.
    await reader.read({ shardId, metrics: stored, metric, wanted, series, ...range, stepMs: level.stepMs - 1 })
    const columns = builders.map((builder, index) =>
      columnsOf(
        builder.finish({}, fromMs + level.chunkMs),
        counts[index] as number[],
        range.stepMs,
        fromMs,
        steps,
        metric !== wanted,
      ),
    )
    isThere ||= columns.some(({ states }) => states.some((state) => state !== ABSENT))
    metrics.push({ isWhole: isWhole(wanted), columns })
  }
  return isThere ? encodeStepChunk(steps, metrics) : null
}

function columnsOf(
  result: SeriesResult | null,
  counts: readonly number[],
  stepMs: number,
  fromMs: number,
  steps: number,
  isRate: boolean,
): StepColumns {
  const make = (): Float64Array => new Float64Array(steps)
  const columns: StepColumns = {
    states: new Uint8Array(steps),
    last: make(),
    max: make(),
    min: make(),
    avg: make(),
    count: make(),
  }
  const round = (value: number): number => (isRate ? Math.round(value * RATE_DIGITS) / RATE_DIGITS : value)
  for (const gap of result?.gaps ?? []) {
    const first = Math.floor((gap.fromMs - fromMs) / stepMs)
    const end = Math.ceil((gap.toMs - fromMs) / stepMs)
    columns.states.fill(codeOfState(gap.reason), Math.max(0, first), Math.min(steps, end))
  }
  for (const [index, point] of (result?.points ?? []).entries()) {
    const step = (point.t - fromMs) / stepMs
    columns.states[step] = PRESENT
    for (const key of ['last', 'max', 'min', 'avg'] as const) columns[key][step] = round(point[key])
    columns.count[step] = counts[index] as number
  }
  return columns
}
