/** The worker's sign of life for the whole console: sent only while it sees clusters and can store what it sees. */
import type { ClusterSummary } from '../history/snapshot-store.ts'
import type { Logger } from '../log.ts'
import type { Outcome } from '../receivers/outcome.ts'
import { MINUTE_MS, SECOND_MS } from '../units.ts'
import type { WorkerTask } from './worker.ts'

export interface HeartbeatOptions {
  everyMs: number
  /** Rejects when the database does not answer. */
  isWell(): Promise<boolean>
  send(signal: AbortSignal): Promise<Outcome>
  monotonicMs(): number
  log: Logger
}

const LOOK_MS = SECOND_MS
/** Polls may be late, or fail; after so many, none was made. */
const MISSED_POLLS = 3

type Polled = Pick<ClusterSummary, 'clusterId' | 'lastPollAtMs' | 'pollError' | 'pollIntervalMs'>

/**
 * Each cluster is polled, and at least one of them answers. That a single one does not is an alert, for which nobody needs to
 * think that the console is dead; when none does, the console may be cut off from everything, its receivers as well.
 */
export function pollsWork(summaries: readonly Polled[], clusterIds: readonly string[], nowMs: number): boolean {
  const since = (atMs: number | null | undefined, { pollIntervalMs }: Polled): boolean =>
    atMs != null && nowMs - atMs <= MISSED_POLLS * Math.max(pollIntervalMs, MINUTE_MS)
  const polled = clusterIds.flatMap((id) => summaries.find(({ clusterId }) => clusterId === id) ?? [])
  if (polled.length < clusterIds.length) return false
  const isEachTried = polled.every((one) => since(one.lastPollAtMs, one) || since(one.pollError?.atMs, one))
  return isEachTried && (polled.length === 0 || polled.some((one) => since(one.lastPollAtMs, one)))
}

export function heartbeatTask({ everyMs, isWell, send, monotonicMs, log }: HeartbeatOptions): WorkerTask {
  let nextAtMs = Number.NEGATIVE_INFINITY
  /** What was logged last; the same trouble is logged once. */
  let trouble: string | null = null
  return {
    name: 'heartbeat',
    restMs: LOOK_MS,
    async step(signal) {
      if (monotonicMs() < nextAtMs || !(await isWell())) return false
      nextAtMs = monotonicMs() + everyMs
      const { state, code, facts } = await send(signal)
      const found = state === 'delivered' ? null : code
      if (found !== null && found !== trouble) log.warn({ code, facts }, 'the heartbeat was not taken')
      if (found === null && trouble !== null) log.info('the heartbeat is taken again')
      trouble = found
      return false
    },
  }
}
