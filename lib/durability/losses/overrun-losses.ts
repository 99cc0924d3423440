/** Retention deleted what a group had not read: its committed offset lies below the start of the log. */
import { MINUTE_MS } from '../../units.ts'
import type { Observation, ObservedGroup, ObservedGroupPartition, ObservedTopic } from '../observation.ts'
import { isNobodys } from '../rules/group-rules.ts'
import { larger } from '../sums.ts'
import type { CountBound, Loss } from './loss.ts'
import { type Episode, type KnownGroupPartition, type LossMemory, placeIn } from './loss-memory.ts'
import { type PurgedPlaces, placeOfLetters } from './purged-places.ts'
import { deletesByItself } from './retention.ts'

/** A commit that stood for this long is no consumer at the edge of the log that is about to commit. */
const STANDS_AFTER_MS = MINUTE_MS
/** There once anything in the cluster wrote in transactions, and never before. */
const TRANSACTION_TOPIC = '__transaction_state'
/** Who may see it may see the other one. */
const OFFSETS_TOPIC = '__consumer_offsets'

export interface OverrunFindings {
  losses: Loss[]
  /** By key: what goes on; null where it ended. What is not named stays as it was. */
  episodes: Map<string, Episode | null>
}

interface Context {
  memory: LossMemory
  purged: PurgedPlaces
  topics: ReadonlyMap<string, ObservedTopic>
  nowMs: number
  /** Control records of transactions take places in logs that no consumer reads. */
  mayHoldMarkers: boolean
}

export function overrunLosses(observation: Observation, memory: LossMemory, purged: PurgedPlaces): OverrunFindings {
  const found: OverrunFindings = { losses: [], episodes: new Map() }
  const doubted = groupsInDoubt(memory)
  let context: Context | null = null
  for (const group of observation.groups) {
    const before = memory.groups.get(group.id)
    // The same group says the same, but for what waits to be believed.
    if (before?.seen === group && !doubted.has(group.id)) continue
    context ??= { ...contextOf(observation, memory), purged }
    lookAt(group, before?.known.partitions ?? [], context, found)
  }
  return found
}

function groupsInDoubt({ episodes }: LossMemory): Set<string> {
  const ids = new Set<string>()
  for (const { key, isConfirmed } of episodes.values()) {
    const group = isConfirmed ? null : groupOfEpisode(key)
    if (group !== null) ids.add(group)
  }
  return ids
}

function contextOf({ topics, clusterKind, atMs }: Observation, memory: LossMemory): Omit<Context, 'purged'> {
  const byName = new Map(topics.map((topic) => [topic.name, topic]))
  const mayHoldMarkers = clusterKind === 'kafka' && (byName.has(TRANSACTION_TOPIC) || !byName.has(OFFSETS_TOPIC))
  return { memory, topics: byName, nowMs: atMs, mayHoldMarkers }
}

function lookAt(
  group: ObservedGroup,
  before: readonly KnownGroupPartition[],
  context: Context,
  found: OverrunFindings,
): void {
  for (const [index, partition] of (group.partitions ?? []).entries()) {
    const { committedOffset, startOffset } = partition
    // Not seen: neither a loss nor the end of one.
    if (committedOffset === null || startOffset === null) continue
    const key = episodeKey(group.id, partition)
    const known = context.memory.episodes.get(key)
    if (committedOffset >= startOffset) {
      if (known !== undefined) found.episodes.set(key, null)
      continue
    }
    const topic = context.topics.get(partition.topic)
    const purgedTo = context.purged.get(placeOfLetters(partition.topic, topic?.topicId ?? null, partition)) ?? 0n
    const overrun: Overrun = { group, partition, committedOffset, startOffset, purgedTo, topic }
    if (!isLoss(overrun, context)) continue
    const { episode, loss } = grow(key, overrun, known, placeIn(before, partition, index), context)
    found.episodes.set(key, episode)
    if (loss !== null) found.losses.push(loss)
  }
}

interface Overrun {
  group: ObservedGroup
  partition: ObservedGroupPartition
  committedOffset: bigint
  startOffset: bigint
  /** Below it a person had the records deleted. */
  purgedTo: bigint
  topic: ObservedTopic | undefined
}

/** @returns false for what a person deleted, and for a place that no consumer reads */
function isLoss(
  { topic, startOffset, committedOffset, purgedTo, partition }: Overrun,
  { mayHoldMarkers }: Context,
): boolean {
  if (startOffset <= purgedTo || (topic !== undefined && !deletesByItself(topic))) return false
  const isPerhapsMarker = startOffset - committedOffset === 1n && startOffset === partition.endOffset
  return !(mayHoldMarkers && isPerhapsMarker)
}

