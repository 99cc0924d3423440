import { LATEST_MS } from '../units.ts'

/** Producers choose the time of a message, and brokers store it unread: null for what is no time at all. */
export function timeOrNull(ms: number): number | null {
  return ms >= 0 && ms <= LATEST_MS ? ms : null
}
