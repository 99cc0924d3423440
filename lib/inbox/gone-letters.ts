/** Dead letters that lie in their queue no more: what the index still knows of them, which is nothing of their content. Pure. */
import type { DlqCause, DlqOrigin } from '../../prisma/generated/sqlite/client.ts'
import type { PartitionPlace } from '../cluster/messages.ts'
import { handledAt, handledRunsIn, type RecordState, STATE_NAMES } from './block-states.ts'
import type { BlockStore, PartitionIndex } from './block-store.ts'
import type { Candidate } from './candidates.ts'
import type { KindNames } from './group-keys.ts'
import { OffsetRuns } from './offset-runs.ts'

export interface GoneLetter extends PartitionPlace {
  offset: bigint
  message: null
  /** Null when it had none. */
  atMs: number | null
  /** `expired`, or what was done to it before it went. */
  state: RecordState
  actionId: number | null
  cause: DlqCause | null
  origin: DlqOrigin | null
  /** A person had it deleted, unless retention was there before. */
  isPurged: boolean
}

type Known = Pick<Candidate, 'offset' | 'atMs' | 'state' | 'actionId' | 'causeId' | 'originId'>

export function goneLetter(
  { partition, broker, purgedTo }: PartitionIndex,
  { offset, atMs, state, actionId, causeId, originId }: Known,
  { causes, origins }: KindNames,
): GoneLetter {
  return {
    ...{ partition, broker, offset, message: null, atMs, state, actionId },
    cause: causes.get(causeId) ?? null,
    origin: origins.get(originId) ?? null,
    isPurged: purgedTo !== null && offset < purgedTo,
  }
}

/** One that nobody can read any more, as the index knows it. Null: it holds no such record, or does not any more. */
export async function findGone(
  blocks: BlockStore,
  partition: PartitionIndex,
  offset: bigint,
  names: KindNames,
): Promise<GoneLetter | null> {
  const heads = [...partition.expiredBlocks, ...partition.blocks]
  const head = heads.find(({ firstOffset, nextOffset }) => firstOffset <= offset && offset < nextOffset)
  const columns = head === undefined ? null : await blocks.columnsOf(head)
  if (head === undefined || columns === null) return null
  const wanted = Number(offset - columns.firstOffset)
  const at = columns.offsets.subarray(0, columns.count).indexOf(wanted)
  if (at < 0) return null
  const run = handledAt(handledRunsIn(head, partition.ledger), wanted)
  const { causeId = 0, originId = 0 } = head.kinds[columns.kinds[at] as number] ?? {}
  const time = columns.times[at] as number
  const state = run === null ? 'expired' : (STATE_NAMES[run.state] as RecordState)
  const atMs = Number.isNaN(time) ? null : time
  return goneLetter(partition, { offset, atMs, state, actionId: run?.actionId ?? null, causeId, originId }, names)
}

/**
 * Of how many offsets in front of the log nothing is kept: they were gone before the console first looked, or before it
 * came to them, or are too long ago. An upper bound of the records, since offsets have gaps.
 */
export function forgottenOffsets(partitions: readonly PartitionIndex[]): bigint {
  return partitions.reduce((sum, { startOffset, expiredBlocks, blocks }) => {
    const kept = [...expiredBlocks, ...blocks].map(({ firstOffset, nextOffset }) => ({
      from: firstOffset,
      to: nextOffset,
    }))
    return sum + startOffset - OffsetRuns.of(kept).within(0n, startOffset).offsetCount
  }, 0n)
}
