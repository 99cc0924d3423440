/**
 * When retention deletes a record: by its age, or because of what was written behind it. See README.md for the arithmetic.
 */
import type { Forecast } from '../observation.ts'
import { between, firstOf, none, unknown } from './forecast.ts'
import { isKeeping, type Keeping, type KeepingOrNot } from './keeping.ts'
import { crossing, exactly, type Moments, type Range, scaled } from './range.ts'

/** Where a record stands in its log. */
export interface Place {
  /** When it was written; null: not known. */
  writtenAtMs: Range | null
  /** When the file that holds it was full, as far as its size tells; null: not known. */
  filledAtMs: number | null
  /** Bytes from it to the end of the log; null: not known. */
  behindBytes: Range | null
}

/** How a reader's place moves. A record that nobody reads ages by a millisecond each. */
export interface Growth {
  /** Of the age, in milliseconds per millisecond; null: not known. */
  age: Range | null
  /** Of the bytes behind it, per millisecond; null: not known. */
  bytes: Range | null
}

export const AGES = exactly(1)

/** When the record at `place` goes, or what a moving reader stands at then. */
export function retentionLoss(place: Place, keeping: Keeping, growth: Growth, nowMs: number): Forecast {
  if (keeping.isForced) return between({ earliestAtMs: nowMs, latestAtMs: null }, nowMs, 'forcedCleaning')
  const losses: Forecast[] = []
  if (keeping.retentionMs !== null) losses.push(lossByTime(place, keeping, keeping.retentionMs, growth.age, nowMs))
  if (keeping.retentionBytes !== null)
    losses.push(lossBySize(place, keeping, keeping.retentionBytes, growth.bytes, nowMs))
  // What is not known of the one limit may come before what is known of the other.
  return losses.find(({ state }) => state === 'unknown') ?? firstOf(losses)
}

/** When a record that nobody will read any more goes, by what is known of its age alone. */
export function agedLoss(writtenAtMs: Range, keeping: KeepingOrNot, nowMs: number): Forecast {
  if (!isKeeping(keeping)) return keeping.state === 'none' ? none(keeping.because) : unknown(keeping.because)
  return retentionLoss({ writtenAtMs, filledAtMs: null, behindBytes: null }, keeping, { age: AGES, bytes: null }, nowMs)
}

/** A file goes when the last of its records is older than the retention, with the next check. */
function lossByTime(
  { writtenAtMs, filledAtMs }: Place,
  { spanMs, checkMs }: Keeping,
  retentionMs: number,
  growth: Range | null,
  nowMs: number,
): Forecast {
  if (writtenAtMs === null) return unknown('ageUnknown')
  if (growth === null) return unknown('rateUnknown')
  const age = { low: nowMs - writtenAtMs.high, high: nowMs - writtenAtMs.low }
  const spans = [spanMs, filledAtMs === null ? null : Math.max(0, filledAtMs - writtenAtMs.high)]
  const limit = { low: retentionMs, high: retentionMs + leastKnown(spans) }
  return lossAt(crossing(age, limit, growth, nowMs), checkMs, nowMs, 'retention')
}

/** A file goes when what was written behind it fills the limit, with the next check. */
function lossBySize(
  { behindBytes }: Place,
  { segmentBytes, checkMs }: Keeping,
  retentionBytes: number,
  growth: Range | null,
  nowMs: number,
): Forecast {
  if (behindBytes === null) return unknown('sizeUnknown')
  if (growth === null) return unknown('rateUnknown')
  const limit = { low: retentionBytes, high: retentionBytes + (segmentBytes ?? Infinity) }
  return lossAt(crossing(behindBytes, limit, growth, nowMs), checkMs, nowMs, 'retentionBySize')
}

function lossAt(
  moments: Moments | null,
  checkMs: number | null,
  nowMs: number,
  because: 'retention' | 'retentionBySize',
): Forecast {
  if (moments === null) return none(because === 'retention' ? 'catchesUp' : 'notGrowing')
  const { earliestAtMs, latestAtMs } = moments
  const checkedAtMs = latestAtMs === null || checkMs === null ? null : latestAtMs + checkMs
  return between({ earliestAtMs, latestAtMs: checkedAtMs }, nowMs, because)
}

function leastKnown(values: readonly (number | null)[]): number {
  return Math.min(...values.map((value) => value ?? Infinity))
}

/** Sizes of records are not even: what is counted in messages is known in bytes to a tenth. */
export const UNEVEN_SIZES: Range = { low: 0.9, high: 1.1 }

export function bytesOf(messages: Range, bytesPerMessage: number): Range {
  return scaled({ low: messages.low * bytesPerMessage, high: messages.high * bytesPerMessage }, UNEVEN_SIZES)
}
