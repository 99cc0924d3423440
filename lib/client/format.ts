/**
 * How numbers are shown to people: pure arithmetic and the choice of units. The names of units are words and stand
 * in the message files; `use-format.ts` puts both together.
 *
 * Sizes are binary and say so: 1 KiB = 1,024 bytes. The decimal kB (1,000 bytes) is never used, since brokers,
 * file systems and Kafka's own settings count in powers of two.
 */
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../units.ts'

export const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const
export type ByteUnit = (typeof BYTE_UNITS)[number]

export interface ScaledBytes {
  value: number
  unit: ByteUnit
}

const KIBI = 1024

/** The largest unit in which the value is at least 1; a value that would round up to 1,024 moves one unit up. */
export function scaleBytes(bytes: number): ScaledBytes {
  let value = bytes
  let step = 0
  while (Math.abs(roundTo(value, digitsFor(value))) >= KIBI && step < BYTE_UNITS.length - 1) {
    value /= KIBI
    step += 1
  }
  return { value, unit: BYTE_UNITS[step] ?? 'B' }
}

/** Three significant figures at most below 100, whole numbers above. */
export function digitsFor(value: number): number {
  const size = Math.abs(value)
  if (Number.isInteger(value) || size >= 100) return 0
  return size >= 10 ? 1 : 2
}

function roundTo(value: number, digits: number): number {
  const factor = 10 ** digits
  return Math.round(value * factor) / factor
}

/** Time zones come from a cookie; more than anybody has, and the formatters are made anew. */
const MOST_KEPT = 64

/** Making one of `Intl`'s formatters takes longer than a hundred uses of it. */
function kept<Args extends readonly (string | number)[], Formatter>(
  make: (...args: Args) => Formatter,
): (...args: Args) => Formatter {
  const made = new Map<string, Formatter>()
  return (...args) => {
    const key = args.join(' ')
    let formatter = made.get(key)
    if (formatter === undefined) {
      if (made.size >= MOST_KEPT) made.clear()
      formatter = make(...args)
      made.set(key, formatter)
    }
    return formatter
  }
}

const numberFormat = kept(
  (locale: string, maximumFractionDigits: number) => new Intl.NumberFormat(locale, { maximumFractionDigits }),
)
const compactFormat = kept(
  (locale: string) => new Intl.NumberFormat(locale, { notation: 'compact', maximumSignificantDigits: 3 }),
)
const zoneFormat = kept((timeZone: string) => new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'shortOffset' }))
const fieldFormat = kept(
  (timeZone: string) =>
    new Intl.DateTimeFormat('en-CA', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
    }),
)

export function formatNumber(locale: string, value: number, maximumFractionDigits = 0): string {
  return numberFormat(locale, maximumFractionDigits).format(value)
}

/** 12,381 as "12.4K": only where the exact number stands beside it or in its title. */
export function formatCompact(locale: string, value: number): string {
  return compactFormat(locale).format(value)
}

/** A ratio of 0 to 1. Rounded down above 99 %, so that only a full disk reads "100 %". */
export function formatPercent(locale: string, ratio: number): string {
  const percent = ratio * 100
  const shown = percent >= 99 && percent < 100 ? Math.floor(percent) : Math.round(percent)
  return `${formatNumber(locale, shown)} %`
}

export type DurationUnit = 'day' | 'hour' | 'minute' | 'second' | 'millisecond'

export interface DurationPart {
  value: number
  unit: DurationUnit
}

const DURATION_STEPS: readonly { unit: DurationUnit; sizeMs: number; next: DurationUnit; nextMs: number }[] = [
  { unit: 'day', sizeMs: DAY_MS, next: 'hour', nextMs: HOUR_MS },
  { unit: 'hour', sizeMs: HOUR_MS, next: 'minute', nextMs: MINUTE_MS },
  { unit: 'minute', sizeMs: MINUTE_MS, next: 'second', nextMs: SECOND_MS },
]

/** The one or two largest units of a duration, rounded down: 11,521 s is 3 h 12 min. */
export function splitDuration(durationMs: number): DurationPart[] {
  const size = Math.abs(durationMs)
  if (size > 0 && size < SECOND_MS) return [{ value: Math.max(1, Math.round(size)), unit: 'millisecond' }]
  const step = DURATION_STEPS.find((candidate) => size >= candidate.sizeMs)
  if (step === undefined) return [{ value: Math.floor(size / SECOND_MS), unit: 'second' }]
  const value = Math.floor(size / step.sizeMs)
  const rest = Math.floor((size % step.sizeMs) / step.nextMs)
  // Beyond ten of the larger unit the smaller one is noise.
  if (rest === 0 || value >= 10) return [{ value, unit: step.unit }]
  return [
    { value, unit: step.unit },
    { value: rest, unit: step.next },
  ]
}

/** One unit only, rounded down: for ages that stand in a row of a table. */
export function roughDuration(durationMs: number): DurationPart {
  return splitDuration(durationMs)[0] ?? { value: 0, unit: 'second' }
}

/** Rates below 10 keep a decimal, so that a trickle does not read as zero. */
export function rateDigits(perSecond: number): number {
  if (perSecond === 0 || perSecond >= 100) return 0
  return perSecond >= 10 ? 1 : 2
}

/** "UTC+8", "UTC+5:30", "UTC". */
export function zoneOffsetName(timeZone: string, atMs: number): string {
  const parts = zoneFormat(timeZone).formatToParts(atMs)
  const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? 'UTC'
  return name.replace('GMT', 'UTC').replace(/\+0$/, '')
}

function fields(timeZone: string, atMs: number): Record<string, string> {
  return Object.fromEntries(
    fieldFormat(timeZone)
      .formatToParts(atMs)
      .map((part) => [part.type, part.value]),
  )
}

/** "2026-11-22 02:10:05": the same order in both languages, sortable and copyable. */
export function formatDateTime(timeZone: string, atMs: number): string {
  const { year, month, day, hour, minute, second } = fields(timeZone, atMs)
  return `${year}-${month}-${day} ${hour}:${minute}:${second}`
}

/** "02:10" on the day of `nowMs`, "11-21 02:10" on others. */
export function formatClock(timeZone: string, atMs: number, nowMs: number): string {
  const at = fields(timeZone, atMs)
  const now = fields(timeZone, nowMs)
  const isSameDay = at.year === now.year && at.month === now.month && at.day === now.day
  const clock = `${at.hour}:${at.minute}`
  return isSameDay ? clock : `${at.month}-${at.day} ${clock}`
}
