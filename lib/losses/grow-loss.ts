/** Whether a loss that is in the ledger has grown. Pure. */
import { type CountBound, graverKind, type Loss, type LossKind } from '../durability/losses/loss.ts'
import { larger, smaller } from '../durability/sums.ts'

/** A loss with when polls told it. */
export interface DetectedLoss {
  loss: Loss
  firstAtMs: number
  lastAtMs: number
}

/** What of an entry may change when the same loss is found again. */
export interface GrowingLoss
  extends Pick<
    Loss,
    'fromOffset' | 'toOffset' | 'count' | 'windowFromMs' | 'windowToMs' | 'isAbandoned' | 'evidence' | 'kind'
  > {
  kind: LossKind
  countBound: CountBound
  lastDetectedAtMs: number
}

/**
 * What is to be written; null: it says nothing new. An entry never shrinks: a later look may see less, where new records
 * filled up what was gone.
 */
export function growLoss(known: GrowingLoss, { loss, lastAtMs }: DetectedLoss): GrowingLoss | null {
  const isMore = loss.count !== null && (known.count === null || loss.count > known.count)
  const kind = graverKind(known.kind, loss.kind)
  if (!isMore && kind === known.kind && loss.isAbandoned === known.isAbandoned) return null
  return {
    ...{ kind, isAbandoned: loss.isAbandoned },
    ...(isMore || kind !== known.kind
      ? { evidence: loss.evidence, countBound: loss.countBound }
      : { evidence: known.evidence, countBound: known.countBound }),
    count: isMore ? loss.count : known.count,
    fromOffset:
      known.fromOffset === null ? loss.fromOffset : smaller(known.fromOffset, loss.fromOffset ?? known.fromOffset),
    toOffset: known.toOffset === null ? loss.toOffset : larger(known.toOffset, loss.toOffset ?? known.toOffset),
    // Seen from later, it may look younger: it happened after the earliest poll that had nothing of it.
    windowFromMs:
      known.windowFromMs === null
        ? loss.windowFromMs
        : Math.min(known.windowFromMs, loss.windowFromMs ?? known.windowFromMs),
    windowToMs: Math.max(known.windowToMs, loss.windowToMs),
    lastDetectedAtMs: Math.max(known.lastDetectedAtMs, lastAtMs),
  }
}
