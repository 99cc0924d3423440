/** Which replays need a second person. Pure. */
import type { ReplayRequest } from './replay-types.ts'

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
