/** The last moment that ISO 8601 writes with the four digits of a year. */
export const LATEST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

/** Producers choose the time of a message, and brokers store it unread: null for what is no time at all. */
export function timeOrNull(ms: number): number | null {
  return ms >= 0 && ms <= LATEST_MS ? ms : null
}
