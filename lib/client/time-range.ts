/** The stretch of time that charts show: a number of hours back from now, or two fixed moments after a zoom. */
import { useQueryState } from 'nuqs'
// From the part of nuqs that servers may run: pages read the range too, to ask for their data early.
import { createParser } from 'nuqs/server'
import { DAY_MS, HOUR_MS } from '../units.ts'

export const RANGE_PRESETS = ['1h', '6h', '24h', '7d', '30d', '1y'] as const
export type RangePreset = (typeof RANGE_PRESETS)[number]

/** A preset, or `fromMs-toMs`. Text, so that it can be part of a query key and of the address. */
export type TimeRange = RangePreset | `${number}-${number}`

export const DEFAULT_RANGE: RangePreset = '6h'

const RANGE_MS: Record<RangePreset, number> = {
  '1h': HOUR_MS,
  '6h': 6 * HOUR_MS,
  '24h': DAY_MS,
  '7d': 7 * DAY_MS,
  '30d': 30 * DAY_MS,
  '1y': 365 * DAY_MS,
}

export function isPreset(text: string): text is RangePreset {
  return RANGE_PRESETS.some((preset) => preset === text)
}

export function parseTimeRange(text: string): TimeRange | null {
  if (isPreset(text)) return text
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(text)
  if (match === null || Number(match[1]) >= Number(match[2])) return null
  return `${Number(match[1])}-${Number(match[2])}`
}

export interface Bounds {
  fromMs: number
  toMs: number
}

export function boundsOf(range: TimeRange, nowMs: number): Bounds {
  if (isPreset(range)) return { fromMs: nowMs - RANGE_MS[range], toMs: nowMs }
  const [from = '0', to = '0'] = range.split('-')
  return { fromMs: Number(from), toMs: Number(to) }
}

/** A step of at least a second that cuts the range into about `points` steps. */
export function stepSecondsFor(bounds: Bounds, points: number): number {
  return Math.max(1, Math.ceil((bounds.toMs - bounds.fromMs) / points / 1000))
}

const rangeParser = createParser<TimeRange>({
  parse: parseTimeRange,
  serialize: (range) => range,
}).withDefault(DEFAULT_RANGE)

/** The range in the address bar, shared by all charts of a page. */
export function useTimeRange(): [TimeRange, (range: TimeRange) => void] {
  const [range, setRange] = useQueryState('range', rangeParser)
  return [
    range,
    (next) => {
      void setRange(next)
    },
  ]
}
