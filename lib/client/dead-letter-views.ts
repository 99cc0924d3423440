/** What the pages of dead letters conclude from the API's answers for showing them. Pure. */
import type { CauseAnswer, CauseListAnswer, DeadLetterAnswer } from '../api/schemas/dead-letters.ts'
import type { DlqAnswer } from '../api/schemas/dlqs.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../units.ts'
import type { RecordPlace } from './queries/dead-letters.ts'
import type { Bounds } from './time-range.ts'

export interface TemplatePart {
  text: string
  /** It stands for what differs from record to record. */
  isValue: boolean
}

const ANY = '<*>'

/** A message cut into what is constant and what varies. */
export function templateParts(template: string): TemplatePart[] {
  return template
    .split(ANY)
    .flatMap((text, index) => [
      ...(index === 0 ? [] : [{ text: ANY, isValue: true }]),
      ...(text === '' ? [] : [{ text, isValue: false }]),
    ])
}

export interface Trend {
  points: { t: number; min: number; max: number; avg: number; last: number }[]
  stepSeconds: number
  bounds: Bounds
}

/** Arrivals by step as a line; null when nothing was counted. */
export function trendOf(cause: Pick<CauseAnswer, 'trend' | 'trendStepSeconds' | 'trendUntil'>): Trend | null {
  const { trend, trendStepSeconds, trendUntil } = cause
  if (trendUntil === null || trend.length === 0 || trendStepSeconds <= 0) return null
  const stepMs = trendStepSeconds * SECOND_MS
  const toMs = Date.parse(trendUntil)
  const fromMs = toMs - trend.length * stepMs
  const points = trend.map((count, index) => {
    const t = fromMs + index * stepMs
    return { t, min: count, max: count, avg: count, last: count }
  })
  return { points, stepSeconds: trendStepSeconds, bounds: { fromMs, toMs } }
}

/** Quiet for longer than this, a cause no longer counts as arriving. */
const ARRIVING_MS = 10 * MINUTE_MS

export function isArriving(cause: Pick<CauseAnswer, 'lastSeenAt'>, nowMs: number): boolean {
  return cause.lastSeenAt !== null && nowMs - Date.parse(cause.lastSeenAt) < ARRIVING_MS
}

export interface ScanProgress {
  /** Records that were looked at, as far as offsets tell; null when an end is not known. */
  readRecords: number | null
  totalRecords: number | null
  /** 0 to 1; null when it cannot be told. */
  ratio: number | null
  isComplete: boolean
  /** Nothing was read yet. */
  isUnread: boolean
}

/** How much of a queue is counted. `stored`: what lies in it; null when unknown. */
export function scanProgress(
  answer: Pick<CauseListAnswer, 'scannedTo' | 'complete'>,
  stored: number | null,
): ScanProgress {
  const { scannedTo, complete } = answer
  const left = scannedTo.reduce<number | null>(
    (sum, { offset, endOffset }) => (sum === null || endOffset === null ? null : sum + Math.max(0, endOffset - offset)),
    0,
  )
  const isKnown = stored !== null && left !== null
  const readRecords = isKnown ? Math.max(0, stored - left) : null
  const ratio = readRecords === null || stored === null ? null : stored === 0 ? 1 : readRecords / stored
  return {
    readRecords,
    totalRecords: stored,
    ratio: complete ? 1 : ratio,
    isComplete: complete,
    isUnread: !complete && scannedTo.length === 0,
  }
}

export type NeedKind = 'expired' | 'expiring' | 'arriving' | 'writeOnly'

export interface Need {
  kind: NeedKind
  dlq: DlqAnswer
  level: 'atRisk' | 'watch'
}

/** A person who comes to work tomorrow still has time for what expires later. */
const EXPIRING_MS = DAY_MS
const URGENT_MS = 6 * HOUR_MS
/** A queue that takes less than one in two minutes is not on fire. */
const ARRIVING_PER_MINUTE = 0.5

