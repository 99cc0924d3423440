/** The polls that `write-until-killed.ts` writes; each tells its number everywhere. */
import { topicKindClassifier } from '../../../lib/dlq/topic-kind.ts'
import type { Observation } from '../../../lib/durability/observation.ts'
import { observe } from '../../../lib/durability/observe.ts'
import { ObserveMemory } from '../../../lib/durability/observe-memory.ts'
import type { Sample, SampleBatch } from '../../../lib/history/history.ts'
import { syntheticSnapshot } from '../../bench/synthetic.ts'

export const FIRST_POLL_MS = Date.UTC(2026, 0, 5)
export const WRITTEN_INTERVAL_MS = 1_000
const SIZE = { topics: 60, partitionsPerTopic: 4, groups: 20, topicsPerGroup: 3 }
const kindOf = topicKindClassifier({ include: [], exclude: [] })

export function writtenSamples(poll: number): SampleBatch {
  const samples = Array.from({ length: 50 }, (_, partition): Sample => {
    return { metric: 'endOffset', labels: { topic: 't', partition }, value: BigInt(poll * 1_000 + partition) }
  })
  const atMs = FIRST_POLL_MS + poll * WRITTEN_INTERVAL_MS
  return { clusterId: 'c', atMs, samples, pollFailed: false, intervalMs: WRITTEN_INTERVAL_MS }
}

export function writtenObservation(poll: number): Observation {
  const snapshot = syntheticSnapshot(SIZE, poll, WRITTEN_INTERVAL_MS)
  return observe({ snapshot, previous: null, expectedBrokers: [], kindOf, memory: new ObserveMemory() })
}
