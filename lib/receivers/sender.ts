/** Sends to receivers at the pace of each. Every process that sends has one. */
import type { Receiver } from '../config/receivers.ts'
import type { Config } from '../config.ts'
import type { Notification } from '../outbox/notification.ts'
import { systemResolve } from './dial.ts'
import type { Outcome } from './outcome.ts'
import { RateBuckets } from './rate-bucket.ts'
import { sendMessage } from './send-message.ts'

export interface Sender {
  /** @returns 0 when one message may be sent now, which is counted then; otherwise how long to wait */
  take(receiver: Receiver): number
  /**
   * One attempt. Rejects only when the signal ends it: nobody knows then whether it was taken.
   *
   * @param id the same with each attempt
   */
  send(receiver: Receiver, notification: Notification, id: string, signal: AbortSignal): Promise<Outcome>
}

export interface SenderOptions {
  config: Pick<Config, 'host' | 'port' | 'publicUrl' | 'receiverAllowedNetworks' | 'reports'>
  now(): number
  monotonicMs(): number
}

export function createSender({ config, now, monotonicMs }: SenderOptions): Sender {
  const buckets = new RateBuckets()
  const settings = { allowedNetworks: config.receiverAllowedNetworks, resolve: systemResolve }
  return {
    take: (receiver) => buckets.take(receiver, monotonicMs()),
    async send(receiver, notification, id, signal) {
      const context = { id, nowMs: now(), consoleUrl: consoleUrlOf(config), timeZone: config.reports.timeZone }
      const outcome = await sendMessage(receiver, notification, context, settings, signal)
      if (outcome.retryAfterMs !== null) buckets.quiet(receiver.id, monotonicMs() + outcome.retryAfterMs)
      return outcome
    },
  }
}

/** Where people reach the console. On all addresses of a machine it listens for others, and only a person knows by which name. */
function consoleUrlOf({ host, port, publicUrl }: Pick<Config, 'host' | 'port' | 'publicUrl'>): string {
  if (publicUrl !== null) return publicUrl
  const isEverywhere = host === '0.0.0.0' || host === '::'
  const name = isEverywhere ? 'localhost' : host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  return `http://${name}:${port}`
}
