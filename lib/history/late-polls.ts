/**
 * Polls that came too late for a rollup: they waited for a database that was away, or the clock was set back. The
 * transaction that seals them notes which stretch they fall into, and the one that makes the stretch anew strikes the
 * note out; so a crash at any moment leaves either the note or the rollup that has them.
 *
 * A note stands among the chunks, without content, under the step of its level made negative.
 */
import type { TransactionClient } from '../db.ts'
import { SECOND_MS } from '../units.ts'
import { chunkStart, type Level } from './levels.ts'

/** The end of what a level has of a shard; 0 for nothing. */
export async function endOfLevelMs(client: TransactionClient, shardId: number, level: Level): Promise<number> {
  const last = await client.historyChunk.findFirst({
    where: { shardId, stepSeconds: level.stepMs / SECOND_MS },
    orderBy: { fromMs: 'desc' },
    select: { untilMs: true },
  })
  return Number(last?.untilMs ?? 0)
}

/** @param times of what is new in the next finer level */
export async function noteLate(
  tx: TransactionClient,
  shardId: number,
  level: Level,
  times: readonly number[],
): Promise<void> {
  const doneMs = await endOfLevelMs(tx, shardId, level)
  for (const fromMs of new Set(times.filter((atMs) => atMs < doneMs).map((atMs) => chunkStart(level, atMs)))) {
    const note = { ...notesOf(shardId, level), fromMs: BigInt(fromMs), firstEntity: 0 }
    const row = { ...note, untilMs: BigInt(fromMs + level.chunkMs), content: new Uint8Array() }
    const where = { shardId_stepSeconds_fromMs_firstEntity: note }
    await tx.historyChunk.upsert({ where, create: row, update: {}, select: { shardId: true } })
  }
}

/** The starts of the stretches to be made anew. */
export async function lateStretches(client: TransactionClient, shardId: number, level: Level): Promise<number[]> {
  const notes = await client.historyChunk.findMany({ where: notesOf(shardId, level), select: { fromMs: true } })
  return notes.map(({ fromMs }) => Number(fromMs))
}

export async function strikeOut(tx: TransactionClient, shardId: number, level: Level, fromMs: number): Promise<void> {
  await tx.historyChunk.deleteMany({ where: { ...notesOf(shardId, level), fromMs: BigInt(fromMs) } })
}

function notesOf(shardId: number, level: Level): { shardId: number; stepSeconds: number } {
  return { shardId, stepSeconds: -level.stepMs / SECOND_MS }
}
