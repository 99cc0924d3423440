import type { GroupPartition, GroupState } from '../cluster/snapshot.ts'
import { unchanged } from '../plain-data.ts'
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../units.ts'
import { firstOf, none, unknown } from './forecasts/forecast.ts'
import { groupPartitionLoss } from './forecasts/group-loss.ts'
import type { Keepings } from './forecasts/keeping.ts'
import { exactly, type Range } from './forecasts/range.ts'
import type { UnreadTrails } from './forecasts/unread-trails.ts'
import type { LagTrails } from './lag-trails.ts'
import type {
  Forecast,
  GroupEvaluation,
  LagSecondsSource,
  ObservedGroup,
  ObservedGroupPartition,
  ObservedPartition,
  ObservedTopic,
  Rewind,
} from './observation.ts'
import { findPartition } from './observe-topics.ts'
import type { OffsetClock } from './offset-clock.ts'
import { type PartitionId, partitionKey } from './partition-key.ts'
import { larger, ratePerSecond, sumKnown, sumRates, worstLagSeconds } from './sums.ts'
import { unchangedGroupPartition } from './unchanged.ts'

/** A consumer that has members, lag and no progress for this long stands still. */
export const STALLED_AFTER_MS = 5 * MINUTE_MS
/** A group without members whose offsets have not moved for this long is nobody's any more. */
const ABANDONED_AFTER_MS = 7 * DAY_MS
/** Reading again what it had read may take days; that it was set back is news for a while only. */
const REWOUND_FOR_MS = 10 * MINUTE_MS

export interface GroupContext {
  nowMs: number
  elapsedSeconds: number | null
  topics: ReadonlyMap<string, ObservedTopic>
  clock: OffsetClock
  trails: LagTrails
  unreadTrails: UnreadTrails
  keepings: Keepings
}

/** A group with lag, rates and what they mean. The previous object itself where nothing changed. */
export function observeGroup(
  group: GroupState,
  previous: ObservedGroup | undefined,
  context: GroupContext,
): ObservedGroup {
  const owners = ownersOf(group)
  const before = previous?.partitions ?? []
  const partitions =
    group.partitions?.map((partition, index) => {
      const same = samePartition(before, partition, index)
      if (same !== undefined && isAtRest(partition, same, owners, context)) return same
      return unchangedGroupPartition(same, observeGroupPartition(group, partition, same, owners, context))
    }) ?? null
  const counted = partitions?.filter(wasEverCommitted) ?? []
  const lag = sumKnown(counted, (partition) => partition.lagMessages)
  const rates = sumRates(counted, (partition) => partition.consumeRatePerSecond)
  // The sum of nothing is not a lag of 0: nobody knows what a group that never committed has read.
  const lagMessages = counted.length === 0 ? null : lag.sum
  const lagIsPartial = partitions === null || lag.isPartial
  if (lagMessages !== null && !lagIsPartial) context.trails.note(group.id, lagMessages, context.nowMs)
  return unchanged(previous, {
    id: group.id,
    type: group.type,
    state: group.state,
    coordinator: group.coordinator,
    memberCount: group.members?.length ?? null,
    members: group.members,
    membersSinceMs: membersSince(group.members, previous, context.nowMs),
    topics: topicsOf(group),
    lagMessages,
    lagIsPartial,
    lagSeconds: worstLagSeconds(counted, () => true),
    consumeRatePerSecond: rates,
    evaluation: evaluateGroup(partitions, context.trails.isFallingBehind(group.id)),
    lostMessages: partitions === null ? null : sumKnown(counted, (partition) => partition.lostMessages).sum,
    lossAt: counted.length === 0 ? unknown('lagUnknown') : firstOf(counted.map(({ lossAt }) => lossAt)),
    fault: group.fault,
    rocketmq: group.rocketmq,
    partitions,
  })
}

function membersSince(
  members: GroupState['members'],
  previous: Pick<ObservedGroup, 'members' | 'membersSinceMs'> | undefined,
  nowMs: number,
): number | null {
  if (members === null || members.length === 0) return null
  const before = previous?.members ?? []
  const known = new Set(before.map(({ memberId }) => memberId))
  return members.every(({ memberId }) => known.has(memberId)) ? (previous?.membersSinceMs ?? nowMs) : nowMs
}