function grow(
  key: string,
  overrun: Overrun,
  known: Episode | undefined,
  before: KnownGroupPartition | undefined,
  context: Context,
): { episode: Episode; loss: Loss | null } {
  const { committedOffset, startOffset, purgedTo, group, partition } = overrun
  const life = overrun.topic?.topicId ?? ''
  const isSame = known?.name.startsWith(`${life}/`) === true && !isReset(committedOffset, known)
  const begun = isSame ? known : begin(key, life, overrun, before, context)
  const fromOffset = larger(larger(begun.fromOffset, committedOffset), purgedTo)
  const count = startOffset > fromOffset ? startOffset - fromOffset : 0n
  const isAbandoned = isNobodys(group)
  const isConfirmed = isSame || stoodAtMs(partition, before) <= context.nowMs - STANDS_AFTER_MS
  const isTold = begun.isConfirmed && count <= begun.count && isAbandoned === begun.isAbandoned
  const episode = {
    ...begun,
    isConfirmed,
    isAbandoned,
    count: isConfirmed && count > begun.count ? count : begun.count,
  }
  if (!isConfirmed || count === 0n || isTold) return { episode: isTold ? begun : episode, loss: null }
  const isMoved = committedOffset !== begun.committedOffset
  return { episode, loss: toLoss(overrun, episode, { fromOffset, count, isMoved }, context) }
}

function isReset(committedOffset: bigint, { committedOffset: begunAt }: Episode): boolean {
  return begunAt !== null && committedOffset < begunAt
}

/**
 * Named after what was committed before, which a later look from the same past sees, too. A person who sets a group back
 * to where the log does not reach any more has lost nothing by it: only what goes from then on is lost.
 */
function begin(
  key: string,
  life: string,
  { committedOffset, startOffset }: Overrun,
  before: KnownGroupPartition | undefined,
  { memory }: Context,
): Episode {
  const earlier = before?.committedOffset ?? null
  const wasReset = earlier !== null && committedOffset < earlier
  return {
    key,
    name: `${life}/${wasReset ? `reset ${startOffset}` : (earlier ?? committedOffset)}`,
    fromOffset: wasReset ? startOffset : committedOffset,
    committedOffset,
    windowFromMs: before?.seenAtMs ?? memory.atMs,
    isConfirmed: false,
    count: 0n,
    isAbandoned: false,
  }
}

function stoodAtMs(partition: ObservedGroupPartition, before: KnownGroupPartition | undefined): number {
  const now = partition.committedSinceMs ?? Number.POSITIVE_INFINITY
  const isSame = before !== undefined && before.committedOffset === partition.committedOffset
  return Math.min(now, isSame ? (before.committedSinceMs ?? now) : now)
}

function toLoss(
  { group, partition, startOffset, committedOffset, topic }: Overrun,
  episode: Episode,
  { fromOffset, count, isMoved }: { fromOffset: bigint; count: bigint; isMoved: boolean },
  { nowMs, mayHoldMarkers }: Context,
): Loss {
  return {
    kind: 'retentionOverranGroup',
    ...{ topic: partition.topic, partition: partition.partition, broker: partition.broker, group: group.id },
    ...{
      episode: episode.name,
      fromOffset,
      toOffset: startOffset,
      count,
      countBound: boundOf(topic, mayHoldMarkers || isMoved),
    },
    ...{ windowFromMs: episode.windowFromMs, windowToMs: nowMs, isAbandoned: episode.isAbandoned },
    evidence: {
      committedOffset: Number(committedOffset),
      startOffset: Number(startOffset),
      members: group.memberCount ?? 'unknown',
      groupState: group.state ?? 'unknown',
    },
  }
}

/** Compaction leaves gaps, transactions leave marks: not each offset was a message. */
function boundOf(topic: ObservedTopic | undefined, mayHoldMarkers: boolean): CountBound {
  const policy = topic?.rocketmq === null ? topic.settings.cleanupPolicy : 'delete'
  return mayHoldMarkers || topic === undefined || policy === null || policy.includes('compact') ? 'upper' : 'exact'
}

function episodeKey(group: string, { topic, broker, partition }: ObservedGroupPartition): string {
  return JSON.stringify(['overrun', group, topic, broker, partition])
}

/** Whose episode it is; null for one of another kind. */
export function groupOfEpisode(key: string): string | null {
  const [kind, group] = JSON.parse(key) as string[]
  return kind === 'overrun' ? (group ?? null) : null
}
