/** What an approval is bound to: one hash over everything that decides what a replay does. Pure. */
import { createHash } from 'node:crypto'
import type { DlqProfile } from '../dlq/profile.ts'
import type { ReplayRate } from './rate-limit.ts'
import type { PlanFacts, ReplayPart, ReplayRequest } from './replay-types.ts'

/** Changes when what the hash binds changes, so that an old approval does not fit a new meaning. */
const RULES = 1

/** Of everything but the rate, which may change until the start. */
export function planDigest(
  request: ReplayRequest,
  facts: PlanFacts,
  parts: readonly Pick<ReplayPart, 'partition' | 'broker' | 'selected' | 'skips'>[],
): string {
  const hash = createHash('sha256')
  const { reason: _, selection: __, ...bound } = request
  hash.update(canonical({ rules: RULES, request: bound, facts: { ...facts, plannedAtMs: null } }))
  for (const { partition, broker, selected, skips } of parts) {
    hash.update(canonical({ partition, broker }))
    hash.update(selected.encode())
    for (const { code, offsets } of skips) hash.update(code).update(offsets.encode())
  }
  return hash.digest('hex')
}

export function planHash(digest: string, { recordsPerSecond, bytesPerSecond }: ReplayRate): string {
  return createHash('sha256').update(canonical({ digest, recordsPerSecond, bytesPerSecond })).digest('hex')
}

export function profilesDigest(profiles: readonly DlqProfile[]): string {
  return createHash('sha256').update(canonical(profiles)).digest('hex')
}

/** The same text for the same value, in whichever order its fields were written. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === 'bigint') return `${part}n`
    if (part === null || typeof part !== 'object' || Array.isArray(part)) return part
    return Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
  })
}