function observeGroupPartition(
  group: GroupState,
  partition: GroupPartition,
  previous: ObservedGroupPartition | undefined,
  owners: Owners,
  context: GroupContext,
): ObservedGroupPartition {
  const topic = context.topics.get(partition.topic)
  const log = topic && findPartition(topic, partition, partition.partition)
  const committed = partition.committedOffset
  const lagMessages = lagOf(partition, log)
  const { lagSeconds, lagSecondsSource } = lagInSeconds(partition, lagMessages, context)
  const committedSinceMs =
    committed === null ? null : previous?.committedOffset === committed ? previous.committedSinceMs : context.nowMs
  const standsSinceMs = standsSince(committed, lagMessages, previous, context.nowMs)
  const commitLostSinceMs = commitLostSince(partition, previous, context.nowMs)
  const rewind = rewindOf(committed, previous, context.nowMs)
  const progress = { committedSinceMs, standsSinceMs, rewind, retentionMs: topic?.settings.retentionMs ?? null }
  const evaluation = commitLostSinceMs !== null ? 'rewound' : evaluate(group, lagMessages, progress, context.nowMs)
  return {
    topic: partition.topic,
    partition: partition.partition,
    broker: partition.broker,
    committedOffset: committed,
    isCommitUnknown: partition.isCommitUnknown,
    startOffset: log?.startOffset ?? null,
    endOffset: log?.endOffset ?? null,
    lagMessages,
    lagSeconds,
    lagSecondsSource,
    // What had been lost by the last commit stays lost while there is none.
    lostMessages: commitLostSinceMs === null ? lostOf(committed, log) : (previous?.lostMessages ?? null),
    consumeRatePerSecond: ratePerSecond(previous?.committedOffset ?? null, committed, context.elapsedSeconds),
    committedSinceMs,
    standsSinceMs,
    rewind,
    commitLostSinceMs,
    lossAt: lossOf(group, partition, { topic, log, lagMessages, standsSinceMs, evaluation }, context),
    evaluation,
    member: memberOf(owners, partition.topic, partition),
  }
}

/**
 * All was read, nothing was written or committed since, and as much was so at the poll before: nothing is concluded
 * otherwise. Most of a large cluster, where making and comparing each anew would be most of a poll.
 */
function isAtRest(
  { topic, partition, broker, committedOffset, isCommitUnknown }: GroupPartition,
  previous: ObservedGroupPartition,
  owners: Owners,
  { topics, elapsedSeconds }: GroupContext,
): boolean {
  if (previous.lagMessages !== 0n || previous.committedOffset !== committedOffset || isCommitUnknown) return false
  // Read to the very end, wherever the next record begins; and that it was set back is no news any more.
  if (committedOffset !== previous.endOffset || previous.rewind !== null) return false
  if (previous.consumeRatePerSecond !== 0 || elapsedSeconds === null || elapsedSeconds <= 0) return false
  const topicNow = topics.get(topic)
  const log = topicNow && findPartition(topicNow, previous, partition)
  if (log?.endOffset !== previous.endOffset || log.startOffset !== previous.startOffset) return false
  return previous.evaluation === 'ok' && previous.member === memberOf(owners, topic, { partition, broker })
}

function commitLostSince(
  { committedOffset, isCommitUnknown }: GroupPartition,
  previous: ObservedGroupPartition | undefined,
  nowMs: number,
): number | null {
  if (committedOffset !== null || previous === undefined) return null
  if (isCommitUnknown) return previous.commitLostSinceMs
  return previous.committedOffset === null ? previous.commitLostSinceMs : nowMs
}

function wasEverCommitted(partition: ObservedGroupPartition): boolean {
  return partition.committedOffset !== null || partition.isCommitUnknown || partition.commitLostSinceMs !== null
}

/**
 * End less committed, as Kafka's own tool counts it, but without places that no reader sees. What retention deleted is in it
 * until the group commits again, and beside it in `lostOf`. A negative difference is kept: the committed offset then lies ahead of the log,
 * which happens after a truncation or when the topic was created anew, and must not read as "caught up".
 */
