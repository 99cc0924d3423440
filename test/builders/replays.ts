/** Replays as the parts around them see them. */
import { OffsetRuns } from '../../lib/inbox/offset-runs.ts'
import type { PlanResult } from '../../lib/replay/replay-store.ts'
import type { PlanFacts, ReplayJob, ReplayPart, ReplayPlan, ReplayRequest } from '../../lib/replay/replay-types.ts'

export function replayRequest(change: Partial<ReplayRequest> = {}): ReplayRequest {
  return {
    clusterId: 'orders',
    topic: 'orders-dlt',
    selection: { all: true },
    target: { mode: 'origin', topic: null, clusterId: 'orders' },
    edits: [],
    transform: [],
    canary: null,
    brake: { maxAddedLag: null, maxReturnRatio: null, isr: true },
    maxAttempts: 3,
    keepHeaders: false,
    accept: { guessedOrigins: false, queueTargets: false, staleKeys: false },
    graceSeconds: 0,
    reason: 'the cause is mended',
    ...change,
  }
}

export const runsOf = (...ranges: [number, number][]): OffsetRuns =>
  OffsetRuns.of(ranges.map(([from, to]) => ({ from: BigInt(from), to: BigInt(to) })))

export function replayPart(change: Partial<ReplayPart> = {}): ReplayPart {
  return {
    ...{ partition: 0, broker: null, selected: runsOf([0, 10]), skips: [], handled: [], nextOffset: 0n },
    ...{ inFlightTo: null, stoppedKeys: [] },
    ...change,
  }
}

export function planFacts(change: Partial<PlanFacts> = {}): PlanFacts {
  return {
    ...{ sourceKind: 'kafka', targetKind: 'kafka', sourceTopicId: 'id of orders-dlt' },
    targets: [
      { topic: 'orders', topicId: 'id of orders', partitions: 3, maxMessageBytes: 1_048_588, isCompacted: false },
    ],
    ...{
      queues: ['orders-dlt'],
      ordinary: [],
      edited: [],
      transform: null,
      guessed: null,
      pins: [],
      profilesDigest: 'p',
      plannedAtMs: 0,
      delivery: 'exactlyOnce',
    },
    ...change,
  }
}

export function replayPlan(change: Partial<ReplayPlan> = {}): ReplayPlan {
  return {
    ...{ messages: 10n, bytes: 1_000n, targets: [{ topic: 'orders', messages: 10n, bytes: 1_000n }] },
    affectedGroups: [{ group: 'billing', state: 'Stable', topics: ['orders'], note: 'failed' }],
    failedGroups: ['billing'],
    warnings: [{ code: 'readUncommitted', count: null, facts: {} }],
    ...{ skipped: [], delivery: 'exactlyOnce', estimatedSeconds: 1, needsApproval: false, removedHeaders: [] },
    estimateBasis: 'assumed',
    ...change,
  }
}

export function planResult(change: Partial<PlanResult> = {}): PlanResult {
  return {
    ...{ plan: replayPlan(), facts: planFacts(), digest: 'digest', hash: 'hash', parts: [replayPart()] },
    ...{ selected: 10n, skipped: 0n },
    ...change,
  }
}

/** One that runs. */
export function replayJob(change: Partial<ReplayJob> = {}): ReplayJob {
  return {
    ...{ id: 'r-test', state: 'running', request: replayRequest() },
    rate: { recordsPerSecond: null, bytesPerSecond: null },
    ...{ plan: replayPlan(), facts: planFacts(), planDigest: 'digest', planHash: 'hash' },
    counts: { selected: 10n, produced: 0n, unconfirmed: 0n, skipped: 0n, failed: 0n, delivered: null, returned: 0n },
    deliveredBy: null,
    lost: null,
    ...{ hasOpenRun: true, isWatched: false, canarySentAtMs: null, isCanaryPassed: false, baseline: null },
    ...{ waitsFor: null, recordsPerSecond: null, createdAtMs: 1, createdBy: 'admin', approvedAtMs: null },
    ...{ approvedBy: null, approvedRate: null, startedAtMs: 2, endedAtMs: null, error: null },
    ...change,
  }
}
