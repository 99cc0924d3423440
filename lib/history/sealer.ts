/** Seals the frames of hours that are over into chunks, shard by shard. */
import type { Database, TransactionClient } from '../db.ts'
import { MINUTE_MS } from '../units.ts'
import type { Column } from './column-codec.ts'
import { noteLate } from './late-polls.ts'
import { chunkStart, FIVE_MINUTES, POLLS } from './levels.ts'
import { encodePollChunk } from './poll-chunk.ts'
import {
  type DamagedRun,
  type FrameRun,
  firstMs,
  isDamaged,
  lastMs,
  runsOfFrames,
  type StoredFrame,
} from './poll-run.ts'
import { decodeDictionary } from './shard-dictionary.ts'
import { isWhole } from './shard-kinds.ts'
import { ABSENT } from './slot-values.ts'

/** A poll that began before the hour ended may still be on its way. */
const GRACE_MS = 2 * MINUTE_MS

export interface ChunkRow {
  stepSeconds: number
  fromMs: bigint
  firstEntity: number
  untilMs: bigint
  content: Uint8Array<ArrayBuffer>
}

/** The start of the hour that polls still come to. */
export function openHourMs(nowMs: number): number {
  return chunkStart(POLLS, nowMs - GRACE_MS)
}

export async function sealShard(database: Database, shardId: number, nowMs: number): Promise<void> {
  const openFromMs = openHourMs(nowMs)
  const { client } = database
  const oldest = await client.historyFrame.findFirst({
    where: { shardId, atMs: { lt: BigInt(openFromMs) } },
    select: { seq: true },
  })
  if (oldest === null) return
  const frames = await client.historyFrame.findMany({ where: { shardId }, orderBy: { seq: 'asc' } })
  const complete = completeFrames(frames, openFromMs)
  const lastSeq = complete.at(-1)?.seq
  const shard = await client.historyShard.findUnique({ where: { id: shardId } })
  const dictionary = shard && decodeDictionary(shard.dictionary)
  if (lastSeq === undefined || !dictionary) return
  const { metrics, entities } = dictionary
  const slots = Array.from({ length: metrics.length * entities.length }, (_, slot) => slot)
  const whole = slots.map((slot) => isWhole(metrics[slot % metrics.length] as (typeof metrics)[number]))
  const runs = runsOfFrames(complete, slots, whole)
  const rows = runs.flatMap((run) => chunksOf(run, entities.length, metrics.length).map((row) => ({ ...row, shardId })))
  await database.transaction(async (tx) => {
    await tx.historyFrame.deleteMany({ where: { shardId, seq: { lte: lastSeq } } })
    for (const row of rows) await tx.historyChunk.create({ data: await atFreeKey(tx, row), select: { shardId: true } })
    await noteLate(tx, shardId, FIVE_MINUTES, runs.map(firstMs))
  })
}

/** Up to the last one before the open hour, in the order of polls; what a clock set back put between goes along. */
function completeFrames(frames: readonly StoredFrame[], openFromMs: number): StoredFrame[] {
  const last = frames.findLastIndex(({ atMs }) => Number(atMs) < openFromMs)
  return frames.slice(0, last + 1)
}

/** A run lies within one hour: the writer begins a new one with each. */
function chunksOf(run: FrameRun | DamagedRun, entities: number, metrics: number): ChunkRow[] {
  const rows: ChunkRow[] = []
  for (let first = 0; first < entities; first += POLLS.entities) {
    const count = Math.min(POLLS.entities, entities - first)
    const content = isDamaged(run) ? NOTHING : pollChunkOf(run, first, count, metrics)
    if (content === null) continue
    const [fromMs, untilMs] = [BigInt(firstMs(run)), BigInt(lastMs(run))]
    rows.push({ stepSeconds: POLLS.stepMs, fromMs, firstEntity: first, untilMs, content })
  }
  return rows
}

/** Reads as damaged, which is what became of these polls. */
const NOTHING = new Uint8Array()

/** Null when none of the entities was there. */
function pollChunkOf(run: FrameRun, first: number, count: number, metrics: number): Uint8Array<ArrayBuffer> | null {
  const tracks = Array.from({ length: metrics }, (_, metric) =>
    Array.from({ length: count }, (_, entity) => run.columns[(first + entity) * metrics + metric] as Column),
  )
  const isThere = tracks.some((columns) => columns.some(({ states }) => states.some((state) => state !== ABSENT)))
  return isThere ? encodePollChunk(run, tracks) : null
}

/** Two runs may begin in the same millisecond when the clock was set back. The key is but a name: the times are inside. */
async function atFreeKey(tx: TransactionClient, row: ChunkRow & { shardId: number }): Promise<typeof row> {
  const { shardId, stepSeconds, firstEntity } = row
  let { fromMs } = row
  while ((await tx.historyChunk.count({ where: { shardId, stepSeconds, fromMs, firstEntity } })) > 0) fromMs += 1n
  return { ...row, fromMs }
}
