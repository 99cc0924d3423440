import type { Loss } from '../../lib/durability/losses/loss.ts'
import type { DetectedLoss } from '../../lib/losses/grow-loss.ts'
import { MINUTE_MS } from '../../lib/units.ts'
import { NOW_MS } from './snapshots.ts'

export function aLoss(over: Partial<Loss> = {}): Loss {
  return {
    ...{ kind: 'retentionOverranGroup', topic: 'orders', partition: 0, broker: null, group: 'billing' },
    ...{ episode: 'id/90', fromOffset: 90n, toOffset: 500n, count: 410n, countBound: 'exact' },
    ...{ windowFromMs: NOW_MS - MINUTE_MS, windowToMs: NOW_MS, isAbandoned: false },
    evidence: { committedOffset: 90, startOffset: 500, members: 1, groupState: 'Stable' },
    ...over,
  }
}

export function detected(over: Partial<Loss> = {}, atMs = NOW_MS): DetectedLoss {
  return { loss: aLoss(over), firstAtMs: atMs, lastAtMs: atMs }
}
