/** What the words about a loss say, and whose it is. Pure. */
import type { Finding } from '../durability/observation.ts'
import type { StoredLoss } from './loss-ledger.ts'

/** Whoever reads them misses messages that are lost for a group; otherwise all who use the topic do. */
export function lossSubjectOf({ topic, broker, group }: StoredLoss): Finding['subject'] {
  if (group !== null) return { type: 'group', name: group }
  if (topic !== null) return { type: 'topic', name: topic }
  return { type: 'broker', name: broker ?? '' }
}

export function lossFactsOf(loss: StoredLoss): Record<string, string | number> {
  const { topic, partition, broker, group, count, countBound, evidence } = loss
  return {
    ...evidence,
    ...{ topic: topic ?? '', partition: partition ?? -1, broker: broker ?? '', group: group ?? '' },
    isQueue: partition !== null && broker !== null ? 'yes' : 'no',
    ...{ count: count === null ? -1 : Number(count), bound: count === null ? 'unknown' : countBound },
  }
}
