/** What the matrix of checks is asked for by its address, and where its cells lead. */
import type { CellState, MatrixSubject } from '../durability/check-states.ts'

export const MATRIX_SUBJECT_NAMES = ['topic', 'group', 'broker'] as const satisfies readonly MatrixSubject[]

/** Worst first, as the legend tells them. */
export const CELL_STATE_NAMES = [
  ...['critical', 'high', 'warning', 'info'],
  ...['muted', 'unknown', 'passed', 'notApplicable'],
] as const satisfies readonly CellState[]

/** There is something to look at. */
export function isNoted(state: CellState): boolean {
  return state !== 'passed' && state !== 'notApplicable'
}

/** Findings stand behind it. */
export function isFound(state: CellState): boolean {
  return isNoted(state) && state !== 'unknown'
}

/** The findings of a cell, as the filter of their list. Names hold no quotes in it. */
export function filterOfCell(code: string, type: MatrixSubject, name: string): string {
  return `code=${code} subjectType:${type} subject="${name.replaceAll('"', '')}"`
}
