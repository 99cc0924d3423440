/** What delivers to one webhook on loopback, as the worker does, whose clock is the test's. */
import type { Receiver } from '../../../lib/config/receivers.ts'
import type { Database } from '../../../lib/db.ts'
import { createLogger } from '../../../lib/log.ts'
import { createOutbox } from '../../../lib/outbox/outbox.ts'
import { Deliverer } from '../../../lib/receivers/deliver.ts'
import { createSender } from '../../../lib/receivers/sender.ts'
import { aReceiver } from '../../builders/notifications.ts'

export const SETTINGS = { schedule: 'daily', atHour: 0, timeZone: 'UTC' } as const

export function delivererOf(database: Database, receiverUrl: string, now: () => number): Deliverer {
  return delivererTo(database, [aReceiver('webhook', { id: 'hook', url: receiverUrl })], now)
}

/** @param takesAll how fast each may be sent to does not matter */
export function delivererTo(
  database: Database,
  receivers: readonly Receiver[],
  now: () => number,
  takesAll = true,
): Deliverer {
  const config = {
    ...{ host: '127.0.0.1', port: 3_000, publicUrl: null, receiverAllowedNetworks: ['127.0.0.1/32', '::1/128'] },
    reports: { ...SETTINGS, language: 'en' as const, keep: 1_000, receivers: [] },
  }
  const monotonicMs = (): number => performance.now()
  const sender = createSender({ config, now, monotonicMs })
  return new Deliverer({
    ...{ outbox: createOutbox(database), sender: takesAll ? { ...sender, take: () => 0 } : sender },
    ...{ now, monotonicMs, log: createLogger({ logLevel: 'error' }) },
    receiverOf: async (id) => receivers.find((receiver) => receiver.id === id) ?? null,
  })
}
