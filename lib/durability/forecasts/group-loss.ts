/**
 * When retention deletes what a group has not read of a partition, against when the group will have read it. See
 * README.md for the arithmetic and its error.
 */
import { MINUTE_MS, SECOND_MS } from '../../units.ts'
import type { Forecast, ObservedPartition } from '../observation.ts'
import type { OffsetClock } from '../offset-clock.ts'
import type { PartitionId } from '../partition-key.ts'
import { none, unknown } from './forecast.ts'
import { isKeeping, type Keeping, type KeepingOrNot } from './keeping.ts'
import { produceRate } from './produce-rate.ts'
import type { Range } from './range.ts'
import { AGES, type Growth, type Place, retentionLoss, UNEVEN_SIZES } from './retention-loss.ts'
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
  /** Since when it has had something to read and committed nothing; null: not known. */
  standsSinceMs: number | null
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
  const quietMs = part.standsSinceMs === null ? 0 : nowMs - part.standsSinceMs
  // Most of what is behind is read as it is written: nothing else is worked out for it.
  if (!part.isDeserted && isKeepingUp(part, roughlyEarliest(part, keeping, nowMs), quietMs, nowMs))
    return none('keepingUp')
  const atRest = growthAtRest(part, keeping, context)
  const place = placeOf(part, keeping, atRest, context)
  const soonest = retentionLoss(place, keeping, atRest, nowMs)
  if (soonest.state !== 'forecast' || soonest.earliestAtMs === null) return soonest
  if (!part.isDeserted && isKeepingUp(part, soonest.earliestAtMs, quietMs, nowMs)) return none('keepingUp')
  const filledAtMs = filledAt(part, keeping, context)
  if (part.isDeserted || quietMs >= STANDS_AFTER_MS || keeping.isForced) {
    unreadTrails.noteAtRest(part.key, sampleOf(part, nowMs))
    return filledAtMs === null ? soonest : retentionLoss({ ...place, filledAtMs }, keeping, atRest, nowMs)
  }
  const growth = unreadTrails.note(part.key, sampleOf(part, nowMs))
  // Whether it moves shows with the next poll: it may lose nothing, and not sooner than if it stood still.
  if (growth === null) return { ...soonest, latestAtMs: null }
  if (catchesUpBefore(part, growth, soonest.earliestAtMs, nowMs)) return none('catchesUp')
  return retentionLoss({ ...place, filledAtMs }, keeping, growthOnTheMove(growth), nowMs)
}

/** Traffic may grow to this many times what it was since the poll before. */
const ROUGHLY = 4

/** Never later than the earliest moment, as long as traffic is roughly what it was; now where it is not known. */
function roughlyEarliest(part: UnreadPart, keeping: Keeping, nowMs: number): number {
  if (part.writtenAtMs === null) return nowMs
  const byTimeMs = keeping.retentionMs === null ? Infinity : part.writtenAtMs.low + keeping.retentionMs
  if (keeping.retentionBytes === null) return byTimeMs
  const perMessage = bytesPerMessage(part.log)
  const { produceRatePerSecond, endOffset } = part.log
  if (perMessage === null || produceRatePerSecond === null || endOffset === null) return nowMs
  const left = keeping.retentionBytes / (perMessage * UNEVEN_SIZES.high) - Number(endOffset - part.firstOffset)
  return Math.min(byTimeMs, nowMs + (left / (ROUGHLY * produceRatePerSecond)) * SECOND_MS)
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

function growthOnTheMove({ age, lag }: UnreadGrowth): Growth {
  return { age: age === null ? null : steady(age), messages: lag.whole <= 0 ? STEADY : lag.bounds }
}

/** By size nothing is deleted, or it is not known how fast. */
const ONLY_AGES: Growth = { age: AGES, messages: null }
const STEADY: Range = { low: 0, high: 0 }

function steady({ whole, bounds }: WindowGrowth): Range {
  return whole <= KEEPS_PACE ? STEADY : bounds
}

/** The record is not read: it grows as old as time passes, and what is written is all behind it. */
function growthAtRest({ key, log, firstOffset }: UnreadPart, keeping: Keeping, { clock, nowMs }: LossContext): Growth {
  const perMessage = keeping.retentionBytes === null ? null : bytesPerMessage(log)
  if (keeping.retentionBytes === null || perMessage === null || log.endOffset === null) return ONLY_AGES
  const left = keeping.retentionBytes / perMessage - Number(log.endOffset - firstOffset)
  const rate = produceRate(clock, key, left, nowMs)
  // What was seen of it bounds the moment to one side alone.
  return { age: AGES, messages: rate?.mayBeSlower ? { low: 0, high: rate.high } : rate }
}

function placeOf(part: UnreadPart, keeping: Keeping, { messages }: Growth, context: LossContext): Place {
  const { log, firstOffset, writtenAtMs } = part
  return {
    ...{ writtenAtMs, filledAtMs: null, bytesPerMessage: bytesPerMessage(log) },
    fileMessages: messages === null ? null : fileMessages(part, keeping, messages, context),
    messagesBehind: log.endOffset === null ? null : Number(log.endOffset - firstOffset),
  }
}

/** What was written while its segment was, as polls saw it, and will be: the traffic of then may have been another one. */
function fileMessages(
  { key, firstOffset, writtenAtMs, log }: UnreadPart,
  { spanMs }: Keeping,
  rate: Range,
  { clock, nowMs }: LossContext,
): number | null {
  if (writtenAtMs === null || spanMs === null || log.endOffset === null) return null
  const rolledAtMs = writtenAtMs.high + spanMs
  if (rolledAtMs > nowMs) return Number(log.endOffset - firstOffset) + (rolledAtMs - nowMs) * Math.max(0, rate.high)
  const end = clock.reachedAfter(key, rolledAtMs)
  return end === null ? null : Number(end - firstOffset)
}

/** Null: not known, or there is nothing. */
function bytesPerMessage({ startOffset, endOffset, leaderSizeBytes }: ObservedPartition): number | null {
  if (startOffset === null || endOffset === null || leaderSizeBytes === null || endOffset <= startOffset) return null
  return Number(leaderSizeBytes) / Number(endOffset - startOffset)
}

/** When the segment that holds the first unread record was full at the latest, by its size; null: not known. */
function filledAt(part: UnreadPart, { segmentBytes }: Keeping, context: LossContext): number | null {
  const { key, firstOffset, log } = part
  const perMessage = bytesPerMessage(log)
  if (segmentBytes === null || perMessage === null || perMessage <= 0 || log.endOffset === null) return null
  const last = firstOffset + BigInt(Math.ceil(segmentBytes / (perMessage * UNEVEN_SIZES.low)))
  const left = Number(last - log.endOffset)
  if (left < 0) return seenAt(part, last, context)
  const rate = produceRate(context.clock, key, left, context.nowMs)
  return rate === null || rate.low <= 0 ? null : context.nowMs + left / rate.low
}

/** Twice the way that an even rate would have taken, or by when a poll saw that it was there. */
function seenAt({ key, writtenAtMs }: UnreadPart, offset: bigint, { clock }: LossContext): number | null {
  const atMs = clock.timeOf(key, offset)
  if (atMs === null || writtenAtMs === null) return null
  const evenlyMs = writtenAtMs.high + 2 * (atMs - writtenAtMs.high)
  return Math.min(clock.boundsOf(key, offset)?.high ?? Infinity, evenlyMs)
}
