/** How it stands with a series at a poll or in a step: a value, or why there is none. */
import type { GapReason } from './history.ts'
import { ABSENT, PRESENT, UNKNOWN } from './slot-values.ts'

/** `absent`: the series was not there, so that nothing is missing. */
export type SeriesState = 'value' | 'absent' | GapReason

/** As stored in a chunk, where the index is the code; the first three are those of slots. Codes are never reused. */
const STATES: readonly SeriesState[] = ['absent', 'unknown', 'value', 'pollFailed', 'consoleDown', 'damaged']

export function stateOfCode(code: number): SeriesState {
  return STATES[code] ?? 'damaged'
}

export function codeOfState(state: SeriesState): number {
  return STATES.indexOf(state)
}

if (STATES[ABSENT] !== 'absent' || STATES[UNKNOWN] !== 'unknown' || STATES[PRESENT] !== 'value') {
  throw new Error('the states of series and of slots differ')
}
