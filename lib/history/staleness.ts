/** When what was polled may no longer be so. Pure. */

/** After this many intervals without a good poll. */
export const STALE_INTERVALS = 3

export function isStale(lastPollAtMs: number | null, intervalMs: number, nowMs: number): boolean {
  return lastPollAtMs !== null && nowMs - lastPollAtMs > STALE_INTERVALS * intervalMs
}
