/** When the first open dead letter may be gone. Pure. */

import type { Forecast, ObservedDlq } from '../observation.ts'
import type { DlqDepth } from '../unresolved.ts'
import { none, unknown } from './forecast.ts'
import { isKeeping } from './keeping.ts'
import { exactly } from './range.ts'
import { agedLoss } from './retention-loss.ts'

/**
 * RocketMQ's queues are forecast with the poll. On Kafka the topic's own retention decides, by the times that the records
 * carry, which are those that the index knows. Where size limits it too, nobody can say when.
 */
export function queueExpiry(
  dlq: ObservedDlq,
  { depth, isUpperBound, isCounted }: DlqDepth,
  oldestOpenAtMs: number | null,
  nowMs: number,
): Forecast {
  const { keeping } = dlq
  if (keeping === null) return dlq.expiry
  if (isCounted && depth === 0n && !isUpperBound) return none('empty')
  if (dlq.stored === 0n && !dlq.isPartial) return none('empty')
  if (!isCounted || oldestOpenAtMs === null) return unknown('oldestUnknown')
  if (isKeeping(keeping) && keeping.retentionBytes !== null) return unknown('sizeUnknown')
  // Compacted only: a record goes when another one of its key comes.
  if (!isKeeping(keeping) && keeping.because === 'retentionByKey') return unknown('retentionByKey')
  return agedLoss(exactly(oldestOpenAtMs), keeping, nowMs)
}
