/** The rows of the ledger in the database, each of 65,536 offsets of one partition. Whoever writes holds the queue's lock. */
import type { PartitionPlace } from '../cluster/messages.ts'
import type { TransactionClient } from '../db.ts'
import {
  decodeLedgerRuns,
  encodeLedgerRuns,
  LEDGER_BLOCK_OFFSETS,
  type LedgerRuns,
  type Mark,
  markRuns,
} from './ledger-block.ts'
import { type OffsetRange, OffsetRunsBuilder } from './offset-runs.ts'
import { comparePlaces, fromStoredBroker, type PlaceRuns, toStoredBroker } from './queues.ts'

export interface HandledRange extends OffsetRange, Mark {}

export interface RowPlace extends PartitionPlace {
  /** How many rows the offsets before it fill. */
  block: bigint
}

export const LEDGER_BLOCK = BigInt(LEDGER_BLOCK_OFFSETS)
/** Rows that are read at once. */
const ROWS_PER_READ = 64

function rowId(queueId: number, { broker, partition, block }: RowPlace) {
  return { queueId_broker_partition_block: { queueId, broker: toStoredBroker(broker), partition, block } }
}

export async function readRow(tx: TransactionClient, queueId: number, place: RowPlace): Promise<LedgerRuns> {
  const row = await tx.dlqLedgerBlock.findUnique({ where: rowId(queueId, place), select: { content: true } })
  return row === null ? [] : decodeLedgerRuns(row.content)
}

export async function writeRow(
  tx: TransactionClient,
  queueId: number,
  place: RowPlace,
  runs: LedgerRuns,
): Promise<void> {
  const content = encodeLedgerRuns(runs)
  const { broker, partition, block } = place
  await tx.dlqLedgerBlock.upsert({
    where: rowId(queueId, place),
    create: { queueId, broker: toStoredBroker(broker), partition, block, content },
    update: { content },
    select: { block: true },
  })
}

/** Nothing from `from` on is handled any more. */
export async function cutRows(
  tx: TransactionClient,
  queueId: number,
  { partition, broker }: PartitionPlace,
  from: bigint,
): Promise<void> {
  const block = from / LEDGER_BLOCK
  const where = { queueId, broker: toStoredBroker(broker), partition }
  await tx.dlqLedgerBlock.deleteMany({ where: { ...where, block: { gt: block } } })
  const place = { partition, broker, block }
  const kept = Number(from - block * LEDGER_BLOCK)
  const before = await readRow(tx, queueId, place)
  const after = markRuns(before, [{ from: kept, to: LEDGER_BLOCK_OFFSETS }], null, () => true)
  if (after !== before) await writeRow(tx, queueId, place, after)
}

/** In rising order; a run that goes on in the next row comes in one. */
export async function* readRanges(
  client: TransactionClient,
  queueId: number,
  place: PartitionPlace,
  from: bigint,
  to: bigint,
): AsyncGenerator<HandledRange> {
  let last: HandledRange | null = null
  for await (const range of rangesByRow(client, queueId, place, from, to)) {
    const goesOn = last !== null && last.to === range.from && last.actionId === range.actionId
    if (goesOn && last !== null && last.status === range.status) {
      last.to = range.to
      continue
    }
    if (last !== null) yield last
    last = range
  }
  if (last !== null) yield last
}

/** A run that goes on in the next row comes in two. */
async function* rangesByRow(
  client: TransactionClient,
  queueId: number,
  { broker, partition }: PartitionPlace,
  from: bigint,
  to: bigint,
): AsyncGenerator<HandledRange> {
  if (from >= to) return
  const where = { queueId, broker: toStoredBroker(broker), partition }
  for (let next: bigint | null = from / LEDGER_BLOCK; next !== null; ) {
    const rows: { block: bigint; content: Uint8Array }[] = await client.dlqLedgerBlock.findMany({
      where: { ...where, block: { gte: next, lte: (to - 1n) / LEDGER_BLOCK } },
      orderBy: { block: 'asc' },
      take: ROWS_PER_READ,
    })
    for (const row of rows) yield* rangesOf(row, from, to)
    const last = rows.at(-1)
    next = last === undefined || rows.length < ROWS_PER_READ ? null : last.block + 1n
  }
}

function rangesOf(
  { block, content }: { block: bigint; content: Uint8Array },
  from: bigint,
  to: bigint,
): HandledRange[] {
  const start = block * LEDGER_BLOCK
  return decodeLedgerRuns(content).flatMap((run) => {
    const range = { from: start + BigInt(run.from), to: start + BigInt(run.to) }
    const cut = { from: range.from < from ? from : range.from, to: range.to > to ? to : range.to }
    return cut.from < cut.to ? [{ ...cut, status: run.status, actionId: run.actionId }] : []
  })
}

/** All that still bears the mark of an action. */
export async function placesOfAction(
  client: TransactionClient,
  queueId: number,
  actionId: number,
): Promise<PlaceRuns[]> {
  const places = await client.dlqLedgerBlock.groupBy({ by: ['broker', 'partition'], where: { queueId } })
  const found: PlaceRuns[] = []
  for (const { broker, partition } of places) {
    const place = { broker: fromStoredBroker(broker), partition }
    const builder = new OffsetRunsBuilder()
    for await (const range of readRanges(client, queueId, place, 0n, 2n ** 63n - 1n)) {
      if (range.actionId === actionId) builder.add(range.from, range.to)
    }
    const runs = builder.build()
    if (!runs.isEmpty) found.push({ ...place, runs })
  }
  return found.sort(comparePlaces)
}
