/** What the page of losses concludes from them. Pure. */
import type { LossAnswer } from '../api/schemas/losses.ts'
import { HOUR_MS } from '../units.ts'
import type { StateLevel } from './states.ts'
import type { Bounds } from './time-range.ts'

export const LOSS_FILTERS = ['open', 'acknowledged', 'all'] as const
export type LossFilter = (typeof LOSS_FILTERS)[number]

export function parseLossFilter(text: string): LossFilter {
  return LOSS_FILTERS.find((filter) => filter === text) ?? 'open'
}

export type LossState = 'open' | 'acknowledged' | 'abandoned'

export function lossState({
  acknowledgedAt,
  isAbandoned,
}: Pick<LossAnswer, 'acknowledgedAt' | 'isAbandoned'>): LossState {
  if (acknowledgedAt !== null) return 'acknowledged'
  return isAbandoned ? 'abandoned' : 'open'
}

/** What somebody knows of is quiet, and so is what nobody misses. */
export const LOSS_LEVEL: Record<LossState, StateLevel> = { open: 'losing', abandoned: 'watch', acknowledged: 'safe' }

/** From the first that was found to the present, with room on both sides. Clusters that were polled since are ahead of it. */
export function timelineOf(losses: readonly Pick<LossAnswer, 'firstDetectedAt'>[], nowMs: number): Bounds | null {
  if (losses.length === 0) return null
  const foundMs = losses.map(({ firstDetectedAt }) => Date.parse(firstDetectedAt))
  const toMs = Math.max(nowMs, ...foundMs)
  const spanMs = Math.max(HOUR_MS, toMs - Math.min(...foundMs))
  return { fromMs: toMs - spanMs * 1.05, toMs: toMs + spanMs * 0.02 }
}

/** The names of facts that have words, in the order in which they came. */
export function shownEvidence<Name extends string>(
  evidence: LossAnswer['evidence'],
  known: (name: string) => name is Name,
): [Name, string | number][] {
  return Object.entries(evidence).flatMap(([name, value]): [Name, string | number][] =>
    known(name) ? [[name, value]] : [],
  )
}
