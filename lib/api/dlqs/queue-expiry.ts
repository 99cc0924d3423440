/** When the first open dead letter may be gone. Pure. */
import type { TopicSettings } from '../../cluster/snapshot.ts'
import type { Forecast, ObservedDlq } from '../../durability/observation.ts'
import type { DlqDepth } from '../../durability/unresolved.ts'

const UNLIMITED = -1n

/**
 * RocketMQ's queues are forecast with the poll. On Kafka the topic's own retention decides, by the times that the records
 * carry, which are those that the index knows. Where size limits it too, nobody can say when.
 */
export function queueExpiry(
  dlq: ObservedDlq,
  settings: TopicSettings | null,
  { depth, isUpperBound, isCounted }: DlqDepth,
  oldestOpenAtMs: number | null,
): Forecast {
  if (dlq.isReadable !== null) return dlq.expiry
  if (isCounted && depth === 0n && !isUpperBound) return bare('none', 'empty')
  if (dlq.stored === 0n && !dlq.isPartial) return bare('none', 'empty')
  if (!isCounted || oldestOpenAtMs === null) return bare('unknown', 'oldestUnknown')
  const { retentionMs = null, retentionBytes = null, cleanupPolicy = null } = settings ?? {}
  if (retentionMs === null || retentionBytes === null || cleanupPolicy === null)
    return bare('unknown', 'retentionUnknown')
  // Compacted only: a record goes when another one of its key comes.
  if (!cleanupPolicy.split(',').includes('delete')) return bare('unknown', 'retentionByKey')
  if (retentionBytes !== UNLIMITED) return bare('unknown', 'retentionBySize')
  if (retentionMs === UNLIMITED) return bare('none', 'noRetention')
  const earliestAtMs = oldestOpenAtMs + Number(retentionMs)
  return { state: 'forecast', earliestAtMs, latestAtMs: null, because: 'retention' }
}

function bare(state: 'none' | 'unknown', because: string): Forecast {
  return { state, earliestAtMs: null, latestAtMs: null, because }
}
