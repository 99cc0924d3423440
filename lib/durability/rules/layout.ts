/** How a cluster is built, from its brokers. */
import type { ClusterKind } from '../../cluster/snapshot.ts'
import { saysTheSame } from '../../plain-data.ts'
import type { ObservedBroker } from '../observation.ts'
import { type Layout, numberOf } from './rule.ts'

export function layoutOf(
  kind: ClusterKind,
  brokers: readonly ObservedBroker[],
  restarting: ReadonlySet<string>,
): Layout {
  const data = brokers.filter(({ role }) => role !== 'controller')
  // A RocketMQ master and its slaves are one place to write to.
  const names = new Set(data.map(({ id, rocketmq }) => rocketmq?.brokerName ?? (kind === 'kafka' ? id : nameOf(id))))
  const racks = new Map(data.map(({ id, rack }) => [id, rack]))
  const fetches = data.flatMap(({ config }) => numberOf(config, 'replica.fetch.max.bytes') ?? [])
  return {
    dataBrokers: names.size,
    isSingle: data.length === 1,
    racks,
    rackCount: new Set([...racks.values()].filter((rack) => rack !== null)).size,
    replicaFetchMaxBytes: fetches.length === 0 ? null : Math.min(...fetches),
    restarting,
  }
}

function nameOf(id: string): string {
  return id.slice(0, id.lastIndexOf(':'))
}

export function isSameLayout(one: Layout | null, other: Layout): boolean {
  if (one === null) return false
  const { racks, restarting, ...rest } = one
  const { racks: otherRacks, restarting: otherRestarting, ...otherRest } = other
  const isSame = saysTheSame([...racks], [...otherRacks]) && saysTheSame([...restarting], [...otherRestarting])
  return isSame && saysTheSame(rest, otherRest)
}
