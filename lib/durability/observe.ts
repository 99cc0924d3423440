import type { ClusterSnapshot } from '../cluster/snapshot.ts'
import { SECOND_MS } from '../units.ts'
import { withExpectedMembers } from './expected-members.ts'
import { Keepings } from './forecasts/keeping.ts'
import type {
  ClusterTotals,
  Finding,
  Observation,
  ObservedBroker,
  ObservedDlq,
  ObservedGroup,
  ObservedTopic,
  TopicKindOf,
} from './observation.ts'
import { type ExpectedBroker, observeBrokers } from './observe-brokers.ts'
import { observeDlqs } from './observe-dlqs.ts'
import { type GroupContext, observeGroup } from './observe-groups.ts'
import type { ObserveMemory } from './observe-memory.ts'
import { findPartition, observeTopic } from './observe-topics.ts'
import type { OffsetClock } from './offset-clock.ts'
import { maxKnown, sumKnown, worstLagSeconds } from './sums.ts'
import type { TroubledHold } from './troubled-holds.ts'
import type { OpenCount } from './unresolved.ts'
import { verdictOf } from './verdict.ts'

export interface ObserveInput {
  snapshot: ClusterSnapshot
  /** The observation of the poll before; null after a start. */
  previous: Observation | null
  expectedBrokers: readonly ExpectedBroker[]
  kindOf: TopicKindOf
  /** Kept per cluster between polls; this call adds to it. */
  memory: ObserveMemory
  /** What the inbox counted of dead letters, by topic; nothing where it is left out. */
  openCounts?: ReadonlyMap<string, OpenCount>
  /** Holds of retention that did not end as they should; null when they could not be read. Left out: there are none. */
  holds?: readonly TroubledHold[] | null
  /** What a person has muted is found all the same, and is no reason of the verdict. */
  isMuted?: (finding: Finding) => boolean
}

/** Concludes from a snapshot what the console stores and shows. No IO; the same input gives the same answer. */
export function observe(input: ObserveInput): Observation {
  const {
    snapshot: seen,
    previous,
    expectedBrokers,
    kindOf,
    memory,
    openCounts = new Map(),
    holds = [],
    isMuted,
  } = input
  const snapshot = { ...seen, ...withExpectedMembers(seen, expectedBrokers) }
  const nowMs = snapshot.finishedAtMs
  const elapsedSeconds = previous === null ? null : (nowMs - previous.atMs) / SECOND_MS
  const isFrozen = snapshot.quorum?.isMoving === false
  const declaredDlqs = new Set(snapshot.declaredDlqs.map(({ topic }) => topic))
  const topics = observeTopics(snapshot, previous, memory, { isFrozen, elapsedSeconds, kindOf, declaredDlqs })
  const brokers = observeBrokers(snapshot.brokers, expectedBrokers, topics, nowMs)
  const keepings = new Keepings(brokers, nowMs)
  const groups = observeGroups(snapshot, previous, topics, memory, { nowMs, elapsedSeconds, keepings })
  const dlqs = observeDlqs({ topics, groups, keepings, declared: snapshot.declaredDlqs }, memory.arrivals, nowMs)
  const totals = totalsOf(brokers, topics, groups, dlqs)
  const { kind, quorum, nameServers, facts } = snapshot
  const { unknownPartitions } = totals
  const { findings, unjudged } = memory.judge.judge({
    ...{ kind, nowMs, isFrozen, quorum, nameServers, brokers, topics, groups, dlqs, facts, holds, unknownPartitions },
    openCounts,
  })
  return {
    clusterKind: kind,
    atMs: nowMs,
    pollMs: nowMs - snapshot.startedAtMs,
    version: snapshot.version,
    systemClusterId: snapshot.systemClusterId,
    verdict: verdictOf(findings, isMuted),
    ...{ totals, quorum, nameServers, facts, brokers, topics, groups, dlqs, findings, unjudged },
  }
}

function observeTopics(
  snapshot: ClusterSnapshot,
  previous: Observation | null,
  { settled }: ObserveMemory,
  context: Parameters<typeof observeTopic>[2],
): ObservedTopic[] {
  const before = new Map(previous?.topics.map((topic) => [topic.name, topic]))
  return snapshot.topics.map((topic) => {
    const known = before.get(topic.name)
    const isSettled = known !== undefined && settled.get(topic) === known && !context.isFrozen
    // Declared as a dead-letter queue meanwhile, or not any more: its kind is another one.
    if (isSettled && context.declaredDlqs.has(topic.name) === (known.kind === 'dlq')) return known
    const observed = observeTopic(topic, known, context)
    if (observed === known && !context.isFrozen) settled.set(topic, observed)
    return observed
  })
}

