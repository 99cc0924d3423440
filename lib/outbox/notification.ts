/** What somebody is told: codes and facts. Words are chosen when it is sent, in the language of whoever receives it. */
import type { ClusterKind, SubjectRef } from '../cluster/snapshot.ts'
import type { Severity } from '../durability/observation.ts'
import type { ReportHead } from '../reports/report.ts'

export interface NotifiedAlert {
  /** The same from its beginning to its end, and when it fires again: receivers know it by this. */
  id: string
  /** Of its rule. */
  code: string
  severity: Severity
  clusterId: string
  system: ClusterKind
  subject: SubjectRef
  labels: Readonly<Record<string, string>>
  facts: Readonly<Record<string, string | number>>
  startedAtMs: number
  /** Null while it fires. */
  endedAtMs: number | null
}

/** One alert, or some that are told together. */
export interface AlertNotification {
  kind: 'alert'
  /** What later messages about the same share. */
  groupKey: string
  /** The gravest first. */
  alerts: readonly [NotifiedAlert, ...NotifiedAlert[]]
  /** With those that are left out. */
  total: number
  /** Of the page about it. */
  path: string
}

export interface ReportNotification {
  kind: 'report'
  report: ReportHead
}

/** A real message by which a person sees whether a receiver works. */
export interface TestNotification {
  kind: 'test'
  sentAtMs: number
}

export type Notification = AlertNotification | ReportNotification | TestNotification
