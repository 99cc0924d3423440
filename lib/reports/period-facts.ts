/** What is known of a period, read and not yet judged. */
import type { AuditEntry } from '../audit/audit-log.ts'
import type { ClusterKind, SubjectRef } from '../cluster/snapshot.ts'
import type { Labels } from '../config/owners.ts'
import type { Finding } from '../durability/observation.ts'
import type { StoredEvent } from '../history/event-history.ts'
import type { StoredHold } from '../holds/hold-store.ts'
import type { StoredLoss } from '../losses/loss-ledger.ts'
import type { Mute } from '../registry/mutes.ts'
import type { ReplayJob } from '../replay/replay-types.ts'
import type { Bounded, ReportedForecast } from './report.ts'
import type { UnseenStretch } from './unseen.ts'

export interface ClusterFacts {
  id: string
  name: string
  kind: ClusterKind
  lastPollAtMs: number | null
  unseen: readonly UnseenStretch[]
  /** Of the newest poll. */
  findings: readonly Finding[]
  /** `findingStarted` and `findingEnded`, from the beginning of the period until now. */
  findingEvents: readonly StoredEvent[]
  /** What else happened in the period. */
  events: readonly StoredEvent[]
  forecasts: readonly ForecastFact[]
}

/** Null: it is not known whether and when. */
export type ForecastFact = Omit<ReportedForecast, 'clusterId' | 'team'> | null

export interface PeriodFacts {
  fromMs: number
  toMs: number
  madeAtMs: number
  /** By a schedule, which it can be late for. */
  isScheduled: boolean
  clusters: readonly ClusterFacts[]
  /** Not all events of findings were read. */
  isCut: boolean
  losses: readonly StoredLoss[]
  replays: readonly ReplayJob[]
  holds: readonly StoredHold[]
  mutes: readonly Mute[]
  audit: Bounded<AuditEntry>
  labelsOf(clusterId: string, subject: SubjectRef): Labels
}
