/** Time, as the collector sees it; tests bring their own. */
import { setTimeout as sleep } from 'node:timers/promises'

export interface Clock {
  now(): number
  /** Since some moment; goes on evenly, whatever the wall clock is set to. */
  monotonicMs(): number
  /** Resolves after the time, or at once when the signal aborts; never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  async sleep(ms, signal) {
    try {
      await sleep(ms, undefined, { signal })
    } catch {
      // Only an abort rejects, and that is one of the two ways to wake up.
    }
  },
}
