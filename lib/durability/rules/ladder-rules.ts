/** Places on the durability ladder below the best one, for both systems. */
import type { FindingCode } from '../finding-codes.ts'
import { wantedReplicas } from '../ladder.ts'
import type { Durability, ObservedPartition, ObservedTopic, Severity } from '../observation.ts'
import { type Hit, type Layout, MISS, type Outcome, type TopicRule } from './rule.ts'

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

const TAKES_WRITES: ReadonlySet<Durability> = new Set(['healthy', 'underReplicated', 'atMinIsr'])

function ladderRule(code: FindingCode, severity: Severity): TopicRule {
  return {
    code,
    system: 'both',
    severity,
    scope: 'topic',
    judge: (topic, layout) => judge(topic, layout, code, severity),
  }
}

/** A hit of the gravest severity has no part, milder ones do: a finding stays the same while others come and go beside it. */
function judge(topic: ObservedTopic, layout: Layout, code: FindingCode, gravest: Severity): Outcome {
  if (topic.durability === 'healthy') return topic.isPartial ? 'unknown' : MISS
  const bySeverity = new Map<Severity, ObservedPartition[]>()
  for (const partition of topic.partitions) {
    const place = placeOf(partition, topic, layout)
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

/** What a restart costs while messages can be written and none has but one copy is good to know, and no more. */
function placeOf(partition: ObservedPartition, topic: ObservedTopic, layout: Layout): Place | null {
  const isRestart = lacksOnlyRestarting(partition, layout)
  switch (partition.durability) {
    case 'offline': {
      // Known and empty: nobody is left whom the controller may elect without losing records.
      const hasNobody = partition.eligibleLeaders?.length === 0 && partition.isr?.length === 0
      const severity = isRestart && isRoutedAround(partition, topic) ? 'info' : 'critical'
      return { code: hasNobody ? 'partition.noEligibleLeader' : 'partition.offline', severity }
    }
    case 'underMinIsr':
      return {
        code: 'partition.underMinIsr',
        severity: isRestart && isRoutedAround(partition, topic) ? 'info' : 'high',
      }
    case 'atMinIsr': {
      const isLastCopy = partition.isr?.length === 1 && partition.replicas.length > 1
      return { code: 'partition.atMinIsr', severity: isLastCopy ? 'high' : isRestart ? 'info' : 'warning' }
    }
    case 'underReplicated':
      return { code: 'partition.underReplicated', severity: isRestart ? 'info' : 'warning' }
    default:
      return null
  }
}

function lacksOnlyRestarting(
  { broker, replicas, isr, offlineReplicas }: ObservedPartition,
  { restarting }: Layout,
): boolean {
  if (restarting.size === 0) return false
  const isRestarting = (id: string): boolean => restarting.has(id)
  // Slaves of a RocketMQ master that restarts run, and are in sync with nobody.
  if (broker !== null) return replicas.some(isRestarting) && offlineReplicas?.every(isRestarting) === true
  return replicas.every((id) => isRestarting(id) || isr?.includes(id) === true)
}

/**
 * RocketMQ's producers take another broker's queues while one restarts. What a broker keeps for itself, only that broker
 * writes. A partition of Kafka has its own records, and nothing takes its place.
 */
function isRoutedAround({ broker }: ObservedPartition, { internal, partitions }: ObservedTopic): boolean {
  if (broker === null) return false
  return internal || partitions.some((other) => other.broker !== broker && TAKES_WRITES.has(other.durability))
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
