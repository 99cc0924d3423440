/** Dead letters that will be gone before somebody has handled them, and queues that fill. */
import type { SubjectRef } from '../../cluster/snapshot.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../units.ts'
import { queueExpiry } from '../forecasts/queue-expiry.ts'
import type { Forecast, ObservedDlq } from '../observation.ts'
import { dlqDepth } from '../unresolved.ts'
import { type ClusterRule, type Hit, heldSince, MISS, type Outcome, partly, type Scene } from './rule.ts'

const EXPIRY_HORIZON_MS = DAY_MS
/** The last chance to replay them. */
const EXPIRY_IS_NEAR_MS = 4 * HOUR_MS
/** For longer it is no burst. */
const GROWS_AFTER_MS = 5 * MINUTE_MS

export const DLQ_RULES: readonly ClusterRule[] = [
  rule('dlq.expiring', 'critical', expiring),
  rule('dlq.growing', 'warning', growing),
]

/** About each queue, at its topic. */
function rule(
  code: ClusterRule['code'],
  severity: ClusterRule['severity'],
  judge: (dlq: ObservedDlq, scene: Scene) => Outcome,
): ClusterRule {
  return {
    ...{ code, system: 'both', severity, scope: 'cluster', about: 'topic' },
    judge(scene) {
      const outcomes = scene.dlqs.map((dlq) => judge(dlq, scene))
      const hits = outcomes.flatMap((outcome, at): readonly Hit[] => {
        const dlq = scene.dlqs[at]
        return outcome === 'unknown' || dlq === undefined ? [] : outcome.map((one) => ({ ...one, subject: refOf(dlq) }))
      })
      const unknown = scene.dlqs.filter((_, at) => outcomes[at] === 'unknown')
      return partly(hits, unknown.map(refOf))
    },
  }
}

function refOf({ topic }: ObservedDlq): SubjectRef {
  return { type: 'topic', name: topic }
}

function expiring(dlq: ObservedDlq, { openCounts, nowMs }: Scene): Outcome {
  const count = openCounts.get(dlq.topic) ?? null
  const depth = dlqDepth(dlq, count)
  if (depth.depth === 0n) return MISS
  const expiry = queueExpiry(dlq, depth, count?.oldestOpenAtMs ?? null, nowMs)
  const leftMs = leftUntil(expiry, nowMs)
  if (leftMs === null) return expiry.state === 'unknown' ? 'unknown' : MISS
  if (leftMs > EXPIRY_HORIZON_MS) return MISS
  const facts = {
    ...{ topic: dlq.topic, groups: dlq.groups.join(', ') || 'unknown', hours: Math.floor(leftMs / HOUR_MS) },
    letters: depth.depth === null ? 'unknown' : Number(depth.depth),
    counted: depth.isCounted ? 'yes' : 'no',
  }
  return [{ severity: leftMs <= EXPIRY_IS_NEAR_MS ? 'critical' : 'high', facts }]
}

function leftUntil({ earliestAtMs }: Forecast, nowMs: number): number | null {
  return earliestAtMs === null ? null : Math.max(0, earliestAtMs - nowMs)
}

function growing(dlq: ObservedDlq, scene: Scene): Outcome {
  const { topic, groups, arrivalsPerMinute } = dlq
  const sinceMs = heldSince(scene, `dlqGrowing\n${topic}`, (arrivalsPerMinute ?? 0) > 0, null)
  if (arrivalsPerMinute === null) return 'unknown'
  if (sinceMs === null) return MISS
  const before = scene.foundBefore('dlq.growing', refOf(dlq))
  const isLasting = scene.nowMs - sinceMs >= GROWS_AFTER_MS || (before !== null && before.severity !== 'info')
  const facts = { topic, groups: groups.join(', ') || 'unknown', perMinute: Math.ceil(arrivalsPerMinute) }
  return [{ severity: isLasting ? 'warning' : 'info', facts }]
}
