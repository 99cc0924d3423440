/** Slows down guessing: counts failures per key in fixed windows, in memory and bounded. */
import { HoldfastError } from '../errors.ts'
import { SECOND_MS } from '../units.ts'

export interface AttemptLimit {
  /** @throws HoldfastError `too_many_attempts` */
  check(key: string): void
  fail(key: string): void
  succeed(key: string): void
}

interface Window {
  failures: number
  endsAtMs: number
}

const MAX_KEYS = 10_000

export function createAttemptLimit(maxFailures: number, windowMs: number, now: () => number): AttemptLimit {
  const windows = new Map<string, Window>()
  const current = (key: string): Window | null => {
    const window = windows.get(key)
    if (window !== undefined && window.endsAtMs > now()) return window
    windows.delete(key)
    return null
  }
  return {
    check(key) {
      const window = current(key)
      if (window === null || window.failures < maxFailures) return
      const retryAfterSeconds = Math.ceil((window.endsAtMs - now()) / SECOND_MS)
      throw new HoldfastError('too_many_attempts', { retryAfterSeconds }, { retriable: true })
    },
    fail(key) {
      const window = current(key)
      if (window !== null) {
        window.failures += 1
        return
      }
      // The oldest entry goes first: a Map keeps the order of insertion.
      if (windows.size >= MAX_KEYS) windows.delete(windows.keys().next().value ?? '')
      windows.set(key, { failures: 1, endsAtMs: now() + windowMs })
    },
    succeed(key) {
      windows.delete(key)
    },
  }
}
