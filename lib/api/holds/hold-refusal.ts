import type { ClusterConfig } from '../../cluster/cluster-config.ts'
import { type ErrorFacts, HoldfastError } from '../../errors.ts'
import { reservedTimeCommand } from '../../holds/hold-commands.ts'
import type { HoldRefusal } from '../../holds/plan-hold.ts'
import { addressOf } from '../address-of.ts'

/** With what its words need. */
export function refusalError(code: HoldRefusal, topic: string, cluster: ClusterConfig): HoldfastError {
  const facts: ErrorFacts = { cluster: cluster.id, topic }
  if (code === 'hold_unsupported') facts.command = reservedTimeCommand(addressOf(cluster))
  return new HoldfastError(code, facts)
}
