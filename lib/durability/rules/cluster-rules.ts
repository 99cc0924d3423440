/** What both systems have: NameServers apart, how much of the cluster is known at all. */
import type { FaultCode } from '../../cluster/fault.ts'
import type { FactKind, FactStatus } from '../../cluster/snapshot.ts'
import { type ClusterRule, hit, MISS, RESTART_GRACE_MS, type Scene } from './rule.ts'

export const CLUSTER_RULES: readonly ClusterRule[] = [
  {
    ...{ code: 'cluster.partlyUnknown', system: 'both', severity: 'warning', scope: 'cluster' },
    judge(scene) {
      const { facts, unknownPartitions, isFrozen } = scene
      const failed = facts.filter((status) => status.faultCount > 0)
      const isSuspect = unknownPartitions > 0 || failed.some(isDisquieting)
      const isPassing = mayPass(scene, isSuspect && !failed.some(isRefused))
      if ((unknownPartitions === 0 || isFrozen) && failed.length === 0) return MISS
      const severity = isSuspect && !isPassing ? 'warning' : 'info'
      const kinds = failed.map((status) => status.kind).join(', ') || 'none'
      return hit(severity, { partitions: unknownPartitions, kinds })
    },
  },
]

/**
 * A broker that goes leaves what it was asked unanswered, for a poll. While one restarts, leaders and coordinators move, and
 * what they are asked meanwhile fails. Of more brokers at once, or for longer, it may be the net.
 */
function mayPass({ layout, stills, nowMs }: Scene, isUnanswered: boolean): boolean {
  const key = 'cluster.partlyUnknown'
  const watchedSinceMs = stills.since(`${key}\nwatched`, 0n, nowMs)
  const sinceMs = stills.since(key, isUnanswered ? 1n : 0n, nowMs)
  if (!isUnanswered) return false
  if (layout.restarting.size === 1) return nowMs - sinceMs < RESTART_GRACE_MS
  return layout.restarting.size === 0 && sinceMs === nowMs && watchedSinceMs < nowMs
}

/** Without these nobody can say that every copy is in sync and no group was overrun. */
const NEEDED_FOR_SAFE: ReadonlySet<FactKind> = new Set(['metadata', 'offsets', 'groups', 'committedOffsets'])

/** What a cluster refuses for good is known to be missing; anything else that is not answered may hide trouble. */
const REFUSALS: ReadonlySet<FaultCode> = new Set(['authorizationFailed', 'unsupportedByBroker'])

function isDisquieting({ kind, faults }: FactStatus): boolean {
  return NEEDED_FOR_SAFE.has(kind) || faults.some(({ fault }) => !REFUSALS.has(fault.code))
}

function isRefused({ kind, faults }: FactStatus): boolean {
  return NEEDED_FOR_SAFE.has(kind) && faults.some(({ fault }) => REFUSALS.has(fault.code))
}
