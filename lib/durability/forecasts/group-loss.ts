/**
 * When retention deletes what a group has not read of a partition, against when the group will have read it. See
 * README.md for the arithmetic and its error.
 */
import { MINUTE_MS } from '../../units.ts'
import type { Forecast, ObservedPartition } from '../observation.ts'
import type { OffsetClock } from '../offset-clock.ts'
import type { PartitionId } from '../partition-key.ts'
import { none, unknown } from './forecast.ts'
import { isKeeping, type Keeping, type KeepingOrNot } from './keeping.ts'
import { exactly, type Range } from './range.ts'
import { AGES, bytesOf, type Growth, type Place, retentionLoss, UNEVEN_SIZES } from './retention-loss.ts'
import type { UnreadGrowth, UnreadTrails, WindowGrowth } from './unread-trails.ts'

/** What is no older than this, and a tenth of the time that is left, and moves, is read as it is written. */
const KEEPS_UP_MS = 5 * MINUTE_MS
const KEEPS_UP_SHARE = 1 / 10
/** A reader that has not moved for this long stands still. */
const STANDS_AFTER_MS = 5 * MINUTE_MS
/** A reader that falls behind more slowly, or seems to, may be one whose commits come in steps. */
const KEEPS_PACE = 0.05
/** A group may catch up faster or slower than it did. */
const UNSTEADY = 1.25

/** What a group has to read of a partition. */
export interface UnreadPart {
  key: PartitionId & { group: string; topic: string }
  /** At the start of the log where what was committed lies before it: of that nothing is left. */
  firstOffset: bigint
  /** More than 0. */
  lagMessages: bigint
  /** When the first unread record was written; null: not known. */
  writtenAtMs: Range | null
  committedSinceMs: number | null
  /** The group has no members. */
  isDeserted: boolean
  log: ObservedPartition
}

export interface LossContext {
  nowMs: number
  clock: OffsetClock
  unreadTrails: UnreadTrails
}

export function groupPartitionLoss(part: UnreadPart, keeping: KeepingOrNot, context: LossContext): Forecast {
  const { nowMs, unreadTrails } = context
  if (!isKeeping(keeping)) return keeping.state === 'none' ? none(keeping.because) : unknown(keeping.because)
  const place = placeOf(part, keeping, context)
  const standing = retentionLoss(place, keeping, growthAtRest(part, context), nowMs)
  if (standing.state !== 'forecast' || standing.earliestAtMs === null) return standing
  const quietMs = part.committedSinceMs === null ? 0 : nowMs - part.committedSinceMs
  if (!part.isDeserted && isKeepingUp(part, standing.earliestAtMs, quietMs, nowMs)) return none('keepingUp')
  const growth = unreadTrails.note(part.key, sampleOf(part, nowMs))
  if (part.isDeserted || quietMs >= STANDS_AFTER_MS || keeping.isForced) return standing
  // Whether it moves shows with the next poll: it may lose nothing, and not sooner than if it stood still.
  if (growth === null) return { ...standing, latestAtMs: null }
  if (catchesUpBefore(part, growth, standing.earliestAtMs, nowMs)) return none('catchesUp')
  return retentionLoss(place, keeping, growthOnTheMove(growth, part.log), nowMs)
}

function sampleOf({ writtenAtMs, lagMessages }: UnreadPart, atMs: number): Parameters<UnreadTrails['note']>[1] {
  const middleMs = writtenAtMs === null ? null : (writtenAtMs.low + writtenAtMs.high) / 2
  return { atMs, writtenAtMs: middleMs, lagMessages: Number(lagMessages) }
}

function isKeepingUp({ writtenAtMs }: UnreadPart, earliestAtMs: number, quietMs: number, nowMs: number): boolean {
  if (writtenAtMs === null) return false
  const behindMs = Math.max(0, nowMs - writtenAtMs.low) + quietMs
  return behindMs <= Math.min(KEEPS_UP_MS, (earliestAtMs - nowMs) * KEEPS_UP_SHARE)
}

/** All that it will have read lies before what is deleted last, so only the whole way counts. */
function catchesUpBefore(
  { lagMessages }: UnreadPart,
  { lag }: UnreadGrowth,
  earliestAtMs: number,
  nowMs: number,
): boolean {
  const slowest = -lag.bounds.high / UNSTEADY
  return slowest > 0 && nowMs + Number(lagMessages) / slowest <= earliestAtMs
}

