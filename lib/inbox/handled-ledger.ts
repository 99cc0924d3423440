/**
 * What was done to dead letters: which offsets of which partition were replayed, came back, or were archived, and by
 * which action. Kept as runs in rows of 65,536 offsets, never as a row per record.
 *
 * Writing the same again changes nothing, so that whoever crashed in between may repeat it. Writers of several processes
 * take turns by queue and lose nothing of each other's.
 */
import type { DlqAction } from '../../prisma/generated/sqlite/client.ts'
import type { PartitionPlace } from '../cluster/messages.ts'
import type { Database, TransactionClient } from '../db.ts'
import { type HandledStatus, type LedgerRuns, type Mark, markRuns } from './ledger-block.ts'
import {
  cutRows,
  type HandledRange,
  LEDGER_BLOCK,
  placesOfAction,
  type RowPlace,
  readRanges,
  readRow,
  writeRow,
} from './ledger-rows.ts'
import { type OffsetRange, OffsetRunsBuilder } from './offset-runs.ts'
import { comparePlaces, lockQueues, type PlaceRuns, placeKey, type Queue } from './queues.ts'

export const ACTION_KINDS = ['archive', 'restore', 'replay', 'return'] as const
export type ActionKind = (typeof ACTION_KINDS)[number]

export interface LedgerAction {
  kind: ActionKind
  actor: string
  atMs: number
  note: string | null
  /** The job, for `replay` and `return`: there is one action for each job and queue, whoever writes it first. */
  replayId: string | null
  /** Archives also what was replayed or came back; left out: only what is open. */
  includeHandled?: boolean
}

export interface MarkOutcome {
  /** Null when nothing changed and there was no such action before. */
  actionId: number | null
  /** The offsets whose state changed; gaps among them are no records. */
  changed: PlaceRuns[]
}

export type MarkCheck = (tx: TransactionClient) => Promise<void>

export interface JobReturns {
  queue: Queue
  /** The source records of the job that came back. */
  places: PlaceRuns[]
}

export interface StoredAction {
  id: number
  kind: ActionKind
  replayId: string | null
  actor: string
  atMs: number
  note: string | null
}

const STATUS_OF: Record<ActionKind, HandledStatus | null> = {
  archive: 'archived',
  restore: null,
  replay: 'replayed',
  return: 'returned',
}

/** A transaction locks out other writers of the database on SQLite: as many rows of the ledger are written in one. */
const ROWS_PER_TRANSACTION = 16

export interface HandledLedger {
  /**
   * Notes that a job begins to replay records of a queue, before it sends any: what comes back is then known to be the
   * job's, however soon. Once is enough, again is harmless. @returns the action's id
   */
  begin(queueId: number, action: LedgerAction): Promise<number>

  /**
   * Writes what an action did. Of records in another state than the action is about nothing changes:
   *
   * - `replay` marks whatever stands there, but what already came back of the same job;
   * - `return` marks what the same job replayed, or what is open since the job has not yet written it down;
   * - `archive` marks what is open (`includeHandled`: whatever was not archived before);
   * - `restore` opens what is archived, and nothing else.
   *
   * Each 16 rows of the ledger (a million offsets in one piece) are written as a whole or not at all.
   *
   * @param check asked first, with the queue locked, before each of these; may throw to refuse it
   */
  mark(queueId: number, action: LedgerAction, places: readonly PlaceRuns[], check?: MarkCheck): Promise<MarkOutcome>

  /** The same as a part of a transaction of the caller's, who writes little. */
  markWithin(
    tx: TransactionClient,
    queueId: number,
    action: LedgerAction,
    places: readonly PlaceRuns[],
  ): Promise<MarkOutcome>

  /** Forgets what was done to the offsets from `from` on: the log was cut off there, and they will be other records'. */
  cutWithin(tx: TransactionClient, queueId: number, place: PartitionPlace, from: bigint): Promise<void>

  /** What is handled of `[from, to)`, in rising order; what is not named is open. */
  read(queueId: number, place: PartitionPlace, from: bigint, to: bigint): AsyncGenerator<HandledRange>

