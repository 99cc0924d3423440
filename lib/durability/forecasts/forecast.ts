/** How forecasts are made and put together. */
import type { Forecast, ForecastReason } from '../observation.ts'
import type { Moments } from './range.ts'

/** Most partitions say that nothing will come: one object for each reason spares comparing and storing them. */
const BARE = new Map<string, Forecast>()

export function none(because: ForecastReason): Forecast {
  return bare('none', because)
}

export function unknown(because: ForecastReason): Forecast {
  return bare('unknown', because)
}

function bare(state: 'none' | 'unknown', because: ForecastReason): Forecast {
  const key = `${state} ${because}`
  const known = BARE.get(key)
  if (known !== undefined) return known
  const made = { state, earliestAtMs: null, latestAtMs: null, because }
  BARE.set(key, made)
  return made
}

/**
 * The earliest moment may have passed: since then it may come with every check. Where the latest one has passed too,
 * something holds it back that was not seen, such as one time stamp of the future in the same segment.
 */
export function between({ earliestAtMs, latestAtMs }: Moments, nowMs: number, because: ForecastReason): Forecast {
  const isLate = latestAtMs !== null && latestAtMs < nowMs
  return {
    state: 'forecast',
    earliestAtMs: Math.round(earliestAtMs),
    latestAtMs: latestAtMs === null || isLate ? null : Math.round(Math.max(latestAtMs, earliestAtMs)),
    because: isLate ? 'overdue' : because,
  }
}

/**
 * What comes first of several that may come. Whether something unknown comes before what is known, nobody can say; that
 * nothing comes is said only when it is known of all.
 */
export function firstOf(forecasts: readonly Forecast[]): Forecast {
  let first: Forecast | null = null
  let latestAtMs = Infinity
  for (const forecast of forecasts) {
    if (forecast.state !== 'forecast') continue
    latestAtMs = Math.min(latestAtMs, forecast.latestAtMs ?? Infinity)
    if (first === null || earliestOf(forecast) < earliestOf(first)) first = forecast
  }
  if (first === null) return forecasts.find(isUnknown) ?? mostTelling(forecasts)
  if (latestAtMs === (first.latestAtMs ?? Infinity)) return first
  return { ...first, latestAtMs }
}

export function isUnknown({ state }: Forecast): boolean {
  return state === 'unknown'
}

function earliestOf({ earliestAtMs }: Forecast): number {
  return earliestAtMs ?? Infinity
}

/** That some are caught up says less than why the others lose nothing. */
function mostTelling(forecasts: readonly Forecast[]): Forecast {
  return forecasts.find(({ because }) => because !== 'caughtUp') ?? forecasts[0] ?? none('caughtUp')
}
