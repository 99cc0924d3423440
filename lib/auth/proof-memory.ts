/** Which proofs of who somebody is were good lately, so that a database that is away need not be asked. */
import { HOUR_MS } from '../units.ts'
import type { Principal } from './authenticator.ts'

/** For so long a session that ended without this process hearing of it still reads what needs no database. */
const RECALL_MS = HOUR_MS
const MAX_PROOFS = 1_000

export interface ProofMemory {
  /** What was found out about a proof, by its digest. One that is refused is forgotten at once. */
  note(proof: string | null, principal: Principal | null): void
  find(proof: string | null): Principal | null
}

export function createProofMemory(now: () => number): ProofMemory {
  const good = new Map<string, { principal: Principal; atMs: number }>()
  return {
    note(proof, principal) {
      if (proof === null) return
      good.delete(proof)
      if (principal !== null) good.set(proof, { principal, atMs: now() })
      const [oldest] = good.keys()
      if (oldest !== undefined && good.size > MAX_PROOFS) good.delete(oldest)
    },
    find(proof) {
      const known = proof === null ? undefined : good.get(proof)
      return known !== undefined && now() - known.atMs < RECALL_MS ? known.principal : null
    },
  }
}