function observeGroups(
  snapshot: ClusterSnapshot,
  previous: Observation | null,
  topics: readonly ObservedTopic[],
  { clock, trails, unreadTrails }: ObserveMemory,
  poll: Pick<GroupContext, 'nowMs' | 'elapsedSeconds' | 'keepings'>,
): ObservedGroup[] {
  const topicsByName = new Map(topics.map((topic) => [topic.name, topic]))
  forgetRecreatedTopics(previous, topicsByName, clock)
  noteOffsets(snapshot, topicsByName, clock, poll.nowMs)
  const before = new Map(previous?.groups.map((group) => [group.id, group]))
  const context = { ...poll, topics: topicsByName, clock, trails, unreadTrails }
  const groups = snapshot.groups.map((group) => observeGroup(group, before.get(group.id), context))
  unreadTrails.sweep()
  trails.retain(new Set(groups.map((group) => group.id)))
  return groups
}

/** Offsets of a topic that was deleted and created again start anew, so what the clock knew of them is void. */
function forgetRecreatedTopics(
  previous: Observation | null,
  topics: ReadonlyMap<string, ObservedTopic>,
  clock: OffsetClock,
): void {
  for (const topic of previous?.topics ?? []) {
    if (topics.get(topic.name)?.topicId !== topic.topicId) clock.forget(topic.name)
  }
}

/** Feeds the clock with the end offset of every partition that some group reads, and with time stamps of unread records. */
function noteOffsets(
  snapshot: ClusterSnapshot,
  topics: ReadonlyMap<string, ObservedTopic>,
  clock: OffsetClock,
  nowMs: number,
): void {
  for (const group of snapshot.groups) {
    for (const partition of group.partitions ?? []) {
      const { committedOffset, firstUnread } = partition
      if (committedOffset === null) continue
      const topic = topics.get(partition.topic)
      clock.need(partition, committedOffset, isLimitedBySize(topic))
      if (firstUnread !== null) clock.note(partition, firstUnread.offset, firstUnread.timestampMs)
      const log = topic && findPartition(topic, partition, partition.partition)
      if (log != null && log.endOffset !== null) clock.note(partition, log.endOffset, nowMs)
    }
  }
  clock.sweep(nowMs)
}

/** When retention deletes there depends on how fast is written. */
function isLimitedBySize(topic: ObservedTopic | undefined): boolean {
  return (topic?.settings.retentionBytes ?? -1n) >= 0n
}

function totalsOf(
  brokers: readonly ObservedBroker[],
  topics: readonly ObservedTopic[],
  groups: readonly ObservedGroup[],
  dlqs: readonly ObservedDlq[],
): ClusterTotals {
  const ladder = { healthy: 0, underReplicated: 0, atMinIsr: 0, underMinIsr: 0, offline: 0, unknown: 0 }
  for (const topic of topics) for (const partition of topic.partitions) ladder[partition.durability] += 1
  const partitions = topics.reduce((sum, topic) => sum + topic.partitions.length, 0)
  const isNothingKnown = partitions > 0 && ladder.unknown === partitions
  const dlqDepth = sumKnown(dlqs, (dlq) => dlq.stored)
  const owned = groups.filter((group) => group.evaluation !== 'abandoned')
  const dataBrokers = brokers.filter((broker) => broker.role !== 'controller')
  return {
    brokersOnline: dataBrokers.filter((broker) => broker.online === true).length,
    brokersExpected: dataBrokers.length,
    topics: topics.length,
    partitions,
    groups: groups.length,
    underReplicated: isNothingKnown ? null : ladder.underReplicated,
    atMinIsr: isNothingKnown ? null : ladder.atMinIsr,
    underMinIsr: isNothingKnown ? null : ladder.underMinIsr,
    offline: isNothingKnown ? null : ladder.offline,
    unknownPartitions: ladder.unknown,
    dlqDepth: dlqDepth.sum,
    dlqDepthIsPartial: dlqDepth.isPartial || dlqs.some((dlq) => dlq.isPartial),
    diskUsedRatioMax: maxKnown(
      brokers.flatMap((broker) => broker.logDirs ?? []),
      (logDir) => logDir.usedRatio,
    ),
    lagSecondsMax: owned.length === 0 ? 0 : worstLagSeconds(owned, (group) => group.lagIsPartial),
  }
}
