/** What delivers to one webhook on loopback, as the worker does, whose clock is the test's. */
import type { Database } from '../../../lib/db.ts'
import { createLogger } from '../../../lib/log.ts'
import { createOutbox } from '../../../lib/outbox/outbox.ts'
import { Deliverer } from '../../../lib/receivers/deliver.ts'
import { createSender, type Sender } from '../../../lib/receivers/sender.ts'
import { aReceiver } from '../../builders/notifications.ts'

export const SETTINGS = { schedule: 'daily', atHour: 0, timeZone: 'UTC' } as const

export function delivererOf(database: Database, receiverUrl: string, now: () => number): Deliverer {
  const hook = aReceiver('webhook', { id: 'hook', url: receiverUrl })
  const config = {
    ...{ host: '127.0.0.1', port: 3_000, publicUrl: null, receiverAllowedNetworks: ['127.0.0.1/32'] },
    reports: { ...SETTINGS, language: 'en' as const, keep: 1_000, receivers: [] },
  }
  const monotonicMs = (): number => performance.now()
  // How fast one may be sent to is tested elsewhere.
  const sender: Sender = { ...createSender({ config, now, monotonicMs }), take: () => 0 }
  return new Deliverer({
    ...{ outbox: createOutbox(database), sender, now, monotonicMs, log: createLogger({ logLevel: 'error' }) },
    receiverOf: async (id) => (id === hook.id ? hook : null),
  })
}
