import type { PartitionState } from '../cluster/snapshot.ts'
import { type Durability, LADDER, type LadderStep } from './observation.ts'

/** What of a partition decides its place. */
export type LadderFacts = Pick<PartitionState, 'leader' | 'isr' | 'replicas' | 'reassignment'>

/**
 * A partition's place on the durability ladder.
 *
 * The effective min ISR is the topic's own, capped by the replica count, as current brokers cap it. When it
 * is unknown its smallest value, 1, is taken: the place is then the best one that is still possible to be
 * wrong about in the safe direction only for writes, and the topic says `isPartial`.
 *
 * @param isFrozen the metadata comes from a cluster without an active controller: nothing can be believed.
 */
export function durabilityOf(partition: LadderFacts, minIsr: number | null, isFrozen: boolean): Durability {
  if (isFrozen || partition.isr === null) return 'unknown'
  if (partition.leader === null) return 'offline'
  const wanted = wantedReplicas(partition)
  const inSync = partition.isr.length
  if (inSync >= wanted) return 'healthy'
  const effectiveMinIsr = Math.min(minIsr ?? 1, wanted)
  if (inSync < effectiveMinIsr) return 'underMinIsr'
  return inSync === effectiveMinIsr ? 'atMinIsr' : 'underReplicated'
}

/** Replicas that ought to be in sync: those that a reassignment is only adding are not expected to be yet. */
export function wantedReplicas(partition: Pick<LadderFacts, 'replicas' | 'reassignment'>): number {
  return partition.replicas.length - (partition.reassignment?.adding.length ?? 0)
}

const RANK = new Map<Durability, number>(LADDER.map((step, rank) => [step, rank]))

/** The worst known place of several and whether some are unknown; `unknown` when none is known. */
export function worstDurability(places: Iterable<Durability>): { durability: Durability; isPartial: boolean } {
  let worst: LadderStep | null = null
  let isPartial = false
  for (const place of places) {
    if (place === 'unknown') isPartial = true
    else if (worst === null || rank(place) > rank(worst)) worst = place
  }
  return { durability: worst ?? 'unknown', isPartial }
}

function rank(place: Durability): number {
  return RANK.get(place) ?? -1
}
