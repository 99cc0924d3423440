/** What somebody is told: codes and facts. Words are chosen when it is sent, in the language of whoever receives it. */
import type { AlertBasis } from '../alerts/alert.ts'
import type { ClusterKind, SubjectRef } from '../cluster/snapshot.ts'
import type { Severity } from '../durability/observation.ts'
import type { ReportHead } from '../reports/report.ts'

export interface NotifiedAlert {
  /** From its beginning to its end, as the API has it. */
  id: string
  /** The same when it fires again: by this a receiver knows what it was told before. */
  place: string
  /** Of its rule. */
  ruleCode: string
  basis: AlertBasis
  severity: Severity
  clusterId: string
  system: ClusterKind
  subject: SubjectRef
  /** Tells several at one subject apart; null where there is one. */
  part: string | null
  labels: Readonly<Record<string, string>>
  facts: Readonly<Record<string, string | number>>
  /** It came and went so often that it is held. */
  isFlapping: boolean
  startedAtMs: number
  /** Null while it fires. */
  endedAtMs: number | null
}

/** Why this receiver is told: nobody acknowledged it so far, or another receiver does not take it. */
export const TELLING_CAUSES = ['route', 'escalation', 'failover'] as const
export type TellingCause = (typeof TELLING_CAUSES)[number]

/** One alert, or some that are told together. */
export interface AlertNotification {
  kind: 'alert'
  cause: TellingCause
  /** What later messages about the same share. */
  groupKey: string
  /** The gravest first, and those that have ended last. */
  alerts: readonly [NotifiedAlert, ...NotifiedAlert[]]
  /** With those that are left out, and how many of these have ended. */
  total: number
  ended: number
  /** Of the page about it. */
  path: string
  /** Somebody looks after it from now on; nothing else is new. */
  isAcknowledgement?: true
}

export interface ReportNotification {
  kind: 'report'
  report: ReportHead
}

/** Another receiver takes nothing, or does again: whoever relies on it does not hear of alerts. */
export interface ReceiverNotification {
  kind: 'receiver'
  receiverId: string
  /** When the oldest of what did not arrive was to be told. */
  sinceMs: number
  /** When something arrived again, or it was found to be there no more; null: nothing arrives. */
  endedAtMs: number | null
  isRemoved: boolean
  /** What the last attempt came to. */
  code: string
  facts: Readonly<Record<string, string | number>>
}

/** A real message by which a person sees whether a receiver works. */
export interface TestNotification {
  kind: 'test'
  sentAtMs: number
}

export type Notification = AlertNotification | ReportNotification | ReceiverNotification | TestNotification