function growthOnTheMove({ age, lag }: UnreadGrowth, log: ObservedPartition): Growth {
  const perMessage = bytesPerMessage(log)
  return {
    age: age === null ? null : steady(age),
    bytes: perMessage === null ? null : bytesOf(lag.whole <= 0 ? STEADY : lag.bounds, perMessage),
  }
}

const STEADY: Range = { low: 0, high: 0 }

function steady({ whole, bounds }: WindowGrowth): Range {
  return whole <= KEEPS_PACE ? STEADY : { low: bounds.low, high: Math.min(bounds.high, 1) }
}

/** The record is not read: it grows as old as time passes, and what is written is all behind it. */
function growthAtRest(part: UnreadPart, context: LossContext): Growth {
  const perMessage = bytesPerMessage(part.log)
  const rate = produceRate(part, context)
  return { age: AGES, bytes: perMessage === null || rate === null ? null : bytesOf(rate, perMessage) }
}

/** Windows end now; the shares are of the age of the first unread record, or of what is remembered. */
const WINDOWS = [1, 1 / 2, 1 / 4]

/** A rate of less time than this says little, where more is remembered. */
const RATE_OVER_MS = 5 * MINUTE_MS

/** Messages per millisecond. */
function produceRate({ key, writtenAtMs, log }: UnreadPart, context: LossContext): Range | null {
  const { clock, nowMs } = context
  const wantedMs = Math.min(writtenAtMs?.low ?? -Infinity, nowMs - RATE_OVER_MS)
  const fromMs = Math.max(wantedMs, clock.sinceMs(key) ?? Infinity)
  const wholeMs = nowMs - fromMs
  if (log.endOffset === null || !Number.isFinite(wholeMs) || wholeMs <= 0) return null
  const rates: number[] = []
  for (const share of WINDOWS) {
    const then = clock.offsetAt(key, nowMs - wholeMs * share)
    if (then === null) return null
    rates.push(Math.max(0, Number(log.endOffset) - then) / (wholeMs * share))
  }
  return { low: Math.min(...rates) * UNEVEN_SIZES.low, high: Math.max(...rates) * UNEVEN_SIZES.high }
}

function placeOf(part: UnreadPart, keeping: Keeping, context: LossContext): Place {
  const { log, firstOffset, writtenAtMs } = part
  const perMessage = bytesPerMessage(log)
  const behind = log.endOffset === null ? null : Number(log.endOffset - firstOffset)
  return {
    writtenAtMs,
    filledAtMs: perMessage === null ? null : filledAt(part, perMessage, keeping, context),
    behindBytes: behind === null || perMessage === null ? null : bytesOf(exactly(behind), perMessage),
  }
}

/** Null: not known, or there is nothing. */
function bytesPerMessage({ startOffset, endOffset, leaderSizeBytes }: ObservedPartition): number | null {
  if (startOffset === null || endOffset === null || leaderSizeBytes === null || endOffset <= startOffset) return null
  return Number(leaderSizeBytes) / Number(endOffset - startOffset)
}

/** When the segment that holds the first unread record was full at the latest, by its size; null: not known. */
function filledAt(
  part: UnreadPart,
  perMessage: number,
  { segmentBytes }: Keeping,
  context: LossContext,
): number | null {
  const { firstOffset, log } = part
  if (segmentBytes === null || perMessage <= 0 || log.endOffset === null) return null
  const last = firstOffset + BigInt(Math.ceil(segmentBytes / (perMessage * UNEVEN_SIZES.low)))
  if (last < log.endOffset) return seenAt(part, last, context)
  const rate = produceRate(part, context)
  return rate === null || rate.low <= 0 ? null : context.nowMs + Number(last - log.endOffset) / rate.low
}

/** Twice the way that an even rate would have taken, or by when a poll saw that it was there. */
function seenAt({ key, writtenAtMs }: UnreadPart, offset: bigint, { clock }: LossContext): number | null {
  const atMs = clock.timeOf(key, offset)
  if (atMs === null || writtenAtMs === null) return null
  const evenlyMs = writtenAtMs.high + 2 * (atMs - writtenAtMs.high)
  return Math.min(clock.boundsOf(key, offset)?.high ?? Infinity, evenlyMs)
}
