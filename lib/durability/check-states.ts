/** What the matrix of checks is about, and what its cells say. */
import { SEVERITIES } from './observation.ts'

export const MATRIX_SUBJECTS = ['topic', 'group', 'broker'] as const
export type MatrixSubject = (typeof MATRIX_SUBJECTS)[number]

/**
 * A severity: the gravest that was found and is not muted. `muted`: all that was found is. `unknown`: the check could not
 * tell. `notApplicable`: it is about other subjects.
 */
export const CELL_STATES = [...SEVERITIES, 'muted', 'unknown', 'passed', 'notApplicable'] as const
export type CellState = (typeof CELL_STATES)[number]