  /** What came back of a job's records, by the queue they were replayed from. */
  returnedOf(jobId: string): Promise<JobReturns[]>

  actions(ids: readonly number[]): Promise<Map<number, StoredAction>>
}

export function createHandledLedger(database: Database): HandledLedger {
  const { client } = database
  return {
    begin: (queueId, action) =>
      database.transaction(async (tx) => {
        await lockQueues(tx, [queueId])
        return storeAction(tx, queueId, action)
      }),
    async mark(queueId, action, places, check) {
      const pieces = piecesOf(places)
      const outcome: MarkOutcome = { actionId: null, changed: [] }
      for (let at = 0; at < pieces.length; at += ROWS_PER_TRANSACTION) {
        const some = pieces.slice(at, at + ROWS_PER_TRANSACTION)
        const { actionId, changed } = await database.transaction((tx) =>
          markPieces(tx, queueId, action, some, outcome.actionId, check),
        )
        outcome.actionId = actionId
        outcome.changed = mergePlaces([...outcome.changed, ...changed])
      }
      return outcome
    },
    markWithin: (tx, queueId, action, places) => markPieces(tx, queueId, action, piecesOf(places), null),
    async cutWithin(tx, queueId, place, from) {
      await lockQueues(tx, [queueId])
      await cutRows(tx, queueId, place, from)
    },
    read: (queueId, place, from, to) => readRanges(client, queueId, place, from, to),
    returnedOf: (jobId) => returnedOf(client, jobId),
    async actions(ids) {
      const rows = await client.dlqAction.findMany({ where: { id: { in: [...ids] } } })
      return new Map(rows.map((row) => [row.id, toStoredAction(row)]))
    },
  }
}

/** What falls into one row. */
interface Piece extends RowPlace {
  ranges: OffsetRange[]
}

/** In the order in which every writer goes through them. */
function piecesOf(places: readonly PlaceRuns[]): Piece[] {
  return [...places].sort(comparePlaces).flatMap(({ partition, broker, runs }) => {
    const pieces = new Map<bigint, Piece>()
    for (const { from, to } of runs) {
      for (let start = from; start < to; ) {
        const block = start / LEDGER_BLOCK
        const end = (block + 1n) * LEDGER_BLOCK < to ? (block + 1n) * LEDGER_BLOCK : to
        const piece = pieces.get(block) ?? { partition, broker, block, ranges: [] }
        piece.ranges.push({ from: start, to: end })
        pieces.set(block, piece)
        start = end
      }
    }
    return [...pieces.values()]
  })
}

async function markPieces(
  tx: TransactionClient,
  queueId: number,
  action: LedgerAction,
  pieces: readonly Piece[],
  knownActionId: number | null,
  check?: MarkCheck,
): Promise<MarkOutcome> {
  if (pieces.length === 0) return { actionId: knownActionId, changed: [] }
  // The first statement takes the queue's row: others of this queue wait here, and read only what was written.
  await lockQueues(tx, [queueId])
  await check?.(tx)
  const known = await knownActions(tx, queueId, action)
  const rule = ruleOf(action, known)
  let actionId = knownActionId ?? known.own
  const changed: PlaceRuns[] = []
  for (const piece of pieces) {
    const before = await readRow(tx, queueId, piece)
    // No stored action has this id: it stands for the one that is made only when something changes.
    const draft = markPiece(before, piece, STATUS_OF[action.kind], actionId ?? 0, rule)
    if (draft === before) continue
    actionId ??= await storeAction(tx, queueId, action)
    const after = markPiece(before, piece, STATUS_OF[action.kind], actionId, rule)
    await writeRow(tx, queueId, piece, after)
    changed.push({ partition: piece.partition, broker: piece.broker, runs: changedRuns(before, after, piece) })
  }
  return { actionId, changed: mergePlaces(changed) }
}

interface KnownActions {
  /** Of this job and kind. */
  own: number | null
  /** What the same job replayed, and what came back of it. */
  replay: number | null
  return: number | null
}

