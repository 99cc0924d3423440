/** The worker's share in the inbox: every queue is read now and then, one after the other, so that causes and counts hold. */
import { MessageAccessError } from '../cluster/messages.ts'
import type { SnapshotReader } from '../history/snapshot-store.ts'
import type { InboxScanner } from '../inbox/inbox-scanner.ts'
import type { OpenCounter } from '../inbox/open-counter.ts'
import { MINUTE_MS, SECOND_MS } from '../units.ts'
import type { ClusterAccess } from './replay-tasks.ts'
import type { WorkerTask } from './worker.ts'

export interface InboxTaskOptions {
  scanner: Pick<InboxScanner, 'scanOnce'>
  counter: Pick<OpenCounter, 'refreshStale'>
  snapshots: Pick<SnapshotReader, 'dlqs'>
  clusterIds(): Promise<string[]>
  clusterOf(id: string): Promise<ClusterAccess | null>
  monotonicMs(): number
}

/** A queue that grew is read again this soon, one that did not this late. */
const GREW_MS = 2 * SECOND_MS
const SAME_MS = 10 * MINUTE_MS
/** So long one queue may be read before the next has its turn: what was read is kept. */
const TURN_MS = 20 * SECOND_MS
const LONGEST_PAUSE_MS = 5 * MINUTE_MS

interface SeenQueue {
  scannedAtMs: number
  /** As the poll knew it then. */
  stored: bigint | null
  arrivals: number | null
  isAtEnd: boolean
  failures: number
}

export function inboxTask(options: InboxTaskOptions): WorkerTask {
  const seen = new Map<string, SeenQueue>()
  return {
    name: 'inbox',
    restMs: 2 * SECOND_MS,
    async step(signal) {
      // What replays and people did since: lists show it without reading the queue again.
      await options.counter.refreshStale()
      const due = await nextQueue(options, seen)
      if (due === null) return false
      await scan(due, options, seen, signal)
      return true
    },
  }
}

interface DueQueue {
  clusterId: string
  topic: string
  stored: bigint | null
  arrivals: number | null
  waitedMs: number
}

/** The one that waits longest. */
async function nextQueue(options: InboxTaskOptions, seen: Map<string, SeenQueue>): Promise<DueQueue | null> {
  const nowMs = options.monotonicMs()
  let best: DueQueue | null = null
  for (const clusterId of await options.clusterIds()) {
    for (const { topic, stored, arrivalsPerMinute: arrivals, isReadable } of (await options.snapshots.dlqs(
      clusterId,
    )) ?? []) {
      if (isReadable === false) continue
      const known = seen.get(`${clusterId}/${topic}`)
      if (known === undefined && stored === 0n) continue
      const waitedMs = known === undefined ? Infinity : nowMs - known.scannedAtMs - pauseMs(known, stored, arrivals)
      if (waitedMs >= 0 && (best === null || waitedMs > best.waitedMs)) {
        best = { clusterId, topic, stored, arrivals, waitedMs }
      }
    }
  }
  return best
}

function pauseMs(known: SeenQueue, stored: bigint | null, arrivals: number | null): number {
  if (known.failures > 0) return Math.min(GREW_MS * 2 ** known.failures, LONGEST_PAUSE_MS)
  if (!known.isAtEnd) return 0
  const isSame = known.stored === stored && (arrivals ?? 0) === 0
  return isSame ? SAME_MS : GREW_MS
}

async function scan(
  { clusterId, topic, stored, arrivals }: DueQueue,
  options: InboxTaskOptions,
  seen: Map<string, SeenQueue>,
  signal: AbortSignal,
): Promise<void> {
  const key = `${clusterId}/${topic}`
  const failures = seen.get(key)?.failures ?? 0
  const note = (isAtEnd: boolean, failed: boolean): void => {
    const scannedAtMs = options.monotonicMs()
    seen.set(key, { scannedAtMs, stored, arrivals, isAtEnd, failures: failed ? failures + 1 : 0 })
  }
  const cluster = await options.clusterOf(clusterId)
  if (cluster === null) return note(true, true)
  const access = cluster.open()
  try {
    const within = AbortSignal.any([signal, AbortSignal.timeout(TURN_MS)])
    const queue = { clusterId, topic, reader: access.reader(), decoder: cluster.decoder }
    const { isAtEnd, faults } = await options.scanner.scanOnce(queue, within)
    note(isAtEnd, faults.length > 0)
  } catch (error) {
    note(false, true)
    if (signal.aborted || error instanceof MessageAccessError) return
    throw error
  } finally {
    await access.close()
  }
}
