/** When dead letters of each kind arrived, by the hour and lately. From the blocks' summaries alone. Pure. */
import { HOUR_MS } from '../units.ts'
import type { RecordKind } from './block-codec.ts'
import type { PartitionIndex } from './block-store.ts'

export const TREND_STEPS = 24
export const TREND_STEP_MS = HOUR_MS
/** Of the steps: the one that is under way, and the one before. */
const RECENT_STEPS = 2

export interface KindTrend extends RecordKind {
  /** By step, the oldest first. */
  arrivals: Float64Array
  /** In the present hour and the one before. */
  recent: number
}

export interface Trends {
  kinds: KindTrend[]
  /** Where the last step ends. */
  untilMs: number
}

export function trendsOf(partitions: readonly PartitionIndex[], nowMs: number): Trends {
  const untilHour = Math.floor(nowMs / TREND_STEP_MS) + 1
  const fromHour = untilHour - TREND_STEPS
  const trends = new Map<string, KindTrend>()
  for (const { maxAtMs, kinds } of partitions.flatMap(({ blocks }) => blocks)) {
    if (maxAtMs === null || maxAtMs < fromHour * TREND_STEP_MS) continue
    for (const { causeId, originId, hours } of kinds) {
      const trend = trendOf(trends, { causeId, originId })
      for (let at = 0; at < hours.length; at += 2)
        addHour(trend, (hours[at] as number) - fromHour, hours[at + 1] as number)
    }
  }
  return { kinds: [...trends.values()], untilMs: untilHour * TREND_STEP_MS }
}

function trendOf(trends: Map<string, KindTrend>, { causeId, originId }: RecordKind): KindTrend {
  const key = `${causeId} ${originId}`
  const known = trends.get(key)
  if (known !== undefined) return known
  const made = { causeId, originId, arrivals: new Float64Array(TREND_STEPS), recent: 0 }
  trends.set(key, made)
  return made
}

function addHour(trend: KindTrend, step: number, records: number): void {
  if (step < 0 || step >= TREND_STEPS) return
  trend.arrivals[step] = (trend.arrivals[step] as number) + records
  if (step >= TREND_STEPS - RECENT_STEPS) trend.recent += records
}
