/** What the list of holds shows, and the state that each is shown as. */
import type { HoldRowAnswer } from '../api/schemas/holds.ts'
import type { StateLevel } from './states.ts'

export const HOLD_FILTERS = ['open', 'ended', 'all'] as const
export type HoldFilter = (typeof HOLD_FILTERS)[number]

type Shown = Pick<HoldRowAnswer, 'state' | 'isInEffect' | 'trouble'> & Partial<Pick<HoldRowAnswer, 'isSettled'>>

/** What was to be kept may be deleted, or nobody has given back what was there before: somebody has to look. */
export function holdLevel({ state, isInEffect, trouble, isSettled = false }: Shown): StateLevel {
  if (isSettled) return 'safe'
  if (state === 'conflict' || state === 'planned' || isInEffect === false) return 'atRisk'
  return trouble === null ? 'watch' : 'atRisk'
}
