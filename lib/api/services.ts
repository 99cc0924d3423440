/** What the API needs from the rest of the console. The process that serves provides it once, before the first request. */
import type { AlertStore } from '../alerting/alert-store.ts'
import type { OwnRules } from '../alerting/own-rules.ts'
import type { Silences } from '../alerting/silences.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { Authenticator } from '../auth/authenticator.ts'
import type { ClusterConfig } from '../cluster/cluster-config.ts'
import type { ClusterDriver } from '../cluster/cluster-driver.ts'
import type { MessageAccess } from '../cluster/messages.ts'
import type { TopicSettingsAccess } from '../cluster/topic-settings.ts'
import type { StoreTrouble } from '../collector/store-watch.ts'
import type { Config } from '../config.ts'
import { HoldfastError } from '../errors.ts'
import type { EventHistory } from '../history/event-history.ts'
import type { History } from '../history/history.ts'
import type { SnapshotReader } from '../history/snapshot-store.ts'
import type { HoldStore } from '../holds/hold-store.ts'
import type { Inbox } from '../inbox/inbox.ts'
import type { Logger } from '../log.ts'
import type { LossLedger } from '../losses/loss-ledger.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { PayloadDecoders } from '../payload/payload-decoders.ts'
import type { Sender } from '../receivers/sender.ts'
import type { ClusterRegistry } from '../registry/cluster-registry.ts'
import type { ExpectedBrokers } from '../registry/expected-brokers.ts'
import type { Mutes } from '../registry/mutes.ts'
import type { Receivers } from '../registry/receivers.ts'
import type { ProgressStore } from '../replay/progress-store.ts'
import type { ReplayStore } from '../replay/replay-store.ts'
import type { ReportMaker } from '../reports/make-report.ts'

/** Each part of the console that must work before it may be sent requests. */
export interface Readiness {
  database: boolean
  /** Null in a role without a collector. */
  collector: boolean | null
}

/** What the collector of this console says of itself, without the database. */
export interface CollectorStatus {
  /** Null while it runs. */
  stopped: { sinceMs: number; restartsAtMs: number } | null
  /** Null while everything it polls is stored. */
  storeTrouble: StoreTrouble | null
}

/** What the API needs for replays; another process plans and runs them. */
export interface ReplayServices {
  store: ReplayStore
  progress: ProgressStore
  /** There is something to do; whoever works on it looks by itself, too, only later. */
  wake(): void
}

/** What the API needs for holds of retention; the worker ends them. */
export interface HoldServices {
  store: HoldStore
  /** As of replays. */
  wake(): void
}

/** What the API needs for receivers. */
export interface ReceiverServices {
  store: Receivers
  sender: Sender
}

export interface ApiServices {
  /** With the port that is really listened on. */
  config: Config
  log: Logger
  now(): number
  snapshots: SnapshotReader
  history: Pick<History, 'read'>
  events: Pick<EventHistory, 'read'>
  registry: ClusterRegistry
  expectedBrokers: Pick<ExpectedBrokers, 'retire'>
  mutes: Pick<Mutes, 'list' | 'add' | 'remove'>
  receivers: ReceiverServices
  outbox: Pick<Outbox, 'list' | 'listOf' | 'backlogs' | 'alertsOf' | 'get' | 'resend'>
  createDriver(config: ClusterConfig): ClusterDriver
  createMessageAccess(config: ClusterConfig): MessageAccess
  /** Whoever asked closes it. */
  createTopicSettings(config: ClusterConfig): TopicSettingsAccess
  payloadDecoders: PayloadDecoders
  replays: ReplayServices
  holds: HoldServices
  reports: ReportMaker
  inbox: Inbox
  losses: Pick<LossLedger, 'list' | 'get' | 'acknowledge'>
  alerts: Pick<AlertStore, 'list' | 'listOpen' | 'get' | 'transitions' | 'acknowledge'>
  alertRules: OwnRules
  silences: Silences
  authenticator: Authenticator
  audit: AuditLog
  readiness(): Promise<Readiness>
  /** Null in a role without a collector. */
  collectorStatus(): CollectorStatus | null
}

// On globalThis, since Next loads a module once per bundle: each would otherwise see its own copy.
const SLOT = Symbol.for('holdfast.apiServices')
type Slot = { [SLOT]?: ApiServices }

export function provideServices(services: ApiServices): void {
  ;(globalThis as Slot)[SLOT] = services
}

/** @throws HoldfastError `not_ready` before they were provided */
export function currentServices(): ApiServices {
  const services = (globalThis as Slot)[SLOT]
  if (services === undefined) throw new HoldfastError('not_ready', {}, { retriable: true })
  return services
}
