/** What the ledger adds to a verdict. */
import type { Verdict } from '../observation.ts'

/** An open loss makes its cluster `losing` until somebody acknowledges it. What was never polled stays unknown. */
export function levelWithLosses(verdict: Verdict | null, openOfOwned: number): Verdict['level'] {
  if (verdict === null) return 'unknown'
  return openOfOwned > 0 ? 'losing' : verdict.level
}
