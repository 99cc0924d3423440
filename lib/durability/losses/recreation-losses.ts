/** A topic that was deleted and created anew, with messages in it that groups had not read. */
import { DAY_MS } from '../../units.ts'
import type { Observation, ObservedTopic } from '../observation.ts'
import { isNobodys } from '../rules/group-rules.ts'
import { larger } from '../sums.ts'
import type { Loss } from './loss.ts'
import {
  type GoneTopic,
  type KnownPartition,
  type KnownTopic,
  type LossMemory,
  placeIn,
  type Unread,
} from './loss-memory.ts'
import { beginsAnew, endsSooner, type IsAnew } from './queues-anew.ts'

/** A name that comes back later than this is another matter. */
const GONE_FOR_MS = DAY_MS
/** A deployment that makes and drops topics all the time must not fill the memory. */
const MOST_GONE = 1_000

export interface RecreationFindings {
  losses: Loss[]
  gone: ReadonlyMap<string, GoneTopic>
}

export function recreationLosses(observation: Observation, memory: LossMemory, isAnew: IsAnew): RecreationFindings {
  const { topics, atMs } = observation
  const losses: Loss[] = []
  const gone = new Map(memory.gone)
  for (const [name, { seenAtMs }] of gone) if (atMs - seenAtMs > GONE_FOR_MS) gone.delete(name)
  let listed = 0
  for (const topic of topics) {
    const { name } = topic
    const before = memory.topics.get(name)
    if (before !== undefined) listed += 1
    if (before?.seen === topic) continue
    const life = before === undefined ? gone.get(name) : lifeBefore(before.known, topic, memory, isAnew)
    const isOther = life === undefined || life === null ? null : isOtherLife(life, topic)
    if (!life || isOther === null) continue
    gone.delete(name)
    if (isOther) losses.push(...life.unread.map((unread) => toLoss(life, topic, unread, atMs)))
  }
  if (listed < memory.topics.size) noteGone(observation, memory, gone)
  return { losses, gone }
}

/** Null while it is not told. */
function isOtherLife({ topicId, queues }: GoneTopic, { topicId: now, partitions }: ObservedTopic): boolean | null {
  if (topicId !== null) return now === null ? null : now !== topicId
  if (queues === undefined || partitions.every(({ endOffset }) => endOffset === null)) return null
  return partitions.some((partition, index) => {
    const before = placeIn(queues, partition, index)
    return before !== undefined && (endsSooner(before, partition) || beginsAnew(before, partition))
  })
}

/** What a topic that is still there was before, where that is another life; of RocketMQ the queues that ended with it. */
function lifeBefore(
  known: KnownTopic,
  { topicId, partitions }: ObservedTopic,
  memory: LossMemory,
  isAnew: IsAnew,
): GoneTopic | null {
  if (known.topicId !== null || topicId !== null) return isOtherId(known.topicId, topicId) ? endOf(known, memory) : null
  const anew = new Set<string | null>()
  for (const [index, partition] of partitions.entries()) {
    const before = placeIn(known.partitions, partition, index)
    if (before !== undefined && isAnew(before, partition)) anew.add(partition.broker)
  }
  if (anew.size === 0) return null
  // A topic is deleted from broker to broker.
  return endOf({ ...known, partitions: known.partitions.filter(({ broker }) => anew.has(broker)) }, memory)
}

function isOtherId(before: string | null, now: string | null): boolean {
  return before !== null && now !== null && before !== now
}

function noteGone({ topics, brokers }: Observation, memory: LossMemory, gone: Map<string, GoneTopic>): void {
  const listed = new Set(topics.map(({ name }) => name))
  const online = new Set(brokers.filter((broker) => broker.online).map(({ id }) => id))
  for (const { known } of memory.topics.values()) {
    if (listed.has(known.name) || !isDeleted(known, online)) continue
    const life = endOf(known, memory)
    if (life.unread.length > 0 && gone.size < MOST_GONE) gone.set(known.name, life)
  }
}

/** A slave of RocketMQ may not have heard of a topic yet: the masters themselves must have it no more. */
function isDeleted({ topicId, partitions }: KnownTopic, online: ReadonlySet<string>): boolean {
  return topicId !== null || partitions.every(({ leader }) => leader !== null && online.has(leader))
}

/** How a topic's life ended, as far as it was seen. */
function endOf({ name, topicId, partitions }: KnownTopic, memory: LossMemory): GoneTopic {
  const unread: Unread[] = []
  for (const { known: group } of memory.groups.values()) {
    let messages = 0n
    let lagging = 0
    for (const { topic, partition, broker, committedOffset } of group.partitions) {
      if (topic !== name || committedOffset === null) continue
      const known = placeIn(partitions, { partition, broker }, partition)
      const left = known === undefined ? 0n : leftOf(known, committedOffset)
      if (left === 0n) continue
      messages += left
      lagging += 1
    }
    if (lagging > 0) unread.push({ group: group.id, messages, partitions: lagging, isAbandoned: isNobodys(group) })
  }
  const seenAtMs = Math.min(...partitions.map((partition) => partition.seenAtMs ?? Infinity), memory.atMs ?? 0)
  const queues = partitions.map(({ partition, broker, endOffset, beganAnewAtMs }) => {
    return { partition, broker, endOffset, beganAnewAtMs }
  })
  return { name, topicId, ...(topicId === null ? { queues } : {}), unread, seenAtMs }
}

/** What retention had deleted of it before is a loss of its own. */
function leftOf({ startOffset, endOffset }: KnownPartition, committedOffset: bigint): bigint {
  const from = startOffset === null ? committedOffset : larger(committedOffset, startOffset)
  return endOffset === null || endOffset <= from ? 0n : endOffset - from
}

function toLoss(life: GoneTopic, topic: ObservedTopic, unread: Unread, nowMs: number): Loss {
  const { name, topicId, seenAtMs } = life
  return {
    kind: 'topicRecreated',
    ...{ topic: name, partition: null, broker: null, group: unread.group },
    ...{ episode: episodeOf(life, topic), fromOffset: null, toOffset: null },
    // The group may have read some of it after the last poll, and marks of transactions count like messages.
    ...{ count: unread.messages, countBound: 'upper' },
    ...{ windowFromMs: seenAtMs, windowToMs: nowMs, isAbandoned: unread.isAbandoned },
    evidence:
      topicId === null
        ? { brokers: brokersOf(life).join(', '), queues: unread.partitions }
        : { topicIdBefore: topicId, topicIdNow: topic.topicId ?? 'unknown', partitions: unread.partitions },
  }
}

/** Two lives may end alike: without ids, the last poll that saw one of them tells it. */
function episodeOf(life: GoneTopic, { topicId }: ObservedTopic): string {
  return life.topicId === null ? JSON.stringify([life.seenAtMs, ...brokersOf(life)]) : `${life.topicId}/${topicId}`
}

function brokersOf({ queues = [] }: GoneTopic): string[] {
  return [...new Set(queues.flatMap(({ broker }) => broker ?? []))].sort()
}
