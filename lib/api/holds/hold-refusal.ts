import type { ClusterConfig } from '../../cluster/cluster-config.ts'
import { type ErrorFacts, HoldfastError } from '../../errors.ts'
import { heldBroker } from '../../holds/held-broker.ts'
import type { StoredHold } from '../../holds/hold-store.ts'
import type { HoldRefusal, PlannedTopic } from '../../holds/plan-hold.ts'

export type PreviewRefusal = { code: HoldRefusal } | { code: 'hold_broker_held'; broker: string; held: string }

/** Null where no open hold of another topic has changed a broker of this one. */
export function brokerHeldRefusal(
  others: readonly StoredHold[],
  { brokers }: Pick<PlannedTopic, 'brokers'>,
): PreviewRefusal | null {
  const found = heldBroker(others, brokers)
  return found && { code: 'hold_broker_held', broker: found.broker, held: found.topic }
}

/** With what its words need. */
export function refusalError({ code, ...more }: PreviewRefusal, topic: string, cluster: ClusterConfig): HoldfastError {
  const facts: ErrorFacts = { cluster: cluster.id, topic, ...more }
  return new HoldfastError(code, facts)
}
