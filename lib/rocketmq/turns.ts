/** Lets a bounded number of holders in at a time; the others wait in the order they came. */
import { onAbort } from './on-abort.ts'

export class Turns {
  #free: number
  readonly #waiting = new Set<Waiter>()

  constructor(limit: number) {
    this.#free = limit
  }

  /** @throws the signal's reason, or the reason given to `refuseWaiting`. */
  take(signal?: AbortSignal): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const ignoreAbort = onAbort(signal, () => waiter.refuse(signal?.reason))
      const leave = () => {
        this.#waiting.delete(waiter)
        ignoreAbort()
      }
      const waiter: Waiter = {
        admit: () => {
          leave()
          resolve()
        },
        refuse: (reason) => {
          leave()
          reject(reason)
        },
      }
      this.#waiting.add(waiter)
    })
  }

  giveBack(): void {
    const next = this.#waiting.values().next().value
    if (next) next.admit()
    else this.#free += 1
  }

  refuseWaiting(reason: unknown): void {
    for (const waiter of [...this.#waiting]) waiter.refuse(reason)
  }
}

interface Waiter {
  admit(): void
  refuse(reason: unknown): void
}
