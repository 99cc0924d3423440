/** Places on the durability ladder below the best one, for both systems. */
import type { FindingCode } from '../finding-codes.ts'
import { wantedReplicas } from '../ladder.ts'
import type { ObservedPartition, ObservedTopic, Severity } from '../observation.ts'
import { type Hit, MISS, type Outcome, type TopicRule } from './rule.ts'

interface Place {
  code: FindingCode
  severity: Severity
}

export const LADDER_RULES: readonly TopicRule[] = [
  ladderRule('partition.noEligibleLeader', 'critical'),
  ladderRule('partition.offline', 'critical'),
  ladderRule('partition.underMinIsr', 'high'),
  ladderRule('partition.atMinIsr', 'high'),
  ladderRule('partition.underReplicated', 'warning'),
]

function ladderRule(code: FindingCode, severity: Severity): TopicRule {
  return { code, system: 'both', severity, scope: 'topic', judge: (topic) => judge(topic, code, severity) }
}

/** A hit of the gravest severity has no part, milder ones do: a finding stays the same while others come and go beside it. */
function judge(topic: ObservedTopic, code: FindingCode, gravest: Severity): Outcome {
  if (topic.durability === 'healthy') return topic.isPartial ? 'unknown' : MISS
  const bySeverity = new Map<Severity, ObservedPartition[]>()
  for (const partition of topic.partitions) {
    const place = placeOf(partition)
    if (place?.code !== code) continue
    bySeverity.set(place.severity, [...(bySeverity.get(place.severity) ?? []), partition])
  }
  if (bySeverity.size === 0) return topic.isPartial || topic.durability === 'unknown' ? 'unknown' : MISS
  return [...bySeverity].map(
    ([severity, partitions]): Hit => ({
      ...{ severity, facts: factsOf(topic, partitions) },
      ...(severity === gravest ? {} : { part: severity }),
    }),
  )
}

function placeOf(partition: ObservedPartition): Place | null {
  switch (partition.durability) {
    case 'offline': {
      // Known and empty: nobody is left whom the controller may elect without losing records.
      const hasNobody = partition.eligibleLeaders?.length === 0 && partition.isr?.length === 0
      return { code: hasNobody ? 'partition.noEligibleLeader' : 'partition.offline', severity: 'critical' }
    }
    case 'underMinIsr':
      return { code: 'partition.underMinIsr', severity: 'high' }
    case 'atMinIsr': {
      const isLastCopy = partition.isr?.length === 1 && partition.replicas.length > 1
      return { code: 'partition.atMinIsr', severity: isLastCopy ? 'high' : 'warning' }
    }
    case 'underReplicated':
      return { code: 'partition.underReplicated', severity: 'warning' }
    default:
      return null
  }
}

function factsOf(topic: ObservedTopic, partitions: readonly ObservedPartition[]): Hit['facts'] {
  const replicas = Math.max(...partitions.map(wantedReplicas))
  const [first] = partitions
  const minIsr = first?.minIsr ?? topic.settings.minIsr
  return {
    topic: topic.name,
    partitions: partitions.length,
    // Of a queue the number alone names nothing.
    ...(first?.broker === null ? { partition: first.partition } : {}),
    inSync: Math.min(...partitions.map((partition) => partition.isr?.length ?? 0)),
    replicas,
    ...(minIsr === null ? {} : { minIsr: Math.min(minIsr, replicas) }),
  }
}
