/** What the processes that are killed and the one that kills them both have. */
import type { AlertStore } from '../../../lib/alerting/alert-store.ts'
import { AlertWatch } from '../../../lib/collector/alert-watch.ts'
import type { Receiver } from '../../../lib/config/receivers.ts'
import type { Database } from '../../../lib/db.ts'
import { aReceiver } from '../../builders/notifications.ts'
import { aRoute, TellingLab } from './telling-lab.ts'

export function receiversAt(hookUrl: string, chatUrl: string): Receiver[] {
  return [aReceiver('webhook', { id: 'hook', url: hookUrl }), aReceiver('slack', { id: 'chat', url: chatUrl })]
}

/** People are told so soon that there is a message to them in each short life. */
export function labOf(database: Database, receivers: readonly Receiver[]): TellingLab {
  const routes = [aRoute({ groupWaitMs: 30, groupIntervalMs: 50, repeatMs: null })]
  return new TellingLab(database, { receivers, routes, now: Date.now })
}

export function watchOf(store: AlertStore): AlertWatch {
  return new AlertWatch({
    ...{ clusterId: 'c', intervalMs: 15_000, store },
    ...{ losses: { list: async () => [] }, history: { read: async () => [] } },
  })
}
