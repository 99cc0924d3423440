/** What a run has done, written down: outcomes, how far each part came, and the counts, all in one transaction. */
import type { PartitionPlace } from '../cluster/messages.ts'
import { encodeStored } from '../db/stored-json.ts'
import type { Database, TransactionClient } from '../db.ts'
import { OffsetRuns } from '../inbox/offset-runs.ts'
import { createFateStore, type FateStore } from './fate-store.ts'
import {
  countOutcomes,
  countUnconfirmed,
  decodeOutcomes,
  encodeOutcomes,
  type OutcomeRun,
  type OutcomeTarget,
} from './outcome-codec.ts'

export interface PartProgress extends PartitionPlace {
  ordinal: number
  from: bigint
  /** Everything selected below it is decided. */
  to: bigint
  runs: readonly OutcomeRun[]
  /** Null: as before. */
  stoppedKeys: readonly string[] | null
}

/** Writes what else belongs to the same moment: the handled-ledger. */
export type AlsoWrite = (
  tx: TransactionClient,
  sent: readonly (PartitionPlace & { runs: OffsetRuns })[],
) => Promise<unknown>

/** Where a target partition ended at some moment. */
export interface TargetEnd extends OutcomeTarget {
  offset: bigint
}

export interface ProgressStore extends FateStore {
  /**
   * Again after a failure it changes nothing that was written the first time.
   *
   * @returns false when a part is elsewhere than the run believes: somebody else runs the same replay
   */
  save(id: string, parts: readonly PartProgress[], recordsPerSecond: number | null, also: AlsoWrite): Promise<boolean>
  /** Before anything is sent at least once: what may be sent from now on, and where it may be looked for. */
  saveIntent(
    id: string,
    parts: readonly { ordinal: number; to: bigint }[],
    lookFrom: readonly TargetEnd[] | null,
  ): Promise<void>
  lookFrom(id: string): Promise<TargetEnd[]>
  /** In the order of the offsets; at most `limit` rows. */
  outcomes(
    id: string,
    ordinal: number,
    fromOffset: bigint,
    limit: number,
  ): Promise<{ nextOffset: bigint; runs: OutcomeRun[] }[]>
}

/** A row grows up to here; then the next one is begun. */
const ROW_RECORDS = 5_000
const ROW_BYTES = 32 * 1_024

export function createProgressStore(database: Database): ProgressStore {
  const { client } = database
  return {
    ...createFateStore(client),
    save: (id, parts, speed, also) => database.transaction((tx) => save(tx, id, parts, speed, also)),
    async saveIntent(id, parts, lookFrom) {
      await database.transaction(async (tx) => {
        if (lookFrom !== null) {
          const stored = lookFrom.map(({ topic, partition, broker, offset }) => [
            topic,
            partition,
            broker,
            String(offset),
          ])
          await tx.replay.update({ where: { id }, data: { lookFrom: stored }, select: { id: true } })
        }
        for (const { ordinal, to } of parts) {
          const where = { replayId_ordinal: { replayId: id, ordinal } }
          await tx.replayPart.update({ where, data: { inFlightTo: to }, select: { ordinal: true } })
        }
      })
    },
    async lookFrom(id) {
      const row = await client.replay.findUnique({ where: { id }, select: { lookFrom: true } })
      const stored = (row?.lookFrom ?? []) as [string, number, string | null, string][]
      return stored.map(([topic, partition, broker, offset]) => ({ topic, partition, broker, offset: BigInt(offset) }))
    },
    async outcomes(id, ordinal, fromOffset, limit) {
      const rows = await client.replayOutcome.findMany({
        where: { replayId: id, ordinal, nextOffset: { gt: fromOffset } },
        orderBy: { firstOffset: 'asc' },
        take: limit,
      })
      return rows.map(({ nextOffset, content }) => ({ nextOffset, runs: decodeOutcomes(content) }))
    },
  }
}

async function save(
  tx: TransactionClient,
  id: string,
  parts: readonly PartProgress[],
  recordsPerSecond: number | null,
  also: AlsoWrite,
): Promise<boolean> {
  let produced = 0
  let failed = 0
  let unconfirmed = 0
  const places: (PartitionPlace & { runs: OffsetRuns })[] = []
  for (const part of parts) {
    const moved = await movePart(tx, id, part)
    if (moved === 'elsewhere') return false
    if (moved === 'before') continue
    await appendOutcomes(tx, id, part)
    const counted = countOutcomes(part.runs)
    produced += counted.produced
    failed += counted.failed
    unconfirmed += countUnconfirmed(part.runs)
    // What was sent and is no longer found was sent all the same: another plan must not send it again by itself.
    const sent = part.runs.filter(({ failure }) => failure === null || failure === 'uncertain')
    if (sent.length > 0) places.push({ partition: part.partition, broker: part.broker, runs: OffsetRuns.of(sent) })
  }
  await tx.replay.update({
    where: { id },
    data: {
      producedCount: { increment: produced },
      unconfirmedCount: { increment: unconfirmed },
      failedCount: { increment: failed },
      speed: recordsPerSecond,
    },
    select: { id: true },
  })
  if (places.length > 0) await also(tx, places)
  return true
}

async function movePart(
  tx: TransactionClient,
  id: string,
  part: PartProgress,
): Promise<'moved' | 'before' | 'elsewhere'> {
  const key = { replayId: id, ordinal: part.ordinal }
  const { count } = await tx.replayPart.updateMany({
    where: { ...key, nextOffset: part.from },
    data: {
      nextOffset: part.to,
      ...(part.stoppedKeys === null ? {} : { stopped: encodeStored(part.stoppedKeys) }),
    },
  })
  if (count === 1) return 'moved'
  const row = await tx.replayPart.findUnique({ where: { replayId_ordinal: key }, select: { nextOffset: true } })
  return row?.nextOffset === part.to ? 'before' : 'elsewhere'
}

/** Slow replays write few records each second: they share a row instead of having one each. */
async function appendOutcomes(tx: TransactionClient, id: string, part: PartProgress): Promise<void> {
  if (part.runs.length === 0) return
  const key = { replayId: id, ordinal: part.ordinal }
  const last = await tx.replayOutcome.findFirst({ where: key, orderBy: { firstOffset: 'desc' } })
  const mayGrow = last !== null && last.produced + last.failed < ROW_RECORDS && last.content.length < ROW_BYTES
  const runs = mayGrow ? [...decodeOutcomes(last.content), ...part.runs] : part.runs
  const row = { nextOffset: part.to, content: encodeOutcomes(runs), ...countOutcomes(runs) }
  if (mayGrow) {
    const where = { replayId_ordinal_firstOffset: { ...key, firstOffset: last.firstOffset } }
    await tx.replayOutcome.update({ where, data: row, select: { ordinal: true } })
    return
  }
  const firstOffset = part.runs[0]?.from ?? part.from
  await tx.replayOutcome.create({ data: { ...key, firstOffset, ...row }, select: { ordinal: true } })
}
