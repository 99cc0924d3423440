/** Sends what is due, each receiver apart from the others: one that is slow or gone keeps nobody waiting. */
import type { Receiver } from '../config/receivers.ts'
import type { Logger } from '../log.ts'
import { afterAttempt } from '../outbox/delivery.ts'
import type { DueDelivery, Outbox } from '../outbox/outbox.ts'
import { type Outcome, refused } from './outcome.ts'
import type { Sender } from './sender.ts'

export interface DelivererOptions {
  outbox: Outbox
  /** Null: the console does not know it any more. */
  receiverOf(id: string): Promise<Receiver | null>
  sender: Sender
  now(): number
  monotonicMs(): number
  log: Logger
}

/** At once. Most of the time of each is waiting. */
const MOST_RECEIVERS = 16

export class Deliverer {
  readonly #options: DelivererOptions
  readonly #busy = new Map<string, Promise<void>>()

  constructor(options: DelivererOptions) {
    this.#options = options
  }

  /** Begins with what is due; does not wait for it. */
  async step(signal: AbortSignal): Promise<void> {
    const { outbox, now } = this.#options
    const due = Map.groupBy(await outbox.due(now()), ({ delivery }) => delivery.receiverId)
    for (const [receiverId, deliveries] of due) {
      if (this.#busy.size >= MOST_RECEIVERS) return
      if (!this.#busy.has(receiverId)) this.#begin(receiverId, deliveries, signal)
    }
  }

  /** Waits for what is under way. */
  async end(): Promise<void> {
    await Promise.all(this.#busy.values())
  }

  #begin(receiverId: string, deliveries: readonly DueDelivery[], signal: AbortSignal): void {
    const work = this.#deliver(receiverId, deliveries, signal)
      .catch((err: unknown) => {
        // Nothing is noted of an attempt that was ended: it is made again, under the same id.
        if (!signal.aborted) this.#options.log.error({ err, receiver: receiverId }, 'delivering failed')
      })
      .finally(() => this.#busy.delete(receiverId))
    this.#busy.set(receiverId, work)
  }

  async #deliver(receiverId: string, deliveries: readonly DueDelivery[], signal: AbortSignal): Promise<void> {
    const receiver = await this.#options.receiverOf(receiverId)
    for (const due of deliveries) {
      // What must wait for its turn stays due, and is no attempt.
      if (signal.aborted || (receiver !== null && this.#options.sender.take(receiver) > 0)) return
      const { state } = await this.#attempt(receiver, due, signal)
      // It takes nothing just now: the others are spared for the next look.
      if (state === 'retry') return
    }
  }

  async #attempt(
    receiver: Receiver | null,
    { delivery, notification }: DueDelivery,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const { outbox, sender, now, monotonicMs, log } = this.#options
    const [atMs, startedAtMs] = [now(), monotonicMs()]
    const outcome =
      receiver === null
        ? refused('receiverGone', { receiver: delivery.receiverId })
        : await sender.send(receiver, notification, delivery.id, signal).catch((err: unknown) => {
            signal.throwIfAborted()
            log.error({ err, delivery: delivery.id }, 'a message could not be made or sent')
            return refused('internal')
          })
    const { code, facts } = outcome
    const latencyMs = Math.round(monotonicMs() - startedAtMs)
    await outbox.note(delivery, { atMs, code, facts, latencyMs }, afterAttempt(delivery, outcome, now()))
    return outcome
  }
}