function lagOf(
  { committedOffset, unreadFrom }: GroupPartition,
  log: Pick<ObservedPartition, 'startOffset' | 'endOffset'> | undefined,
): bigint | null {
  if (committedOffset === null || log === undefined || log.endOffset === null) return null
  if (committedOffset > log.endOffset) return log.endOffset - committedOffset
  const from = larger(committedOffset, unreadFrom ?? 0n)
  return from > log.endOffset ? 0n : log.endOffset - from
}

/** A consumer that rests because it has read everything does not stand still from the moment that something new comes. */
function standsSince(
  committed: bigint | null,
  lag: bigint | null,
  previous: ObservedGroupPartition | undefined,
  nowMs: number,
): number | null {
  if (committed === null) return null
  const before = previous?.committedOffset === committed ? previous.standsSinceMs : null
  if (lag === null) return before
  return lag > 0n ? (before ?? nowMs) : null
}

function rewindOf(
  committed: bigint | null,
  previous: ObservedGroupPartition | undefined,
  nowMs: number,
): Rewind | null {
  if (committed === null || previous === undefined) return null
  const before = previous.rewind
  if (previous.committedOffset !== null && committed < previous.committedOffset) {
    return { from: larger(previous.committedOffset, before?.from ?? 0n), atMs: nowMs }
  }
  const isOver = before === null || committed >= before.from || nowMs - before.atMs >= REWOUND_FOR_MS
  return isOver ? null : before
}

function lostOf(committed: bigint | null, log: ObservedPartition | undefined): bigint | null {
  if (committed === null || log === undefined || log.startOffset === null) return null
  return log.startOffset > committed ? log.startOffset - committed : 0n
}

function lagInSeconds(
  partition: GroupPartition,
  lagMessages: bigint | null,
  { clock, nowMs }: GroupContext,
): { lagSeconds: number | null; lagSecondsSource: LagSecondsSource | null } {
  if (lagMessages === null || partition.committedOffset === null || lagMessages < 0n) {
    return { lagSeconds: null, lagSecondsSource: null }
  }
  if (lagMessages === 0n) return { lagSeconds: 0, lagSecondsSource: 'caughtUp' }
  const { firstUnread } = partition
  if (firstUnread !== null && firstUnread.offset === partition.committedOffset) {
    return { lagSeconds: secondsSince(firstUnread.timestampMs, nowMs), lagSecondsSource: firstUnread.precision }
  }
  const writtenAtMs = clock.timeOf(partition, partition.committedOffset)
  if (writtenAtMs === null) return { lagSeconds: null, lagSecondsSource: null }
  return { lagSeconds: secondsSince(writtenAtMs, nowMs), lagSecondsSource: 'interpolated' }
}

interface SeenPart {
  topic: ObservedTopic | undefined
  log: ObservedPartition | undefined
  lagMessages: bigint | null
  standsSinceMs: number | null
  evaluation: GroupEvaluation
}

/** Of a group that reads everything as it is written, nothing is made anew. */
function lossOf(group: GroupState, partition: GroupPartition, seen: SeenPart, context: GroupContext): Forecast {
  const { topic, log, lagMessages, standsSinceMs, evaluation } = seen
  if (lagMessages === 0n) return none('caughtUp')
  if (partition.committedOffset === null && evaluation === 'unknown' && !partition.isCommitUnknown) {
    return unknown('notCommitted')
  }
  if (topic === undefined || log === undefined || lagMessages === null || lagMessages < 0n) return unknown('lagUnknown')
  const key = { group: group.id, topic: partition.topic, partition: partition.partition, broker: partition.broker }
  if (evaluation === 'rewound') context.unreadTrails.forget(key)
  const unread = {
    ...{ key, lagMessages, standsSinceMs, log },
    firstOffset: larger(partition.committedOffset ?? 0n, log.startOffset ?? 0n),
    writtenAtMs: firstUnreadAt(partition, context),
    isDeserted: group.members?.length === 0,
  }
  return groupPartitionLoss(unread, context.keepings.of(topic, log.leader), context)
}

