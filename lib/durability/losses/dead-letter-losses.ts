/** Dead letters that expired before anybody handled them. */
import type { Observation, ObservedDlq, ObservedPartition, ObservedTopic } from '../observation.ts'
import { larger, smaller } from '../sums.ts'
import type { Loss } from './loss.ts'
import { type Episode, type KnownPartition, type LossMemory, placeIn } from './loss-memory.ts'
import { type PurgedPlaces, placeOfLetters } from './purged-places.ts'
import { deletesByItself } from './retention.ts'

export interface DeadLetterFindings {
  losses: Loss[]
  /** As of `OverrunFindings`. */
  episodes: Map<string, Episode | null>
}

export function deadLetterLosses(
  { topics, dlqs, atMs }: Observation,
  memory: LossMemory,
  purged: PurgedPlaces,
): DeadLetterFindings {
  const found: DeadLetterFindings = { losses: [], episodes: new Map() }
  if (dlqs.length === 0) return found
  const queues = new Map(dlqs.map((dlq) => [dlq.topic, dlq]))
  for (const topic of topics) {
    const dlq = topic.kind === 'dlq' ? queues.get(topic.name) : undefined
    if (dlq === undefined) continue
    if (dlq.unresolved === 0n) endAll(topic, memory, found)
    const before = memory.topics.get(topic.name)
    if (before === undefined || before.seen === topic || before.known.topicId !== topic.topicId) continue
    if (!deletesByItself(topic)) continue
    lookAt(topic, dlq, before.known.partitions, { memory, purged, nowMs: atMs }, found)
  }
  return found
}

function endAll({ name, partitions }: ObservedTopic, { episodes }: LossMemory, found: DeadLetterFindings): void {
  for (const partition of partitions) {
    const key = episodeKey(name, partition)
    if (episodes.has(key)) found.episodes.set(key, null)
  }
}

function lookAt(
  topic: ObservedTopic,
  dlq: ObservedDlq,
  before: readonly KnownPartition[],
  { memory, purged, nowMs }: { memory: LossMemory; purged: PurgedPlaces; nowMs: number },
  found: DeadLetterFindings,
): void {
  const open = memory.unresolved.get(topic.name) ?? null
  // What expired was handled, all of it.
  if (open === 0n) return
  for (const [index, partition] of topic.partitions.entries()) {
    const known = placeIn(before, partition, index)
    const purgedTo = purged.get(placeOfLetters(topic.name, topic.topicId, partition)) ?? 0n
    const expired = known === undefined ? 0n : expiredBetween(known, partition, purgedTo)
    if (known === undefined || expired === 0n) continue
    const key = episodeKey(topic.name, partition)
    const begun = memory.episodes.get(key) ?? begin(key, topic, known, memory)
    const count = begun.count + (open === null ? expired : smaller(open, expired))
    const episode = { ...begun, count }
    if (dlq.unresolved !== 0n) found.episodes.set(key, episode)
    found.losses.push(toLoss(topic, dlq, partition, episode, open, nowMs))
  }
}

/** But for what a person deleted. */
function expiredBetween(before: KnownPartition, now: ObservedPartition, purgedTo: bigint): bigint {
  if (before.startOffset === null || now.startOffset === null || before.endOffset === null) return 0n
  const from = larger(before.startOffset, purgedTo)
  const to = smaller(now.startOffset, before.endOffset)
  return to > from ? to - from : 0n
}

function begin(
  key: string,
  { topicId }: ObservedTopic,
  { startOffset, seenAtMs }: KnownPartition,
  memory: LossMemory,
): Episode {
  return {
    key,
    name: `${topicId ?? ''}/${startOffset}`,
    fromOffset: startOffset ?? 0n,
    committedOffset: null,
    windowFromMs: seenAtMs ?? memory.atMs,
    isConfirmed: true,
    count: 0n,
    isAbandoned: false,
  }
}

function toLoss(
  { name }: ObservedTopic,
  { groups }: ObservedDlq,
  { partition, broker, startOffset }: ObservedPartition,
  { name: episode, fromOffset, count, windowFromMs }: Episode,
  open: bigint | null,
  nowMs: number,
): Loss {
  const [group] = groups
  return {
    kind: 'dlqExpired',
    ...{ topic: name, partition, broker, group: groups.length === 1 ? (group ?? null) : null },
    // Of those that are gone nobody can tell any more which were handled.
    ...{ episode, fromOffset, toOffset: startOffset, count, countBound: 'upper' },
    ...{ windowFromMs, windowToMs: nowMs, isAbandoned: false },
    evidence: {
      startBefore: Number(fromOffset),
      startNow: Number(startOffset ?? 0n),
      openBefore: open === null ? 'unknown' : Number(open),
    },
  }
}

function episodeKey(topic: string, { broker, partition }: { broker: string | null; partition: number }): string {
  return JSON.stringify(['deadLetters', topic, broker, partition])
}
