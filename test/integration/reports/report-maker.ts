/** A maker of reports over the real stores of one database, whose clock is the test's. */
import { createAuditLog } from '../../../lib/audit/audit-log.ts'
import type { Database } from '../../../lib/db.ts'
import { createChunkHistory } from '../../../lib/history/chunk-history.ts'
import { createEventHistory } from '../../../lib/history/event-history.ts'
import { createSnapshotReader } from '../../../lib/history/snapshot-reader.ts'
import { createHoldStore } from '../../../lib/holds/hold-store.ts'
import { createLossLedger } from '../../../lib/losses/loss-ledger.ts'
import { createMutes } from '../../../lib/registry/mutes.ts'
import { createReplayStore } from '../../../lib/replay/replay-store.ts'
import type { ReportMaker } from '../../../lib/reports/make-report.ts'
import { createReportStore } from '../../../lib/reports/report-store.ts'
import { aKafkaCluster } from '../../contract/a-kafka-cluster.ts'

export function reportMaker(database: Database, now: () => number, keep = 60, receivers: string[] = []): ReportMaker {
  const history = createChunkHistory(database, { rawHours: 48, fiveMinuteDays: 30, hourlyDays: 400, now })
  return {
    store: createReportStore(database, keep, receivers),
    sources: {
      registry: { list: async () => [{ config: aKafkaCluster('live'), source: 'file' }] },
      snapshots: createSnapshotReader(database),
      ...{ history, events: createEventHistory(database), losses: createLossLedger(database) },
      ...{ replays: createReplayStore(database, now), holds: createHoldStore(database) },
      ...{ mutes: createMutes(database, [], now), audit: createAuditLog(database) },
      labelsOf: () => ({ team: 'shop' }),
    },
    now,
  }
}
