/** A real poller over a real store: only the cluster is made up, and each of its polls has a time of its own. */

import { createAlertStore } from '../../../lib/alerting/alert-store.ts'
import { BUILT_IN_RULES } from '../../../lib/alerts/built-in-rules.ts'
import { systemClock } from '../../../lib/collector/clock.ts'
import { ClusterPoller } from '../../../lib/collector/cluster-poller.ts'
import type { StoreTrouble } from '../../../lib/collector/store-watch.ts'
import type { Database } from '../../../lib/db.ts'
import { NO_INBOX_FACTS } from '../../../lib/durability/unresolved.ts'
import { HoldfastError } from '../../../lib/errors.ts'
import { createEventHistory } from '../../../lib/history/event-history.ts'
import type { History } from '../../../lib/history/history.ts'
import { createSnapshotWriter } from '../../../lib/history/snapshot-writer.ts'
import { createExpectedBrokers } from '../../../lib/registry/expected-brokers.ts'
import { NO_HOLDS } from '../../builders/hold-facts.ts'
import { aSnapshot } from '../../builders/snapshots.ts'
import { aKafkaCluster } from '../../contract/a-kafka-cluster.ts'
import { FIRST_POLL_MS } from './written-polls.ts'

const POLL_MS = 1_000

export interface PolledCluster {
  /** The times of its polls so far. */
  atMs: number[]
  /** What the poller logged: the message, with the code of the error. */
  logged: string[]
  /** What it told of its storing; null: a poll was stored. */
  troubles: (Omit<StoreTrouble, 'clusterIds' | 'sinceMs'> | null)[]
  /** One poll; what cannot be stored waits. Every tenth has another controller, which is an event. */
  poll(): Promise<void>
}

export function pollCluster(id: string, database: Database, history: Pick<History, 'append' | 'read'>): PolledCluster {
  const atMs: number[] = []
  const logged: string[] = []
  const troubles: PolledCluster['troubles'] = []
  const log = (facts: object, message: string): void => {
    const { err } = facts as { err?: unknown }
    logged.push(err instanceof HoldfastError ? `${message}: ${err.code}` : message)
  }
  const poller = new ClusterPoller({
    ...{ config: aKafkaCluster(id), clock: systemClock, intervalMs: POLL_MS, kindOf: () => 'normal', history },
    inboxFacts: async () => NO_INBOX_FACTS,
    holdFacts: async () => NO_HOLDS,
    findingsBefore: async () => null,
    mutes: { list: async () => [] },
    severities: {},
    tunings: [],
    pollBefore: async () => null,
    losses: { record: async () => undefined, list: async () => [] },
    alerts: createAlertStore(database),
    alertRules: { holding: async () => BUILT_IN_RULES },
    ...{ events: createEventHistory(database), snapshots: createSnapshotWriter(database) },
    expectedBrokers: createExpectedBrokers(database, () => FIRST_POLL_MS),
    createDriver: () => ({
      kind: 'kafka',
      async poll() {
        const finishedAtMs = FIRST_POLL_MS + atMs.length * POLL_MS
        const leader = String(100 + Math.floor(atMs.length / 10))
        atMs.push(finishedAtMs)
        const quorum = { leader, leaderEpoch: 1, highWatermark: 1n, isMoving: true, voters: [], observers: [] }
        return { ...aSnapshot({ quorum }), startedAtMs: finishedAtMs - 1, finishedAtMs }
      },
      test: async () => [],
      close: async () => undefined,
    }),
    stores: {
      failed: (_, { atMs: __, ...trouble }) => void troubles.push(trouble),
      ended: () => void troubles.push(null),
    },
    log: { info: log, warn: log, error: log },
  })
  return { atMs, logged, troubles, poll: async () => void (await poller.poll(AbortSignal.timeout(60_000))) }
}

/** Times of the polls at which the controller changed. */
export function eventTimes({ atMs }: PolledCluster): number[] {
  return atMs.filter((_, index) => index > 0 && index % 10 === 0)
}

export async function storedEventTimes(database: Database, clusterId: string): Promise<number[]> {
  const events = await createEventHistory(database).read({
    ...{ clusterIds: [clusterId], topic: null, group: null, broker: null, kind: 'controllerChanged' },
    ...{ fromMs: 0, toMs: FIRST_POLL_MS * 2, limit: 10_000 },
  })
  return events.map(({ atMs }) => atMs).reverse()
}
