/** Which replays need a second person, and until when one has agreed. Pure. */
import { MINUTE_MS } from '../units.ts'
import type { ReplayJob, ReplayRequest } from './replay-types.ts'

export interface ApprovalPolicy {
  /** From this many messages on; null: size alone never asks for it. */
  minMessages: number | null
  /** Whatever goes to or comes from one of these. */
  clusters: readonly string[]
}

export function needsApproval(
  { minMessages, clusters }: ApprovalPolicy,
  { clusterId, target }: Pick<ReplayRequest, 'clusterId' | 'target'>,
  messages: bigint,
): boolean {
  if (clusters.includes(clusterId) || clusters.includes(target.clusterId)) return true
  return minMessages !== null && messages >= BigInt(minMessages)
}

/** Null: nobody has agreed, or it was started while that held. */
export function approvalEndsAtMs(
  { approvedAtMs, startedAtMs }: Pick<ReplayJob, 'approvedAtMs' | 'startedAtMs'>,
  expiresMinutes: number,
): number | null {
  return approvedAtMs === null || startedAtMs !== null ? null : approvedAtMs + expiresMinutes * MINUTE_MS
}
