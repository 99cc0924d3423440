'use client'

import type { ReplayAnswer } from '../../lib/api/schemas/replays.ts'
import { useNowValue } from '../../lib/client/now.tsx'

/** What needs approval and had it: nobody started it in time. */
export function useIsRunOut({ approvalEndsAt, plan }: ReplayAnswer): boolean {
  const endsAtMs = approvalEndsAt === null ? null : Date.parse(approvalEndsAt)
  return useNowValue((nowMs) => plan?.needsApproval === true && endsAtMs !== null && endsAtMs <= nowMs)
}