/** When the first unread record was written: the moment itself, or between which moments; null when not known. */
function firstUnreadAt(partition: GroupPartition, { clock, nowMs }: GroupContext): Range | null {
  const { firstUnread, committedOffset } = partition
  if (committedOffset === null) return null
  if (firstUnread?.offset === committedOffset) return exactly(firstUnread.timestampMs)
  const bounds = clock.boundsOf(partition, committedOffset)
  return bounds === null ? null : { low: bounds.low, high: Math.min(bounds.high, nowMs) }
}

/** Clocks of producers may run ahead: an age is never negative. */
function secondsSince(thenMs: number, nowMs: number): number {
  return Math.max(0, (nowMs - thenMs) / SECOND_MS)
}

interface Progress extends Pick<ObservedGroupPartition, 'committedSinceMs' | 'standsSinceMs' | 'rewind'> {
  retentionMs: bigint | null
}

/** Burrow's rules, on what polls saw: without the times of commits a group that stands still is told by its members. */
function evaluate(
  { members }: GroupState,
  lag: bigint | null,
  { committedSinceMs, standsSinceMs, rewind, retentionMs }: Progress,
  nowMs: number,
): GroupEvaluation {
  if (lag === null || committedSinceMs === null || lag < 0n) return 'unknown'
  if (rewind?.atMs === nowMs) return 'rewound'
  if (lag === 0n) return 'ok'
  if (members?.length === 0) {
    return nowMs - committedSinceMs >= abandonedAfterMs(retentionMs) ? 'abandoned' : 'stopped'
  }
  if (standsSinceMs !== null && nowMs - standsSinceMs >= STALLED_AFTER_MS) return 'stalled'
  return rewind === null ? 'ok' : 'rewound'
}

/** Where a topic keeps longer than that, somebody may still come for what is unread; one that keeps for ever waits for nobody. */
function abandonedAfterMs(retentionMs: bigint | null): number {
  return Math.max(ABANDONED_AFTER_MS, Number(retentionMs ?? 0n))
}

const EVALUATION_RANK: Record<GroupEvaluation, number> = {
  ok: 0,
  unknown: 1,
  abandoned: 2,
  warn: 3,
  rewound: 4,
  stalled: 5,
  stopped: 6,
}

/** The worst of its partitions'. Partitions may take turns at progress while the whole falls behind: that is `warn`. */
function evaluateGroup(
  partitions: readonly ObservedGroupPartition[] | null,
  isFallingBehind: boolean,
): GroupEvaluation {
  if (partitions === null) return 'unknown'
  let worst: GroupEvaluation = isFallingBehind ? 'warn' : 'ok'
  for (const partition of partitions) {
    if (wasEverCommitted(partition) && EVALUATION_RANK[partition.evaluation] > EVALUATION_RANK[worst]) {
      worst = partition.evaluation
    }
  }
  return worst
}

function topicsOf(group: GroupState): string[] {
  const names = new Set<string>()
  for (const partition of group.partitions ?? []) names.add(partition.topic)
  for (const member of group.members ?? []) for (const { topic } of member.assignments) names.add(topic)
  return [...names].sort()
}

/** Member id by topic and `partitionKey`. */
type Owners = ReadonlyMap<string, ReadonlyMap<number | string, string>>

function memberOf(owners: Owners, topic: string, partition: PartitionId): string | null {
  return owners.get(topic)?.get(partitionKey(partition)) ?? null
}

function ownersOf(group: GroupState): Owners {
  const owners = new Map<string, Map<number | string, string>>()
  for (const member of group.members ?? []) {
    for (const { topic, broker, partitions } of member.assignments) {
      const ofTopic = owners.get(topic) ?? new Map<number | string, string>()
      owners.set(topic, ofTopic)
      for (const partition of partitions ?? []) ofTopic.set(partitionKey({ partition, broker }), member.memberId)
    }
  }
  return owners
}

/** The same partition of the poll before; nearly always at the same place of the list. */
function samePartition(
  before: readonly ObservedGroupPartition[],
  wanted: GroupPartition,
  index: number,
): ObservedGroupPartition | undefined {
  const isSame = (one: ObservedGroupPartition): boolean =>
    one.partition === wanted.partition && one.topic === wanted.topic && one.broker === wanted.broker
  const guess = before[index]
  return guess !== undefined && isSame(guess) ? guess : before.find(isSame)
}
