/**
 * How far the target was read, and what its retention took before that. A group that finds its place deleted goes on
 * behind the gap, so that where it stands does not tell that it has read what lies before. Pure.
 */
import { OffsetRuns } from '../inbox/offset-runs.ts'
import { type OutcomeRun, type OutcomeTarget, targetKey } from './outcome-codec.ts'

/** Of one partition of the target, as one poll saw it. */
export interface ReadTo {
  committed: bigint
  /** Read before it. Null when unknown. */
  start: bigint | null
}

export interface PlaceProgress {
  /** The furthest that a look saw it read. */
  upTo: bigint
  /** Gone before it was read. */
  expired: OffsetRuns
  /** Gone, and read or not between two looks: nobody can tell. */
  unseen: OffsetRuns
}

/** By `targetKey`. */
export type TargetProgress = ReadonlyMap<string, PlaceProgress>

export function advance(before: TargetProgress, seen: ReadonlyMap<string, ReadTo>): TargetProgress {
  const after = new Map(before)
  for (const [key, readTo] of seen) after.set(key, advancePlace(before.get(key), readTo))
  return after
}

function advancePlace(before: PlaceProgress | undefined, { committed, start }: ReadTo): PlaceProgress {
  const { upTo: known, expired, unseen } = before ?? { upTo: null, expired: OffsetRuns.EMPTY, unseen: OffsetRuns.EMPTY }
  const upTo = known !== null && known > committed ? known : committed
  if (start === null) return { upTo, expired, unseen }
  const unread = between(upTo, start).subtract(unseen)
  // It may have been read before it was gone, or the group may have found it gone and begun behind it.
  const gone = known === null ? OffsetRuns.EMPTY : between(known, start).within(0n, upTo).subtract(expired)
  return { upTo, expired: expired.union(unread), unseen: unseen.union(gone) }
}

function between(from: bigint, to: bigint): OffsetRuns {
  return from < to ? OffsetRuns.of([{ from, to }]) : OffsetRuns.EMPTY
}

export type Fate = 'delivered' | 'expired' | 'unseen' | 'open'

export function fateOf(progress: TargetProgress, target: OutcomeTarget, offset: bigint): Fate {
  const place = progress.get(targetKey(target))
  if (place === undefined) return 'open'
  if (place.expired.has(offset)) return 'expired'
  if (place.unseen.has(offset)) return 'unseen'
  return offset < place.upTo ? 'delivered' : 'open'
}

/** Of the produced records. Of those whose target offset is unknown, nothing is told. */
export function countFates(
  runs: readonly OutcomeRun[],
  progress: TargetProgress,
): Record<Exclude<Fate, 'open'>, number> {
  const counts = { delivered: 0, expired: 0, unseen: 0 }
  for (const run of runs) {
    const fates = fatesIn(run, progress)
    if (fates === null) continue
    counts.delivered += Number(fates.delivered.offsetCount)
    counts.expired += Number(fates.expired.offsetCount)
    counts.unseen += Number(fates.unseen.offsetCount)
  }
  return counts
}

/** Of the produced records, by their offsets in the queue: those that nobody saw read, and nobody saw gone before. */
export function neverSeen(runs: readonly OutcomeRun[], progress: TargetProgress): OffsetRuns {
  return runs.reduce((all, run) => {
    if (run.failure !== null) return all
    const fates = fatesIn(run, progress)
    if (fates === null || run.targetOffset === null) return all.union(between(run.from, run.to))
    const ahead = run.targetOffset - run.from
    const rest = fates.all.subtract(fates.delivered).subtract(fates.expired)
    return all.union(OffsetRuns.of([...rest].map(({ from, to }) => ({ from: from - ahead, to: to - ahead }))))
  }, OffsetRuns.EMPTY)
}

/** By their offsets in the target; null where nothing is known. */
function fatesIn(run: OutcomeRun, progress: TargetProgress) {
  const place = run.failure === null ? progress.get(targetKey(run.target)) : undefined
  if (place === undefined || run.targetOffset === null) return null
  const [from, to] = [run.targetOffset, run.targetOffset + (run.to - run.from)]
  const expired = place.expired.within(from, to)
  const unseen = place.unseen.within(from, to)
  const all = between(from, to)
  return { all, delivered: all.within(0n, place.upTo).subtract(expired).subtract(unseen), expired, unseen }
}
