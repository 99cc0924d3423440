/** What is known of a period, for tests of reports: one quiet, fully seen cluster unless told otherwise. */
import type { Finding } from '../../lib/durability/observation.ts'
import type { StoredEvent } from '../../lib/history/event-history.ts'
import type { ClusterFacts, PeriodFacts } from '../../lib/reports/period-facts.ts'
import { DAY_MS, SECOND_MS } from '../../lib/units.ts'
import { NOW_MS } from './snapshots.ts'

export const TO_MS = NOW_MS
export const FROM_MS = TO_MS - DAY_MS

export function aFinding(over: Partial<Finding> = {}): Finding {
  return {
    ...{ code: 'partition.underMinIsr', severity: 'high', subject: { type: 'topic', name: 'orders' }, part: null },
    ...{ facts: { partitions: 1, topic: 'orders' }, atMs: FROM_MS + 1_000 },
    ...over,
  }
}

export function aClusterOf(over: Partial<ClusterFacts> = {}): ClusterFacts {
  return {
    ...{ id: 'live', name: 'Live', kind: 'kafka', lastPollAtMs: TO_MS, unseen: [] },
    ...{ findings: [], findingEvents: [], events: [], forecasts: [] },
    ...over,
  }
}

export function aPeriod(over: Partial<PeriodFacts> = {}): PeriodFacts {
  return {
    ...{ fromMs: FROM_MS, toMs: TO_MS, madeAtMs: TO_MS + 5 * SECOND_MS, isScheduled: true },
    ...{ clusters: [aClusterOf()], isCut: false, losses: [], replays: [], holds: [], mutes: [] },
    ...{ audit: { items: [], total: 0 }, labelsOf: () => ({}) },
    ...over,
  }
}

export function aFindingEvent(
  kind: 'findingStarted' | 'findingEnded',
  atMs: number,
  facts: Record<string, string | number> = {},
): StoredEvent {
  return {
    ...{ id: atMs, clusterId: 'live', atMs, kind, topic: 'orders', partition: null, broker: null, group: null },
    facts: {
      ...{ code: 'partition.underMinIsr', severity: 'high', subjectType: 'topic', subject: 'orders' },
      ...{ sinceMs: atMs, ...(kind === 'findingEnded' ? { because: 'gone' } : {}) },
      ...facts,
    },
  }
}
