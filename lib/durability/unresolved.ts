/** How many records of a dead-letter queue nobody has handled, from what it stores and what the inbox has counted. Pure. */
import type { DeclaredDlq } from '../cluster/snapshot.ts'
import { NO_PURGES, type PurgedPlaces } from './losses/purged-places.ts'
import type { Observation, ObservedDlq } from './observation.ts'
import { sumKnown } from './sums.ts'

/** What the inbox counted of a queue. */
export interface OpenCount {
  /** '' where the system has none. */
  topicId: string
  open: bigint
  /** Sum of the offsets up to which its partitions were read. */
  scannedEnds: bigint
  /** Everything that lay in it then was read. */
  isComplete: boolean
  /** Null when none is open, or none has a time. */
  oldestOpenAtMs: number | null
  format: string | null
  originTopics: string[]
  groups: string[]
}

/** What the inbox knows of a cluster's dead-letter queues. */
export interface InboxFacts {
  /** By topic. */
  counts: ReadonlyMap<string, OpenCount>
  /** Queues that only their records tell. */
  discovered: readonly DeclaredDlq[]
  purged: PurgedPlaces
}

export const NO_INBOX_FACTS: InboxFacts = { counts: new Map(), discovered: [], purged: NO_PURGES }

export interface DlqDepth {
  depth: bigint | null
  isUpperBound: boolean
  /** False: nobody has counted it, and `depth` is what it stores. */
  isCounted: boolean
}

/** What came since it was counted is open, but for places that are no records: an upper bound then. */
export function dlqDepth(
  { stored, isPartial, endSum, topicId }: Pick<ObservedDlq, 'stored' | 'isPartial' | 'endSum' | 'topicId'>,
  count: OpenCount | null,
): DlqDepth {
  const byStored = { depth: isPartial ? null : stored, isUpperBound: true, isCounted: false }
  if (count === null || endSum === null || count.topicId !== (topicId ?? '')) return byStored
  const behind = endSum > count.scannedEnds ? endSum - count.scannedEnds : 0n
  if (behind === 0n) return count.isComplete ? { depth: count.open, isUpperBound: false, isCounted: true } : byStored
  const atMost = count.open + behind
  const depth = stored !== null && !isPartial && stored < atMost ? stored : atMost
  // Of what could not be read nobody knows how many it are.
  return count.isComplete ? { depth, isUpperBound: true, isCounted: true } : byStored
}

/** The observation with what the inbox knows, for the history and the sums; an observation without it stays as it is. */
export function withUnresolved(observation: Observation, counts: ReadonlyMap<string, OpenCount>): Observation {
  const depths = observation.dlqs.map((dlq) => dlqDepth(dlq, counts.get(dlq.topic) ?? null))
  const dlqs = observation.dlqs.map((dlq, at): ObservedDlq => {
    const found = depths[at]
    return { ...dlq, unresolved: found?.isCounted === true ? found.depth : null }
  })
  const { sum } = sumKnown(dlqs, ({ unresolved, stored }) => unresolved ?? stored)
  return { ...observation, dlqs, totals: { ...observation.totals, dlqDepth: sum } }
}

/** What a queue stores, as the last poll saw it: what arrived since and is counted already is stored as well. */
export function storedNow(stored: bigint | null, { depth, isUpperBound }: DlqDepth): bigint | null {
  return stored !== null && depth !== null && !isUpperBound && depth > stored ? depth : stored
}
