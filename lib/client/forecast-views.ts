/** How a forecast is told: in how long, and how near that is. Pure. */
import type { Forecast } from '../api/schemas/common.ts'
import { DAY_MS, HOUR_MS } from '../units.ts'

/** What a person is called for, and what can wait until tomorrow. */
const URGENT_MS = 4 * HOUR_MS
const NEAR_MS = DAY_MS

/** The name of the sentence, and the moments in it, as durations from now. */
export type ForecastText =
  | { kind: 'none' | 'unknown' | 'anyMoment' }
  | { kind: 'within'; toMs: number }
  | { kind: 'from'; fromMs: number }
  | { kind: 'between'; fromMs: number; toMs: number }

export function forecastText({ state, earliest, latest }: Forecast, nowMs: number): ForecastText {
  if (state !== 'forecast') return { kind: state }
  const fromMs = earliest === null ? 0 : Date.parse(earliest) - nowMs
  const toMs = latest === null ? null : Date.parse(latest) - nowMs
  if (toMs !== null && toMs <= 0) return { kind: 'anyMoment' }
  if (fromMs <= 0) return toMs === null ? { kind: 'anyMoment' } : { kind: 'within', toMs }
  return toMs === null ? { kind: 'from', fromMs } : { kind: 'between', fromMs, toMs }
}

/** By the earliest moment; null where it is far, or nothing is forecast. */
export function forecastLevel({ state, earliest }: Forecast, nowMs: number): 'atRisk' | 'watch' | null {
  if (state !== 'forecast' || earliest === null) return null
  const leftMs = Date.parse(earliest) - nowMs
  if (leftMs < URGENT_MS) return 'atRisk'
  return leftMs < NEAR_MS ? 'watch' : null
}
