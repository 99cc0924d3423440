/** Polls one cluster again and again: the first time at once, never twice at the same time, until it is stopped. */
import type { Clock } from './clock.ts'
import { nextDelayMs } from './pace.ts'

export interface SchedulerOptions {
  intervalMs: number
  clock: Clock
  /** 0 to 1. */
  random(): number
  /** Answers whether the poll was good. Must not throw; ends early when the signal aborts. */
  poll(signal: AbortSignal): Promise<boolean>
}

export class ClusterScheduler {
  readonly #options: SchedulerOptions
  readonly #stopping = new AbortController()
  #loop: Promise<void> | null = null

  constructor(options: SchedulerOptions) {
    this.#options = options
  }

  start(): void {
    this.#loop ??= this.#run()
  }

  /** Ends the running poll and waits for it. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#loop
  }

  async #run(): Promise<void> {
    const { clock, intervalMs, random, poll } = this.#options
    const { signal } = this.#stopping
    let failuresInARow = 0
    while (!signal.aborted) {
      const startedAtMs = clock.now()
      failuresInARow = (await poll(signal)) ? 0 : failuresInARow + 1
      if (signal.aborted) return
      const tookMs = clock.now() - startedAtMs
      await clock.sleep(nextDelayMs({ intervalMs, tookMs, failuresInARow, random: random() }), signal)
    }
  }
}
