/** What both systems have: NameServers apart, how much of the cluster is known at all. */
import type { FaultCode } from '../../cluster/fault.ts'
import type { FactKind, FactStatus } from '../../cluster/snapshot.ts'
import { type ClusterRule, hit, MISS } from './rule.ts'

export const CLUSTER_RULES: readonly ClusterRule[] = [
  {
    ...{ code: 'cluster.partlyUnknown', system: 'both', severity: 'warning', scope: 'cluster' },
    judge({ facts, unknownPartitions, isFrozen }) {
      const failed = facts.filter((status) => status.faultCount > 0)
      if ((unknownPartitions === 0 || isFrozen) && failed.length === 0) return MISS
      const severity = unknownPartitions > 0 || failed.some(isDisquieting) ? 'warning' : 'info'
      const kinds = failed.map((status) => status.kind).join(', ') || 'none'
      return hit(severity, { partitions: unknownPartitions, kinds })
    },
  },
]

/** Without these nobody can say that every copy is in sync and no group was overrun. */
const NEEDED_FOR_SAFE: ReadonlySet<FactKind> = new Set(['metadata', 'offsets', 'groups', 'committedOffsets'])

/** What a cluster refuses for good is known to be missing; anything else that is not answered may hide trouble. */
const REFUSALS: ReadonlySet<FaultCode> = new Set(['authorizationFailed', 'unsupportedByBroker'])

function isDisquieting({ kind, faults }: FactStatus): boolean {
  return NEEDED_FOR_SAFE.has(kind) || faults.some(({ fault }) => !REFUSALS.has(fault.code))
}
