import type { Fault } from './fault.ts'

/** What was asked for, or why it is unknown. */
export type Outcome<T> = { value: T; fault: null } | { value: null; fault: Fault }
