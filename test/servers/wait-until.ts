/** Waiting for a condition, also outside of a test runner. */
import { setTimeout as sleep } from 'node:timers/promises'

/** Asks again until it does not throw. @throws what it threw last, when the time is over */
export async function waitUntil<T>(
  ask: () => Promise<T>,
  { timeout, interval }: { timeout: number; interval: number },
): Promise<T> {
  const until = performance.now() + timeout
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (performance.now() > until) throw error
    }
    await sleep(interval)
  }
}
