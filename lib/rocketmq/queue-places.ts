/** Where the queues of a broker name live: who leads, who has copies, who of them is in sync. Pure. */
import type { RocketmqReplication } from '../cluster/rocketmq-state.ts'
import type { BrokerName } from './broker-members.ts'
import type { BrokerSettings } from './config-mapping.ts'
import type { MemberReadings } from './read-members.ts'
import type { QueuePlace } from './rocketmq-mapping.ts'

export interface PlaceSources {
  readings: MemberReadings
  replications: ReadonlyMap<string, RocketmqReplication>
  settings(memberId: string): BrokerSettings | null
}

/**
 * Without a master in the route nothing can be written: there is no leader, and nobody is in sync with one. A master
 * that is listed and does not answer may be well or not, so its ISR is unknown.
 */
export function placeOf({ brokerName, master, slaves }: BrokerName, sources: PlaceSources): QueuePlace {
  const members = master === null ? slaves : [master, ...slaves]
  const settings = (master ?? slaves[0]) && sources.settings((master ?? slaves[0])?.id ?? '')
  return {
    brokerName,
    leader: master?.id ?? null,
    replicas: members.map(({ id }) => id),
    isr: inSyncMembers(
      master?.id ?? null,
      slaves.map(({ id }) => id),
      sources,
    ),
    offlineReplicas: members.filter(({ id }) => sources.readings.get(id)?.fault !== null).map(({ id }) => id),
    // A slave's own settings say what it would wait for as a master, which it is not.
    minIsr: master === null ? null : (settings?.minIsr ?? null),
    retentionMs: settings?.retentionMs ?? null,
  }
}

function inSyncMembers(
  master: string | null,
  slaves: readonly string[],
  { readings, replications }: PlaceSources,
): string[] | null {
  if (master === null) return []
  if (readings.get(master)?.fault !== null) return null
  return [master, ...slaves.filter((id) => replications.get(id)?.inSync === true)]
}
