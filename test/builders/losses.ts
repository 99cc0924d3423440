/** Polls one after the other, for tests of what was lost between them. */
import type { ClusterSnapshot, GroupPartition, PartitionState, TopicState } from '../../lib/cluster/snapshot.ts'
import { topicKindClassifier } from '../../lib/dlq/topic-kind.ts'
import type { Loss } from '../../lib/durability/losses/loss.ts'
import {
  type CarriedRow,
  carriedOf,
  type LossMemory,
  NO_MEMORY,
  recalled,
} from '../../lib/durability/losses/loss-memory.ts'
import { NO_PURGES, type PurgedPlaces } from '../../lib/durability/losses/purged-places.ts'
import { watchLosses } from '../../lib/durability/losses/watch-losses.ts'
import type { Observation } from '../../lib/durability/observation.ts'
import { observe } from '../../lib/durability/observe.ts'
import type { ExpectedBroker } from '../../lib/durability/observe-brokers.ts'
import { ObserveMemory } from '../../lib/durability/observe-memory.ts'
import { packRows } from '../../lib/history/packed-rows.ts'
import { compressSection, decodeSection } from '../../lib/history/section-codec.ts'
import { SECOND_MS } from '../../lib/units.ts'
import { aGroup, aGroupPartition, aPartition, aSnapshot, aTopic, NOW_MS } from './snapshots.ts'

const INTERVAL_MS = 15 * SECOND_MS

/** A console that polls one cluster. */
export class LossLab {
  memory: LossMemory = NO_MEMORY
  observation: Observation | null = null
  carried: CarriedRow[] = []
  #observed = new ObserveMemory()
  #previous: Observation | null = null
  #atMs = NOW_MS
  expectedBrokers: ExpectedBroker[] = []
  purged: PurgedPlaces = NO_PURGES

  /** What this poll found to be lost. */
  poll(over: Partial<ClusterSnapshot> = {}, afterMs = INTERVAL_MS, unresolved: bigint | null = null): Loss[] {
    this.#atMs += afterMs
    const snapshot = aSnapshot({ startedAtMs: this.#atMs - 200, finishedAtMs: this.#atMs, ...over })
    const seen = observe({
      ...{ snapshot, previous: this.#previous, expectedBrokers: this.expectedBrokers, memory: this.#observed },
      kindOf: topicKindClassifier({ include: [], exclude: [] }),
    })
    this.#previous = { ...seen, dlqs: seen.dlqs.map((dlq) => ({ ...dlq, unresolved })) }
    const { losses, memory } = watchLosses(this.#previous, this.memory, this.purged)
    this.memory = memory
    this.observation = this.#previous
    this.carried = carriedOf(memory, this.#previous)
    return losses
  }

  /** Ends here and begins anew from what was stored. */
  restart(): void {
    const stored = this.observation
    if (stored === null) return
    const carried = (decodeSection(compressSection(packRows(this.carried)))?.rows ?? []) as CarriedRow[]
    this.memory = recalled({ ...stored, carried })
    this.#previous = null
    this.#observed = new ObserveMemory()
  }

  get atMs(): number {
    return this.#atMs
  }
}

/** One topic, one partition, one group. */
export function onePartition(
  partition: Partial<PartitionState>,
  commit: Partial<GroupPartition> | null = {},
  topic: Partial<TopicState> = {},
): Partial<ClusterSnapshot> {
  const groups = commit === null ? [] : [aGroup({ partitions: [aGroupPartition(commit)] })]
  return { topics: [OFFSETS, aTopic({ partitions: [aPartition(partition)], ...topic })], groups }
}

/** Its presence tells that no internal topic is hidden from the console. */
export const OFFSETS = aTopic({ name: '__consumer_offsets', topicId: 'id-offsets', internal: true, partitions: [] })
export const TRANSACTIONS = aTopic({ name: '__transaction_state', topicId: 'id-tx', internal: true, partitions: [] })