/**
 * Queues that a person should look at now: first those whose oldest records are about to be deleted, the soonest first,
 * then those that fill, the fastest first.
 */
export function needsPerson(dlqs: readonly DlqAnswer[], nowMs: number): Need[] {
  const open = dlqs.filter(({ depth, stored }) => (depth ?? stored ?? 0) > 0)
  const expiring = open
    .filter((dlq) => leftMs(dlq, nowMs) < EXPIRING_MS)
    .sort((one, other) => leftMs(one, nowMs) - leftMs(other, nowMs))
    .map((dlq): Need => {
      const left = leftMs(dlq, nowMs)
      return { kind: left <= 0 ? 'expired' : 'expiring', dlq, level: left < URGENT_MS ? 'atRisk' : 'watch' }
    })
  const arriving = open
    .filter(({ arrivalsPerMinute }) => (arrivalsPerMinute ?? 0) >= ARRIVING_PER_MINUTE)
    .sort((one, other) => (other.arrivalsPerMinute ?? 0) - (one.arrivalsPerMinute ?? 0))
    .map((dlq): Need => ({ kind: 'arriving', dlq, level: 'watch' }))
  const writeOnly = open
    .filter(({ isReadable }) => isReadable === false)
    .map((dlq): Need => ({ kind: 'writeOnly', dlq, level: 'watch' }))
  return [...expiring, ...arriving, ...writeOnly]
}

/** Of some queue it is not known how much it holds, whether it fills, or when it expires: no reason for calm words. */
export function isNeedUnknown(dlqs: readonly DlqAnswer[]): boolean {
  return dlqs.some(({ depth, stored, arrivalsPerMinute, expiresAt }) => {
    const held = depth ?? stored
    return held === null || (held > 0 && (arrivalsPerMinute === null || expiresAt.state === 'unknown'))
  })
}

function leftMs({ expiresAt }: DlqAnswer, nowMs: number): number {
  if (expiresAt.state !== 'forecast' || expiresAt.earliest === null) return Infinity
  return Date.parse(expiresAt.earliest) - nowMs
}

/** How near the first loss is, for its colour. */
export function expiryLevel(dlq: DlqAnswer, nowMs: number): 'atRisk' | 'watch' | null {
  const left = leftMs(dlq, nowMs)
  if (left < URGENT_MS) return 'atRisk'
  return left < EXPIRING_MS ? 'watch' : null
}

/** `com.acme.PaymentDeclined` as package and name: the name is what people know it by. */
export function splitClassName(name: string): [string, string] {
  const at = Math.max(name.lastIndexOf('.'), name.lastIndexOf('$'))
  return [name.slice(0, at + 1), name.slice(at + 1)]
}

/** Names a record within its queue. */
export function placeKey({ partition, broker, offset }: RecordPlace): string {
  return broker === null ? `${partition}:${offset}` : `${broker}:${partition}:${offset}`
}

export function placeOfRecord({ partition, broker, offset }: RecordPlace): RecordPlace {
  return { partition, broker, offset }
}

/** Where a record was at each of its deaths, the oldest first: the way from its origin to here. */
export function wayOf(record: Pick<DeadLetterAnswer, 'hops' | 'origin'>): DeadLetterAnswer['hops'] {
  return [...record.hops].reverse()
}

/** What one line says of why a record died. */
export function shortCause(record: Pick<DeadLetterAnswer, 'exception'>): {
  name: string | null
  message: string | null
} {
  const { exception } = record
  if (exception === null) return { name: null, message: null }
  return {
    name: exception.rootCauseClass ?? exception.class,
    message: exception.causeMessage ?? exception.message,
  }
}

export type Removal = 'kept' | 'removed' | 'replaced'

const OWN_PREFIX = 'holdfast-replay-'

/** What a replay does with a header of this name. */
export function removalOf(name: string, removedOnReplay: ReadonlySet<string>): Removal {
  if (!removedOnReplay.has(name)) return 'kept'
  return name.startsWith(OWN_PREFIX) ? 'replaced' : 'removed'
}
