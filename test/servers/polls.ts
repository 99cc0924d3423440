/** Polls of any driver, and what tests look up in their snapshots. */
import { vi } from 'vitest'
import type { ClusterDriver, PollHints } from '../../lib/cluster/cluster-driver.ts'
import type {
  BrokerState,
  ClusterSnapshot,
  GroupState,
  PartitionState,
  TopicState,
} from '../../lib/cluster/snapshot.ts'

const POLL_DEADLINE_MS = 60_000

export function pollOnce(driver: ClusterDriver, hints?: PollHints): Promise<ClusterSnapshot> {
  return driver.poll(AbortSignal.timeout(POLL_DEADLINE_MS), hints)
}

/** Polls until the snapshot satisfies the expectations, and answers it. */
export async function pollUntil(
  driver: ClusterDriver,
  expectations: (snapshot: ClusterSnapshot) => void,
  timeoutMs = 60_000,
): Promise<ClusterSnapshot> {
  return vi.waitFor(
    async () => {
      const snapshot = await pollOnce(driver)
      expectations(snapshot)
      return snapshot
    },
    { timeout: timeoutMs, interval: 300 },
  )
}

export function topicOf(snapshot: ClusterSnapshot, name: string): TopicState {
  const topic = snapshot.topics.find((one) => one.name === name)
  if (!topic) throw new Error(`no topic ${name} in ${snapshot.topics.map((one) => one.name)}`)
  return topic
}

/** `broker` is a part of a queue's name on RocketMQ. */
export function partitionOf(
  snapshot: ClusterSnapshot,
  name: string,
  partition: number,
  broker: string | null = null,
): PartitionState {
  const state = topicOf(snapshot, name).partitions.find((one) => one.partition === partition && one.broker === broker)
  if (!state) throw new Error(`no partition ${partition} of ${name}`)
  return state
}

export function brokerOf(snapshot: ClusterSnapshot, id: string): BrokerState {
  const broker = snapshot.brokers.find((one) => one.id === id)
  if (!broker) throw new Error(`no broker ${id} in ${snapshot.brokers.map((one) => one.id)}`)
  return broker
}

export function groupOf(snapshot: ClusterSnapshot, id: string): GroupState {
  const group = snapshot.groups.find((one) => one.id === id)
  if (!group) throw new Error(`no group ${id} in ${snapshot.groups.map((one) => one.id)}`)
  return group
}

/** Codes of all faults that the snapshot names about this kind of fact. */
export function faultsOf(snapshot: ClusterSnapshot, kind: ClusterSnapshot['facts'][number]['kind']): string[] {
  const status = snapshot.facts.find((fact) => fact.kind === kind)
  return (status?.faults ?? []).map(({ subject, fault }) => `${subject.type} ${subject.name}: ${fault.code}`)
}
