/** Since when something has not moved: for rules about what hangs. One per cluster, kept between polls. */

interface Still {
  value: bigint
  sinceMs: number
  poll: number
}

export class StandingStills {
  readonly #stills = new Map<string, Still>()
  #poll = 0

  /** @returns since when the value is this one, as far as it was watched */
  since(key: string, value: bigint, nowMs: number): number {
    const still = this.#stills.get(key)
    if (still !== undefined && still.value === value) {
      still.poll = this.#poll
      return still.sinceMs
    }
    this.#stills.set(key, { value, sinceMs: nowMs, poll: this.#poll })
    return nowMs
  }

  /** What could not be seen this time may still stand. */
  keep(key: string): void {
    const still = this.#stills.get(key)
    if (still !== undefined) still.poll = this.#poll
  }

  /** Forgets what was not asked for since it was called last. */
  sweep(): void {
    for (const [key, { poll }] of this.#stills) if (poll < this.#poll) this.#stills.delete(key)
    this.#poll += 1
  }
}
