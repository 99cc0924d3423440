/**
 * When retention deletes a record: by its age, or because of what was written behind it. See README.md for the arithmetic.
 */
import type { Forecast } from '../observation.ts'
import { between, firstOf, none, unknown } from './forecast.ts'
import { isKeeping, type Keeping, type KeepingOrNot } from './keeping.ts'
import { crossing, exactly, type Moments, type Range } from './range.ts'

/** Where a record stands in its log. */
export interface Place {
  /** When it was written; null: not known. */
  writtenAtMs: Range | null
  /** When the file that holds it was full, as far as its size tells; null: not known. */
  filledAtMs: number | null
  /** From it to the end of that file, at most; null: not known. */
  fileMessages: number | null
  /** From it to the end of the log; null: not known. */
  messagesBehind: number | null
  /** On the average of the log; null: not known. */
  bytesPerMessage: number | null
}

/** How a reader's place moves. A record that nobody reads ages by a millisecond each. */
export interface Growth {
  /** Of the age, in milliseconds per millisecond; null: not known. */
  age: Range | null
  /** Of the messages behind it, per millisecond; null: not known. */
  messages: Range | null
}

export const AGES = exactly(1)

/** When the record at `place` goes, or what a moving reader stands at then. */
export function retentionLoss(place: Place, keeping: Keeping, growth: Growth, nowMs: number): Forecast {
  if (keeping.isForced) return between({ earliestAtMs: nowMs, latestAtMs: null }, nowMs, 'forcedCleaning')
  const losses: Forecast[] = []
  if (keeping.retentionMs !== null) losses.push(lossByTime(place, keeping, keeping.retentionMs, growth.age, nowMs))
  if (keeping.retentionBytes !== null)
    losses.push(lossBySize(place, keeping, keeping.retentionBytes, growth.messages, nowMs))
  // What is not known of the one limit may come before what is known of the other.
  return losses.find(({ state }) => state === 'unknown') ?? firstOf(losses)
}

const NO_SIZE = { filledAtMs: null, fileMessages: null, messagesBehind: null, bytesPerMessage: null }

/** When a record that nobody will read any more goes, by what is known of its age alone. */
export function agedLoss(writtenAtMs: Range, keeping: KeepingOrNot, nowMs: number): Forecast {
  if (!isKeeping(keeping)) return keeping.state === 'none' ? none(keeping.because) : unknown(keeping.because)
  return retentionLoss({ writtenAtMs, ...NO_SIZE }, keeping, { age: AGES, messages: null }, nowMs)
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

/**
 * A file goes when what was written behind it fills the limit, with the next check. Counted in messages: how many there are is
 * known exactly, and how large only on the average.
 */
function lossBySize(
  { messagesBehind, bytesPerMessage, fileMessages }: Place,
  { segmentBytes, spanMs, checkMs }: Keeping,
  retentionBytes: number,
  growth: Range | null,
  nowMs: number,
): Forecast {
  if (messagesBehind === null || bytesPerMessage === null || bytesPerMessage <= 0) return unknown('sizeUnknown')
  if (growth === null) return unknown('rateUnknown')
  const size = { low: bytesPerMessage * UNEVEN_SIZES.low, high: bytesPerMessage * UNEVEN_SIZES.high }
  const asFast = (spanMs ?? Infinity) * Math.max(0, growth.high)
  const segment = Math.min((segmentBytes ?? Infinity) / size.low, fileMessages ?? asFast)
  const limit = { low: retentionBytes / size.high, high: retentionBytes / size.low + segment }
  return lossAt(crossing(exactly(messagesBehind), limit, growth, nowMs), checkMs, nowMs, 'retentionBySize')
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

/** The messages of a part of the log may be smaller or larger than those of all of it. */
export const UNEVEN_SIZES: Range = { low: 0.95, high: 1.05 }
