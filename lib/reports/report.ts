/**
 * What a report says: codes and facts, whose words are chosen when somebody reads it. Everything in it is as it was known
 * when it was made, also whose a subject was and what a cluster was called.
 */
import type { AuditEntry } from '../audit/audit-log.ts'
import type { ClusterKind, SubjectRef } from '../cluster/snapshot.ts'
import type { EventKind } from '../durability/events.ts'
import type { FindingCode } from '../durability/finding-codes.ts'
import type { EndReason } from '../durability/finding-events.ts'
import type { ForecastReason, Severity, VerdictLevel } from '../durability/observation.ts'
import type { HoldOutcome, HoldState } from '../holds/hold.ts'
import type { StoredLoss } from '../losses/loss-ledger.ts'
import type { ReplayState } from '../replay/replay-states.ts'
import type { ReplayCounts } from '../replay/replay-types.ts'
import type { Schedule } from './periods.ts'
import type { UnseenStretch } from './unseen.ts'

/** So many at most, and how many there were. */
export interface Bounded<T> {
  items: T[]
  total: number
}

export interface ReportedCluster {
  id: string
  name: string
  kind: ClusterKind
  /** At the end of the period; `unknown` when nobody looked then. */
  level: VerdictLevel
  /** When the report was made; null: it was never polled. */
  lastPollAtMs: number | null
  unseenMs: number
  unseen: Bounded<UnseenStretch>
}

interface Placed {
  clusterId: string
  /** Whose it is, by `owners` of the configuration; null: nobody's. */
  team: string | null
}

export interface ReportedFinding extends Placed {
  code: FindingCode
  severity: Severity
  /** Of many at once the name is ''. */
  subject: SubjectRef
  part: string | null
  /** How many findings this is. */
  count: number
  /** Null of one that is not found any more: only what it was is known of it. */
  facts: Record<string, string | number> | null
  /** Null of many at once. */
  sinceMs: number | null
  /** Null while it was not seen to end. */
  endedAtMs: number | null
  /** Null while it was not seen to end. */
  because: EndReason | null
  /** What hid it at the end of the period; null: it was not muted. */
  mute: { reason: string; untilAtMs: number } | null
}

export interface ReportedForecast extends Placed {
  /** Of what: unread messages of a group, records of a dead-letter queue, space of a broker's disk. */
  what: 'unread' | 'deadLetters' | 'disk'
  subject: SubjectRef
  earliestAtMs: number | null
  latestAtMs: number | null
  because: ForecastReason
}

export interface ReportedForecasts extends Bounded<ReportedForecast> {
  /** Of how many it is not known whether and when. */
  unknown: number
}

export interface ReportedLoss extends StoredLoss {
  team: string | null
  /** False of one that was known before, and grew or was acknowledged in the period. */
  isNew: boolean
  isMuted: boolean
}

export interface ReportedReplay extends Placed {
  id: string
  topic: string
  targetClusterId: string
  state: ReplayState
  reason: string
  createdBy: string
  startedAtMs: number | null
  endedAtMs: number | null
  counts: ReplayCounts
}

export interface ReportedHold extends Placed {
  id: string
  topic: string
  state: HoldState
  outcome: HoldOutcome | null
  reason: string
  createdBy: string
  createdAtMs: number
  untilAtMs: number
  endedAtMs: number | null
}

export interface ReportedMute {
  id: string
  code: string
  cluster: string
  subject: string
  reason: string
  createdBy: string | null
  createdAtMs: number | null
  untilAtMs: number
}

export interface ReportedEvent extends Placed {
  atMs: number
  kind: EventKind
  topic: string | null
  broker: string | null
  group: string | null
  facts: Record<string, string | number>
}

export interface ReportContent {
  clusters: ReportedCluster[]
  losses: Bounded<ReportedLoss>
  /** What was found at the end of the period. */
  atRisk: Bounded<ReportedFinding>
  muted: Bounded<ReportedFinding>
  /** What began to be found in the period, and what ceased to. */
  began: Bounded<ReportedFinding>
  ended: Bounded<ReportedFinding>
  /** More began or ended than was read: what began and ended, and what was at risk, is not all of it. */
  isCut: boolean
  /** Looks ahead from when the report was made; null when the period was long over then. */
  forecasts: ReportedForecasts | null
  events: Bounded<ReportedEvent>
  replays: Bounded<ReportedReplay>
  holds: Bounded<ReportedHold>
  mutes: Bounded<ReportedMute>
  audit: Bounded<AuditEntry>
}

/** A report in a few numbers: what a list shows, and what a message to somebody would say. */
export interface Headline {
  /** The worst of its clusters. */
  level: VerdictLevel
  clusters: number
  /** Of how many clusters a part of the period was not seen. */
  unseenClusters: number
  /** Of the cluster that was seen least. */
  unseenMs: number
  atRisk: Record<Severity, number>
  muted: number
  began: number
  ended: number
  losses: number
  /** Of the losses that were found in the period; null: of none it is known how many. */
  lostMessages: bigint | null
  lostIsPartial: boolean
  openLosses: number
  replays: number
  replayedMessages: bigint
  /** How long after the end of the period it was made by schedule, when that was late; null: it was not. */
  lateMs: number | null
}

export interface ReportHead {
  id: string
  /** Null: a person asked for it. */
  schedule: Schedule | null
  fromMs: number
  /** Not part of it. */
  toMs: number
  madeAtMs: number
  madeBy: string
  headline: Headline
}

export interface Report extends ReportHead {
  content: ReportContent
}
