/** The polls that `write-until-killed.ts` writes; each tells its number everywhere. */
import { topicKindClassifier } from '../../../lib/dlq/topic-kind.ts'
import type { ClusterEvent } from '../../../lib/durability/events.ts'
import type { Observation } from '../../../lib/durability/observation.ts'
import { observe } from '../../../lib/durability/observe.ts'
import { ObserveMemory } from '../../../lib/durability/observe-memory.ts'
import type { Sample, SampleBatch } from '../../../lib/history/history.ts'
import { MINUTE_MS } from '../../../lib/units.ts'
import { syntheticSnapshot } from '../../bench/synthetic.ts'

export const FIRST_POLL_MS = Date.UTC(2026, 0, 5)
export const WRITTEN_INTERVAL_MS = 1_000
const SIZE = { topics: 60, partitionsPerTopic: 4, groups: 20, topicsPerGroup: 3 }
const kindOf = topicKindClassifier({ include: [], exclude: [] })

/** Two in an hour, 48 in a day. */
export const UPKEEP_INTERVAL_MS = 30 * MINUTE_MS
export const KEEP_ALL = { rawHours: 24 * 400, fiveMinuteDays: 400, hourlyDays: 400 }

/** Something happens in every fifth poll. */
export function writtenEvents(poll: number): ClusterEvent[] {
  if (poll % 5 > 0) return []
  return [{ kind: 'brokerLost', topic: null, partition: null, broker: String(poll), group: null, facts: { poll } }]
}

export function writtenSamples(poll: number, intervalMs = WRITTEN_INTERVAL_MS, partitions = 50): SampleBatch {
  const samples = Array.from({ length: partitions }, (_, partition): Sample => {
    return { metric: 'endOffset', labels: { topic: 't', partition }, value: BigInt(poll * 1_000 + partition) }
  })
  return { clusterId: 'c', atMs: FIRST_POLL_MS + poll * intervalMs, samples, pollFailed: false, intervalMs }
}

export function writtenObservation(poll: number): Observation {
  const snapshot = syntheticSnapshot(SIZE, poll, WRITTEN_INTERVAL_MS)
  return observe({ snapshot, previous: null, expectedBrokers: [], kindOf, memory: new ObserveMemory() })
}
