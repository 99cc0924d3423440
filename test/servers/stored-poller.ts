/** The collector's own poller of one cluster, with all that it remembers kept in a database. */

import { createAlertStore } from '../../lib/alerting/alert-store.ts'
import type { OwnRules } from '../../lib/alerting/own-rules.ts'
import { BUILT_IN_RULES } from '../../lib/alerts/built-in-rules.ts'
import type { ClusterConfig } from '../../lib/cluster/cluster-config.ts'
import type { ClusterDriver } from '../../lib/cluster/cluster-driver.ts'
import { systemClock } from '../../lib/collector/clock.ts'
import { ClusterPoller } from '../../lib/collector/cluster-poller.ts'
import type { Database } from '../../lib/db.ts'
import { topicKindClassifier } from '../../lib/dlq/topic-kind.ts'
import { NO_INBOX_FACTS } from '../../lib/durability/unresolved.ts'
import { createEventHistory } from '../../lib/history/event-history.ts'
import type { History } from '../../lib/history/history.ts'
import { createSnapshotReader } from '../../lib/history/snapshot-reader.ts'
import { createSnapshotWriter } from '../../lib/history/snapshot-writer.ts'
import { readStoredPoll } from '../../lib/history/stored-poll.ts'
import { createLossLedger } from '../../lib/losses/loss-ledger.ts'
import { createExpectedBrokers } from '../../lib/registry/expected-brokers.ts'
import { NO_HOLDS } from '../builders/hold-facts.ts'

interface StoredPollerOptions {
  config: ClusterConfig
  createDriver(): ClusterDriver
  database: Database
  /** Takes every warning and error. */
  complain(text: string): void
  /** Left out: numbers are not kept. */
  history?: Pick<History, 'append' | 'read'>
  /** Left out: those that every console has. */
  alertRules?: Pick<OwnRules, 'holding'>
}

const BUILT_IN: Pick<OwnRules, 'holding'> = { holding: async () => BUILT_IN_RULES }
const FORGETFUL: Pick<History, 'append' | 'read'> = { append: async () => undefined, read: async () => [] }

export function storedPoller(options: StoredPollerOptions): ClusterPoller {
  const { config, createDriver, database, complain, history = FORGETFUL, alertRules = BUILT_IN } = options
  const snapshots = createSnapshotReader(database)
  const tell = (facts: object, message: string): void => complain(`${message} ${JSON.stringify(facts)}`)
  return new ClusterPoller({
    ...{ config, createDriver, clock: systemClock, intervalMs: 1_000, history },
    ...{ snapshots: createSnapshotWriter(database), events: createEventHistory(database) },
    stores: { failed: () => undefined, ended: () => undefined },
    expectedBrokers: createExpectedBrokers(database, Date.now),
    ...{ inboxFacts: async () => NO_INBOX_FACTS, holdFacts: async () => NO_HOLDS },
    ...{ kindOf: topicKindClassifier({ include: [], exclude: [] }), losses: createLossLedger(database) },
    ...{ mutes: { list: async () => [] }, severities: {}, tunings: [] },
    ...{ alerts: createAlertStore(database), alertRules },
    findingsBefore: (clusterId) => snapshots.findings(clusterId),
    pollBefore: (clusterId) => readStoredPoll(database, clusterId),
    log: { info: () => undefined, warn: tell, error: tell },
  })
}
