/**
 * All stored rows, some at a time and in the order of their keys: bounded memory, and no lock or transaction that a
 * writer would have to wait for. Rows that come or go meanwhile may be seen or not.
 */
import { sqltag as sql } from '@prisma/client/runtime/client'
import type { Database } from '../db.ts'
import type { StoredFrame } from './poll-run.ts'

const ROWS_PER_PAGE = 100

export interface StoredChunk {
  stepSeconds: number
  fromMs: bigint | number
  untilMs: bigint | number
  firstEntity: number
  content: Uint8Array
}

/** The frames of one shard in the order of their polls. */
export async function* storedFrames(
  { client }: Database,
  shardId: number,
  rowsPerPage: number = ROWS_PER_PAGE,
): AsyncGenerator<StoredFrame> {
  for (let seq = -1n; ; ) {
    const page = await client.$queryRaw<StoredFrame[]>(
      sql`SELECT "seq", "atMs", "content" FROM "HistoryFrame"
        WHERE "shardId" = ${shardId} AND "seq" > ${seq} ORDER BY "seq" LIMIT ${rowsPerPage}`,
    )
    yield* page
    const last = page.at(-1)
    if (last === undefined) return
    seq = BigInt(last.seq)
  }
}

/** The chunks of one shard, of all levels. */
export async function* storedChunks(
  { client }: Database,
  shardId: number,
  rowsPerPage: number = ROWS_PER_PAGE,
): AsyncGenerator<StoredChunk> {
  let after = { stepSeconds: -1, fromMs: 0n, firstEntity: 0 }
  for (;;) {
    const page = await client.$queryRaw<StoredChunk[]>(
      sql`SELECT "stepSeconds", "fromMs", "untilMs", "firstEntity", "content" FROM "HistoryChunk"
        WHERE "shardId" = ${shardId}
        AND ("stepSeconds", "fromMs", "firstEntity") > (${after.stepSeconds}, ${after.fromMs}, ${after.firstEntity})
        ORDER BY "stepSeconds", "fromMs", "firstEntity" LIMIT ${rowsPerPage}`,
    )
    yield* page
    const last = page.at(-1)
    if (last === undefined) return
    after = { stepSeconds: last.stepSeconds, fromMs: BigInt(last.fromMs), firstEntity: last.firstEntity }
  }
}

export interface StoredSection {
  clusterId: string
  name: string
  versionAtMs: bigint | number
  content: Uint8Array
}

/** The sections of the newest polls of all clusters. */
export async function* storedSections(
  { client }: Database,
  rowsPerPage: number = ROWS_PER_PAGE,
): AsyncGenerator<StoredSection> {
  let after = { clusterId: '', name: '' }
  for (;;) {
    const page = await client.$queryRaw<StoredSection[]>(
      sql`SELECT "clusterId", "name", "versionAtMs", "content" FROM "SnapshotSection"
        WHERE ("clusterId", "name") > (${after.clusterId}, ${after.name})
        ORDER BY "clusterId", "name" LIMIT ${rowsPerPage}`,
    )
    yield* page
    const last = page.at(-1)
    if (last === undefined) return
    after = last
  }
}
