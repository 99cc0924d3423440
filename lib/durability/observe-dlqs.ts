/** Dead-letter topics: what they hold, how fast it grows, and when it expires. */
import type { DeclaredDlq } from '../cluster/snapshot.ts'
import type { ArrivalMeter } from './arrival-meter.ts'
import { firstOf, isUnknown, none, unknown } from './forecasts/forecast.ts'
import { isKeeping, type KeepingOrNot, type Keepings } from './forecasts/keeping.ts'
import { exactly } from './forecasts/range.ts'
import { agedLoss } from './forecasts/retention-loss.ts'
import type { Forecast, ObservedDlq, ObservedGroup, ObservedPartition, ObservedTopic } from './observation.ts'
import { storedMessages } from './observe-topics.ts'
import { sumKnown } from './sums.ts'

/** RocketMQ's permission bit. */
const MAY_READ = 4

interface SeenCluster {
  topics: readonly ObservedTopic[]
  groups: readonly ObservedGroup[]
  keepings: Keepings
  declared: readonly DeclaredDlq[]
}

export function observeDlqs(seen: SeenCluster, arrivals: ArrivalMeter, nowMs: number): ObservedDlq[] {
  const { topics, keepings } = seen
  const dlqs = topics.filter((topic) => topic.kind === 'dlq')
  arrivals.retain(new Set(dlqs.map((topic) => topic.name)))
  return dlqs.map((topic) => ({
    topic: topic.name,
    ...{ topicId: topic.topicId, endSum: wholeEnd(topic), unresolved: null },
    ...ownersOf(topic, seen),
    stored: topic.messages,
    isPartial: topic.messagesIsPartial,
    isReadable: topic.rocketmq?.brokers.every(({ permission }) => (permission & MAY_READ) !== 0) ?? null,
    oldestAtMs: leastOrNull(holding(topic), ({ oldestAtMs }) => oldestAtMs),
    expiry: expiryOf(topic, keepings, nowMs),
    keeping: keepingOf(topic, keepings),
    arrivalsPerMinute: arrivals.perMinute(topic.name, topic.topicId, wholeEnd(topic), nowMs),
  }))
}

/** RocketMQ keeps one queue of dead letters per group, of all that it reads; on Kafka settings tell, or nothing does. */
function ownersOf(
  { name, rocketmq }: ObservedTopic,
  { topics, groups, declared }: SeenCluster,
): Pick<ObservedDlq, 'groups' | 'sourceTopics'> {
  const told = declared.find(({ topic }) => topic === name)
  const owners = rocketmq?.deadLetterGroup ? [rocketmq.deadLetterGroup] : (told?.groups ?? [])
  const read = new Set(told?.sourceTopics)
  for (const { id, partitions } of groups) {
    if (owners.includes(id)) for (const { topic } of partitions ?? []) read.add(topic)
  }
  if (read.size === 0) return { groups: owners, sourceTopics: [] }
  const sources = topics.flatMap((topic) => (topic.kind === 'normal' && read.has(topic.name) ? [topic.name] : []))
  return { groups: owners, sourceTopics: sources.sort() }
}

/** When the first of a topic's records may be gone. A disk that runs full makes RocketMQ delete earlier. */
function expiryOf(topic: ObservedTopic, keepings: Keepings, nowMs: number): Forecast {
  if (topic.messages === 0n && !topic.messagesIsPartial) return none('empty')
  const records = holding(topic)
  if (leastOrNull(records, ({ oldestAtMs }) => oldestAtMs) === null) return unknown('oldestUnknown')
  const losses = records.map(({ leader, oldestAtMs }) => {
    const keeping = keepings.of(topic, leader)
    return oldestAtMs === null ? unknown('oldestUnknown') : agedLoss(exactly(oldestAtMs), keeping, nowMs)
  })
  // What is not known of one queue may come before what is known of another.
  return losses.find(isUnknown) ?? firstOf(losses)
}

/** Brokers may check at different intervals: that of the slowest. */
function keepingOf(topic: ObservedTopic, keepings: Keepings): KeepingOrNot | null {
  if (topic.rocketmq !== null) return null
  let slowest = keepings.of(topic, topic.partitions[0]?.leader ?? null)
  for (const { leader } of topic.partitions) {
    const keeping = keepings.of(topic, leader)
    if (!isKeeping(keeping) || !isKeeping(slowest)) return keeping
    if ((keeping.checkMs ?? Infinity) > (slowest.checkMs ?? Infinity)) slowest = keeping
  }
  return slowest
}

/** Those that hold records, or may hold some. */
function holding({ partitions }: ObservedTopic): ObservedPartition[] {
  return partitions.filter((partition) => storedMessages(partition) !== 0n)
}

/** The least value; null when there is none, or one is unknown, which may be less. */
function leastOrNull<T>(parts: readonly T[], read: (part: T) => number | null): number | null {
  let least: number | null = null
  for (const part of parts) {
    const value = read(part)
    if (value === null) return null
    if (least === null || value < least) least = value
  }
  return least
}

/** Null when the end of some partition is unknown: the sum would jump when it is known again. */
function wholeEnd({ partitions }: ObservedTopic): bigint | null {
  const { sum, isPartial } = sumKnown(partitions, (partition) => partition.endOffset)
  return isPartial ? null : sum
}
