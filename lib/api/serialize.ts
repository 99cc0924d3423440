/** From the types inside to JSON: the one place where bigints become numbers and times become text. */
import type { Fault } from '../cluster/fault.ts'
import type { ClusterKind } from '../cluster/snapshot.ts'
import type { Forecast as ForecastMoment } from '../durability/observation.ts'
import { HoldfastError } from '../errors.ts'
import type { Locale } from '../i18n/locale.ts'
import { translate } from '../i18n/translate.ts'
import type { FaultAnswer, Forecast } from './schemas/common.ts'

/** What brokers say for "unlimited". */
const MAX_INT64 = 2n ** 63n - 1n
const UNLIMITED = -1

/** @throws HoldfastError `internal` for a value that JSON numbers cannot carry exactly */
export function toNumber(value: bigint): number {
  if (value === MAX_INT64) return UNLIMITED
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw new HoldfastError('internal', { unsafeInteger: String(value) })
  return number
}

export function toNumberOrNull(value: bigint | null): number | null {
  return value === null ? null : toNumber(value)
}

type WithNumbers<T> = { [K in keyof T]: bigint extends T[K] ? number | Exclude<T[K], bigint> : T[K] }

/** The same fields with numbers for bigints. */
export function withNumbers<T extends object>(fields: T): WithNumbers<T> {
  const entries = Object.entries(fields).map(([name, value]) => [
    name,
    typeof value === 'bigint' ? toNumber(value) : value,
  ])
  return Object.fromEntries(entries) as WithNumbers<T>
}

export function toIso(atMs: number): string {
  return new Date(atMs).toISOString()
}

export function toIsoOrNull(atMs: number | null): string | null {
  return atMs === null ? null : toIso(atMs)
}

/** Seconds and rates are measurements; more digits than these say nothing. */
export function round(value: number | null, digits = 3): number | null {
  if (value === null || !Number.isFinite(value)) return null
  const factor = 10 ** digits
  return Math.round(value * factor) / factor
}

/** In which language, and in which system's words. */
export interface WordChoice {
  locale: Locale
  system: ClusterKind
}

/** A cluster that was never polled has no words to choose. */
export function wordsOf(cluster: { kind: ClusterKind } | null, locale: Locale): WordChoice {
  return { locale, system: cluster?.kind ?? 'kafka' }
}

export function toFaultAnswer(fault: Fault, words: WordChoice): FaultAnswer
export function toFaultAnswer(fault: Fault | null, words: WordChoice): FaultAnswer | null
export function toFaultAnswer(fault: Fault | null, { locale, system }: WordChoice): FaultAnswer | null {
  if (fault === null) return null
  return {
    code: fault.code,
    message: translate(locale, 'faults', `${fault.code}.message`, fault.facts, system),
    fix: translate(locale, 'faults', `${fault.code}.fix`, fault.facts, system),
    facts: fault.facts,
  }
}

export function toForecastAnswer({ state, earliestAtMs, latestAtMs, because }: ForecastMoment): Forecast {
  return { state, earliest: toIsoOrNull(earliestAtMs), latest: toIsoOrNull(latestAtMs), because }
}
