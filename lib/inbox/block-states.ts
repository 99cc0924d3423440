/** The records of a block against the ledger: which are open, and what the others are. Pure. */
import type { BlockColumns } from './block-codec.ts'
import type { BlockHead, LedgerRows } from './block-store.ts'
import { HANDLED_STATUSES, LEDGER_BLOCK_OFFSETS, type LedgerRun } from './ledger-block.ts'
import { type OffsetRuns, OffsetRunsBuilder } from './offset-runs.ts'

/** Of one record: 0 open, 1 to 3 as `HANDLED_STATUSES`, 4 expired before anybody handled it, 5 handled and gone since. */
export const OPEN = 0
export const EXPIRED = HANDLED_STATUSES.length + 1
export const HANDLED_AND_GONE = EXPIRED + 1
export const STATE_NAMES = ['open', ...HANDLED_STATUSES, 'expired'] as const
export type RecordState = (typeof STATE_NAMES)[number]

/** It lies in the log no more. */
export const isGone = (state: number): boolean => state >= EXPIRED

/** A handled run, its bounds less the block's first offset. */
export interface HandledRun {
  from: number
  to: number
  state: number
  actionId: number
}

const BLOCK = BigInt(LEDGER_BLOCK_OFFSETS)

/** The handled runs that reach into a block, in their order. */
export function handledRunsIn(
  { firstOffset, nextOffset }: Pick<BlockHead, 'firstOffset' | 'nextOffset'>,
  rows: LedgerRows,
): HandledRun[] {
  const [first, last] = [firstOffset / BLOCK, (nextOffset - 1n) / BLOCK]
  // A block of few records may reach over more rows than there are.
  const numbers =
    last - first < BigInt(rows.size)
      ? Array.from({ length: Number(last - first) + 1 }, (_, at) => first + BigInt(at))
      : [...rows.keys()].filter((row) => row >= first && row <= last).sort((one, other) => (one < other ? -1 : 1))
  const end = Number(nextOffset - firstOffset)
  return numbers.flatMap((number) => {
    const shift = Number(number * BLOCK - firstOffset)
    return (rows.get(number)?.runs ?? [])
      .filter(({ from, to }) => to + shift > 0 && from + shift < end)
      .map((run) => shifted(run, shift))
  })
}

function shifted({ from, to, status, actionId }: LedgerRun, shift: number): HandledRun {
  return { from: from + shift, to: to + shift, state: 1 + HANDLED_STATUSES.indexOf(status), actionId }
}

/**
 * The state of each record.
 *
 * @param startOffset below it everything is gone
 */
export function statesOf(columns: BlockColumns, runs: readonly HandledRun[], startOffset: bigint): Uint8Array {
  const states = new Uint8Array(columns.count)
  const start = Number(startOffset - columns.firstOffset)
  let runAt = 0
  for (let at = 0; at < columns.count; at += 1) {
    const offset = columns.offsets[at] as number
    while (runAt < runs.length && (runs[runAt] as HandledRun).to <= offset) runAt += 1
    const run = runs[runAt]
    const isHandled = run !== undefined && run.from <= offset
    if (offset < start) states[at] = isHandled ? HANDLED_AND_GONE : EXPIRED
    else states[at] = isHandled ? run.state : OPEN
  }
  return states
}

/** What was done to an offset; null: nothing. By halving: a block handled in part has thousands of runs. */
export function handledAt(runs: readonly HandledRun[], offset: number): HandledRun | null {
  let low = 0
  let high = runs.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((runs[middle] as HandledRun).to <= offset) low = middle + 1
    else high = middle
  }
  const run = runs[low]
  return run !== undefined && run.from <= offset ? run : null
}

/** Which action's marks the offsets bear, each action with its own. */
export function marksIn(offsets: OffsetRuns, rows: LedgerRows): { actionId: number; runs: OffsetRuns }[] {
  if (offsets.isEmpty) return []
  const builders = new Map<number, OffsetRunsBuilder>()
  for (const [block, { runs }] of [...rows].sort(([one], [other]) => (one < other ? -1 : 1))) {
    for (const { from, to, actionId } of runs) {
      const builder = builders.get(actionId) ?? new OffsetRunsBuilder()
      builders.set(actionId, builder)
      builder.add(block * BLOCK + BigInt(from), block * BLOCK + BigInt(to))
    }
  }
  return [...builders].flatMap(([actionId, builder]) => {
    const runs = builder.build().intersect(offsets)
    return runs.isEmpty ? [] : [{ actionId, runs }]
  })
}
