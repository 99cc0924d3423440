/** Stored observations and series, kept in memory. */
import type { Observation } from '../../lib/durability/observation.ts'
import { HoldfastError } from '../../lib/errors.ts'
import type { History, SeriesQuery, SeriesResult } from '../../lib/history/history.ts'
import type { ClusterSummary, PollError, SnapshotReader } from '../../lib/history/snapshot-store.ts'
import { toLadderRow } from '../../lib/history/stored-rows.ts'

export interface MemorySnapshots extends SnapshotReader {
  save(clusterId: string, observation: Observation, pollIntervalMs?: number): void
  fail(clusterId: string, error: PollError): void
}

export function memorySnapshots(): MemorySnapshots {
  const observations = new Map<string, Observation>()
  const summaries = new Map<string, ClusterSummary>()
  const of = (clusterId: string): Observation | null => observations.get(clusterId) ?? null
  return {
    save(clusterId, observation, pollIntervalMs = 15_000) {
      observations.set(clusterId, observation)
      summaries.set(clusterId, toSummary(clusterId, observation, pollIntervalMs))
    },
    fail(clusterId, pollError) {
      const known = summaries.get(clusterId)
      summaries.set(clusterId, { ...(known ?? emptySummary(clusterId)), pollError })
    },
    summaries: async () => [...summaries.values()],
    summary: async (id) => summaries.get(id) ?? null,
    brokers: async (id) => of(id)?.brokers ?? null,
    topics: async (id) => of(id)?.topics ?? null,
    topic: async (id, name) => of(id)?.topics.find((topic) => topic.name === name) ?? null,
    ladder: async (id) => of(id)?.topics.map(toLadderRow) ?? null,
    groups: async (id) => of(id)?.groups ?? null,
    group: async (id, groupId) => of(id)?.groups.find((group) => group.id === groupId) ?? null,
    dlqs: async (id) => of(id)?.dlqs ?? null,
  }
}

function toSummary(clusterId: string, observation: Observation, pollIntervalMs: number): ClusterSummary {
  const { version, systemClusterId, pollMs, verdict, totals, quorum, facts } = observation
  return {
    ...{ clusterId, kind: observation.clusterKind, version, systemClusterId, pollMs, pollIntervalMs },
    ...{ verdict, totals, quorum, facts, lastPollAtMs: observation.atMs, pollError: null },
  }
}

function emptySummary(clusterId: string): ClusterSummary {
  return {
    ...{ clusterId, kind: 'kafka', version: null, systemClusterId: null, pollMs: null, pollIntervalMs: 15_000 },
    ...{ verdict: null, totals: null, quorum: null, facts: [], lastPollAtMs: null, pollError: null },
  }
}

export interface MemoryHistory extends Pick<History, 'read'> {
  asked: SeriesQuery[]
  results: SeriesResult[]
}

export function memoryHistory(): MemoryHistory {
  const asked: SeriesQuery[] = []
  const results: SeriesResult[] = []
  return {
    ...{ asked, results },
    async read(query) {
      asked.push(query)
      if (results.length > query.maxSeries) throw new HoldfastError('range_too_large')
      return results
    },
  }
}
