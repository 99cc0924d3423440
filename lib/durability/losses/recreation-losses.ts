/** A topic that was deleted and created anew, with messages in it that groups had not read. */
import { DAY_MS } from '../../units.ts'
import type { Observation } from '../observation.ts'
import { isNobodys } from '../rules/group-rules.ts'
import type { Loss } from './loss.ts'
import { type GoneTopic, type KnownTopic, type LossMemory, placeIn, type Unread } from './loss-memory.ts'

/** A name that comes back later than this is another matter. */
const GONE_FOR_MS = DAY_MS
/** A deployment that makes and drops topics all the time must not fill the memory. */
const MOST_GONE = 1_000

export interface RecreationFindings {
  losses: Loss[]
  gone: ReadonlyMap<string, GoneTopic>
}

export function recreationLosses({ topics, atMs }: Observation, memory: LossMemory): RecreationFindings {
  const losses: Loss[] = []
  const gone = new Map(memory.gone)
  for (const [name, { seenAtMs }] of gone) if (atMs - seenAtMs > GONE_FOR_MS) gone.delete(name)
  let listed = 0
  for (const { name, topicId } of topics) {
    const before = memory.topics.get(name)?.known
    if (before !== undefined) listed += 1
    const life = before === undefined ? gone.get(name) : isOther(before.topicId, topicId) ? endOf(before, memory) : null
    if (life === undefined || life === null || topicId === null) continue
    gone.delete(name)
    if (life.topicId !== topicId) losses.push(...life.unread.map((unread) => toLoss(life, topicId, unread, atMs)))
  }
  if (listed < memory.topics.size) noteGone(new Set(topics.map(({ name }) => name)), memory, gone)
  return { losses, gone }
}

function isOther(before: string | null, now: string | null): boolean {
  return before !== null && now !== null && before !== now
}

function noteGone(listed: ReadonlySet<string>, memory: LossMemory, gone: Map<string, GoneTopic>): void {
  for (const { known } of memory.topics.values()) {
    if (listed.has(known.name)) continue
    const life = endOf(known, memory)
    if (life !== null && life.unread.length > 0 && gone.size < MOST_GONE) gone.set(known.name, life)
  }
}

/** How a topic's life ended, as far as it was seen; null where the system does not tell lives apart. */
function endOf({ name, topicId, partitions }: KnownTopic, memory: LossMemory): GoneTopic | null {
  if (topicId === null) return null
  const unread: Unread[] = []
  for (const { known: group } of memory.groups.values()) {
    let messages = 0n
    let lagging = 0
    for (const { topic, partition, broker, committedOffset } of group.partitions) {
      if (topic !== name || committedOffset === null) continue
      const end = placeIn(partitions, { partition, broker }, partition)?.endOffset ?? null
      if (end === null || end <= committedOffset) continue
      messages += end - committedOffset
      lagging += 1
    }
    if (lagging > 0) unread.push({ group: group.id, messages, partitions: lagging, isAbandoned: isNobodys(group) })
  }
  const seenAtMs = Math.min(...partitions.map((partition) => partition.seenAtMs ?? Infinity), memory.atMs ?? 0)
  return { name, topicId, unread, seenAtMs }
}

function toLoss({ name, topicId, seenAtMs }: GoneTopic, newId: string, unread: Unread, nowMs: number): Loss {
  return {
    kind: 'topicRecreated',
    ...{ topic: name, partition: null, broker: null, group: unread.group },
    ...{ episode: `${topicId}/${newId}`, fromOffset: null, toOffset: null },
    // The group may have read some of it after the last poll, and marks of transactions count like messages.
    ...{ count: unread.messages, countBound: 'upper' },
    ...{ windowFromMs: seenAtMs, windowToMs: nowMs, isAbandoned: unread.isAbandoned },
    evidence: { topicIdBefore: topicId, topicIdNow: newId, partitions: unread.partitions },
  }
}
