/** Who is in the cluster: a broker name has one master and any number of slaves. */
import type { RouteBroker, SyncStateOfBroker } from './rocketmq-requests.ts'

/** The NameServer lists whoever acts as master under this number. */
export const MASTER_NUMBER = 0

export interface Member {
  /** `name:number`, as everything outside of this folder names it. */
  id: string
  brokerName: string
  number: number
  clusterName: string
  /** As advertised. */
  address: string
  isMaster: boolean
}

export interface BrokerName {
  brokerName: string
  master: Member | null
  slaves: Member[]
}

/**
 * A controller numbers the members itself, from 1, and the master role moves between them; the NameServer lists the
 * acting master under 0. Its own number is then looked up by its address, or a failover would look like a new broker.
 */
export function membersOf(
  brokers: readonly RouteBroker[],
  syncStates: ReadonlyMap<string, SyncStateOfBroker>,
): Member[] {
  return brokers.flatMap(({ brokerName, clusterName, addresses }) => {
    const states = syncStates.get(brokerName)
    const numbered = new Map(
      [...(states?.inSync ?? []), ...(states?.notInSync ?? [])].map((member) => [member.address, member.number]),
    )
    return addresses.map(([listed, address]): Member => {
      const number = numbered.get(address) ?? listed
      const isMaster = listed === MASTER_NUMBER
      return { id: memberId(brokerName, number), brokerName, number, clusterName, address, isMaster }
    })
  })
}

export function memberId(brokerName: string, number: number): string {
  return `${brokerName}:${number}`
}

export function byBrokerName(members: readonly Member[]): BrokerName[] {
  const names = Map.groupBy(members, ({ brokerName }) => brokerName)
  return [...names].map(([brokerName, ofName]) => ({
    brokerName,
    master: ofName.find(({ isMaster }) => isMaster) ?? null,
    slaves: ofName.filter(({ isMaster }) => !isMaster).sort((one, other) => one.number - other.number),
  }))
}