async function knownActions(tx: TransactionClient, queueId: number, action: LedgerAction): Promise<KnownActions> {
  const { replayId, kind } = action
  if (replayId === null) return { own: null, replay: null, return: null }
  const rows = await tx.dlqAction.findMany({ where: { queueId, replayId }, select: { id: true, kind: true } })
  const idOf = (wanted: ActionKind): number | null => rows.find((row) => row.kind === wanted)?.id ?? null
  return { own: idOf(kind), replay: idOf('replay'), return: idOf('return') }
}

type Rule = (before: Mark | null) => boolean

function ruleOf(action: LedgerAction, known: KnownActions): Rule {
  switch (action.kind) {
    case 'replay':
      return (before) => before === null || before.actionId !== known.return
    case 'return':
      return (before) => before === null || (known.replay !== null && before.actionId === known.replay)
    case 'archive':
      return (before) => before === null || (action.includeHandled === true && before.status !== 'archived')
    case 'restore':
      return (before) => before?.status === 'archived'
  }
}

function markPiece(
  before: LedgerRuns,
  { block, ranges }: Piece,
  status: HandledStatus | null,
  actionId: number,
  rule: Rule,
): LedgerRuns {
  const mark = status === null ? null : { status, actionId }
  const start = block * LEDGER_BLOCK
  const within = ranges.map(({ from, to }) => ({ from: Number(from - start), to: Number(to - start) }))
  return markRuns(before, within, mark, rule)
}

async function storeAction(tx: TransactionClient, queueId: number, action: LedgerAction): Promise<number> {
  const { kind, replayId, actor, atMs, note } = action
  const create = { queueId, kind, replayId, actor, atMs: BigInt(atMs), note }
  if (replayId === null) return (await tx.dlqAction.create({ data: create, select: { id: true } })).id
  const where = { queueId_kind_replayId: { queueId, kind, replayId } }
  return (await tx.dlqAction.upsert({ where, create, update: {}, select: { id: true } })).id
}

/** Where what stands there after is not what stood there before. */
function changedRuns(before: LedgerRuns, after: LedgerRuns, { block }: Piece): PlaceRuns['runs'] {
  const start = block * LEDGER_BLOCK
  const builder = new OffsetRunsBuilder()
  const bounds = [...new Set([...before, ...after].flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b)
  let [beforeAt, afterAt] = [0, 0]
  for (let index = 1; index < bounds.length; index += 1) {
    const [from, to] = [bounds[index - 1] as number, bounds[index] as number]
    while (beforeAt < before.length && (before[beforeAt]?.to ?? 0) <= from) beforeAt += 1
    while (afterAt < after.length && (after[afterAt]?.to ?? 0) <= from) afterAt += 1
    if (markAt(before, beforeAt, from) !== markAt(after, afterAt, from)) {
      builder.add(start + BigInt(from), start + BigInt(to))
    }
  }
  return builder.build()
}

function markAt(runs: LedgerRuns, index: number, offset: number): string | null {
  const run = runs[index]
  return run === undefined || run.from > offset ? null : `${run.status} ${run.actionId}`
}

/** One entry per place. */
function mergePlaces(places: readonly PlaceRuns[]): PlaceRuns[] {
  const merged = new Map<string, PlaceRuns>()
  for (const place of places) {
    const key = placeKey(place)
    const known = merged.get(key)
    merged.set(key, known === undefined ? place : { ...known, runs: known.runs.union(place.runs) })
  }
  return [...merged.values()]
}

async function returnedOf(client: TransactionClient, jobId: string): Promise<JobReturns[]> {
  const actions = await client.dlqAction.findMany({ where: { replayId: jobId, kind: 'return' } })
  const found: JobReturns[] = []
  for (const { id, queueId } of actions) {
    const queue = await client.dlqQueue.findUnique({ where: { id: queueId } })
    if (queue !== null) found.push({ queue, places: await placesOfAction(client, queueId, id) })
  }
  return found
}

function toStoredAction({ id, kind, replayId, actor, atMs, note }: DlqAction): StoredAction {
  return { id, kind: kind as ActionKind, replayId, actor, atMs: Number(atMs), note }
}
