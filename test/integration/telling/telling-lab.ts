/** Alerts that are stored and told as collector and worker do it, to real receivers, by a clock of the test's. */
import { type AlertStore, createAlertStore } from '../../../lib/alerting/alert-store.ts'
import { createSilences, type Silences } from '../../../lib/alerting/silences.ts'
import type { Alert, TransitionReason } from '../../../lib/alerts/alert.ts'
import { ROUTE_DEFAULTS, type Route, routesOf } from '../../../lib/alerts/route.ts'
import type { Receiver } from '../../../lib/config/receivers.ts'
import type { Database } from '../../../lib/db.ts'
import { createOutbox, type Outbox } from '../../../lib/outbox/outbox.ts'
import { createMutes, type Mutes } from '../../../lib/registry/mutes.ts'
import { Teller } from '../../../lib/telling/teller.ts'
import { anAlert } from '../../builders/alerts.ts'
import { NOW_MS } from '../../builders/snapshots.ts'
import { delivererTo } from '../outbox/deliverer-of.ts'

export function aRoute(over: Partial<Route> = {}): Route {
  return { ...ROUTE_DEFAULTS, match: {}, receivers: null, ...over }
}

export interface TellingLabOptions {
  receivers: readonly Receiver[]
  /** Left out: everybody is told everything. */
  routes?: readonly Route[]
  now?: () => number
}

export class TellingLab {
  nowMs = NOW_MS
  readonly database: Database
  readonly teller: Teller
  readonly store: AlertStore
  readonly outbox: Outbox
  readonly silences: Silences
  readonly mutes: Mutes
  readonly receivers: Receiver[]
  readonly #now: () => number

  constructor(database: Database, { receivers, routes, now }: TellingLabOptions) {
    this.database = database
    this.receivers = [...receivers]
    this.#now = now ?? (() => this.nowMs)
    this.silences = createSilences(database, [], this.#now)
    this.mutes = createMutes(database, [], this.#now)
    this.teller = new Teller({
      ...{ database, routes: routes ?? routesOf(null), silences: this.silences, mutes: this.mutes, now: this.#now },
      receivers: { list: async () => this.receivers.map((receiver) => ({ receiver })) },
      clusters: { list: async () => [{ config: { id: 'c', kind: 'kafka' } }] },
      labelsOf: (_cluster, { name }) => (name.startsWith('pay') ? { team: 'payments' } : {}),
    })
    this.store = createAlertStore(database, this.teller)
    this.outbox = createOutbox(database)
  }

  /** As a poll does in which they change for this reason. */
  async change(reason: TransitionReason, ...alerts: Partial<Alert>[]): Promise<void> {
    const changed = alerts.map((over) => anAlert(over))
    await this.store.record('c', {
      ...{ changed, dropped: [] },
      transitions: changed.map(({ id: alertId, state: to, severity, inhibitedBy }) => {
        return { alertId, atMs: this.#now(), from: null, to, reason, severity, isInhibited: inhibitedBy !== null }
      }),
    })
  }

  /** As the worker does, until nothing is due at this moment. */
  async work(signal = new AbortController().signal): Promise<void> {
    await this.teller.review()
    for (let isBusy = true; isBusy; ) isBusy = await this.teller.tellDue()
    for (let isBusy = true; isBusy; ) isBusy = await this.teller.failOver()
    const deliverer = delivererTo(this.database, this.receivers, this.#now)
    await deliverer.step(signal)
    await deliverer.end()
  }

  /** Each second from now on. */
  async pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      this.nowMs += 1_000
      await this.work()
    }
  }
}

/** As `firing alert-1`, of what a webhook was sent. */
export function wordsOf(body: string): string {
  const { type, data } = JSON.parse(body)
  return `${type.replace('alert.', '')} ${data.id}`
}
