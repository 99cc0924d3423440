/** Sends what is due, each receiver apart from the others: one that is slow or gone keeps nobody waiting. */
import type { Receiver } from '../config/receivers.ts'
import type { Logger } from '../log.ts'
import { type Attempt, afterAttempt, type Delivery, type DeliveryChange } from '../outbox/delivery.ts'
import type { Notification } from '../outbox/notification.ts'
import type { DueDelivery, Outbox } from '../outbox/outbox.ts'
import { SECOND_MS } from '../units.ts'
import { type Outcome, refused, retry } from './outcome.ts'
import type { Sender } from './sender.ts'

export interface DelivererOptions {
  outbox: Outbox
  /** Null: the console does not know it any more. `unreadable`: it was encrypted with another secret. */
  receiverOf(id: string): Promise<Receiver | 'unreadable' | null>
  sender: Sender
  now(): number
  monotonicMs(): number
  log: Logger
}

/** At once. Most of the time of each is waiting. */
const MOST_RECEIVERS = 16
/** After a failure, so that those that are gone leave room for others. */
const REST_AFTER_RETRY_MS = 5 * SECOND_MS
/** After a failure of our own, as with a full disk. */
const REST_AFTER_ERROR_MS = 30 * SECOND_MS

/** An attempt that was made. */
interface Made {
  attempt: Attempt
  change: DeliveryChange
  state: Outcome['state']
}

export class Deliverer {
  readonly #options: DelivererOptions
  readonly #busy = new Map<string, Promise<void>>()
  readonly #restsUntilMs = new Map<string, number>()
  /** What the database did not take yet: sent again, a receiver would have it with every look. */
  readonly #unnoted = new Map<string, Made>()

  constructor(options: DelivererOptions) {
    this.#options = options
  }

  /** Begins with what is due; does not wait for it. */
  async step(signal: AbortSignal): Promise<void> {
    if (this.#busy.size >= MOST_RECEIVERS) return
    const { outbox, now } = this.#options
    const due = await outbox.due(now(), [...this.#busy.keys(), ...this.#resting()])
    for (const [receiverId, deliveries] of Map.groupBy(due, ({ delivery }) => delivery.receiverId)) {
      if (this.#busy.size >= MOST_RECEIVERS) return
      this.#begin(receiverId, deliveries, signal)
    }
  }

  /** Waits for what is under way. */
  async end(): Promise<void> {
    await Promise.all(this.#busy.values())
  }

  #resting(): Iterable<string> {
    const nowMs = this.#options.monotonicMs()
    for (const [id, untilMs] of this.#restsUntilMs) if (untilMs <= nowMs) this.#restsUntilMs.delete(id)
    return this.#restsUntilMs.keys()
  }

  #begin(receiverId: string, deliveries: readonly DueDelivery[], signal: AbortSignal): void {
    const work = this.#deliver(receiverId, deliveries, signal)
      .catch((err: unknown) => {
        // Nothing is noted of an attempt that was ended: it is made again, under the same id.
        if (!signal.aborted) this.#options.log.error({ err, receiver: receiverId }, 'delivering failed')
        return REST_AFTER_ERROR_MS
      })
      .then((restMs) => {
        this.#restsUntilMs.set(receiverId, this.#options.monotonicMs() + restMs)
        this.#busy.delete(receiverId)
      })
    this.#busy.set(receiverId, work)
  }

  /** @returns how long the receiver is left alone */
  async #deliver(receiverId: string, deliveries: readonly DueDelivery[], signal: AbortSignal): Promise<number> {
    const receiver = await this.#options.receiverOf(receiverId)
    for (const due of deliveries) {
      if (signal.aborted) return 0
      const key = `${due.delivery.id} ${due.delivery.attempts}`
      let made = this.#unnoted.get(key)
      if (made === undefined) {
        // What must wait for its turn stays due, and is no attempt.
        const waitMs = typeof receiver === 'string' || receiver === null ? 0 : this.#options.sender.take(receiver)
        if (waitMs > 0) return waitMs
        made = await this.#attempt(receiver, due, signal)
        this.#unnoted.set(key, made)
      }
      await this.#options.outbox.note(due.delivery, made.attempt, made.change)
      this.#unnoted.delete(key)
      // It takes nothing just now: the others are spared for the next look.
      if (made.state === 'retry') return REST_AFTER_RETRY_MS
    }
    return 0
  }

  /** Who never heard that something fires need not hear that it is over. */
  async #isUnbegun(delivery: Delivery, notification: Notification): Promise<boolean> {
    const isEnd = notification.kind === 'alert' && notification.ended === notification.total
    return isEnd && (await this.#options.outbox.beginningFailed(delivery))
  }

  async #attempt(
    receiver: Receiver | 'unreadable' | null,
    { delivery, notification }: DueDelivery,
    signal: AbortSignal,
  ): Promise<Made> {
    const { sender, now, monotonicMs, log } = this.#options
    const [atMs, startedAtMs] = [now(), monotonicMs()]
    const facts = { receiver: delivery.receiverId }
    let outcome: Outcome
    if (receiver === null) outcome = refused('receiverGone', facts)
    else if (receiver === 'unreadable') outcome = retry('receiverUnreadable', facts)
    else if (await this.#isUnbegun(delivery, notification)) outcome = refused('beginningNotTaken')
    else {
      outcome = await sender.send(receiver, notification, delivery.id, signal).catch((err: unknown) => {
        signal.throwIfAborted()
        log.error({ err, delivery: delivery.id }, 'a message could not be made or sent')
        return refused('internal')
      })
    }
    const latencyMs = Math.round(monotonicMs() - startedAtMs)
    const attempt = { atMs, code: outcome.code, facts: outcome.facts, latencyMs }
    return { attempt, change: afterAttempt(delivery, outcome, now()), state: outcome.state }
  }
}
