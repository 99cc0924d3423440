/** Looks for losses between what is remembered and what is seen now. Pure; what was not seen is neither a loss nor its end. */
import type { Observation, ObservedGroup, ObservedTopic } from '../observation.ts'
import { deadLetterLosses } from './dead-letter-losses.ts'
import { mergedIntoAway } from './failover-losses.ts'
import { knownGroup, knownTopic } from './known.ts'
import type { Loss } from './loss.ts'
import {
  type Episode,
  type KnownGroup,
  type KnownLogEnd,
  type KnownTopic,
  type LossMemory,
  logEndOf,
  NO_MEMORY,
  type Remembered,
} from './loss-memory.ts'
import { groupOfEpisode, overrunLosses } from './overrun-losses.ts'
import type { PurgedPlaces } from './purged-places.ts'
import { queuesAnew } from './queues-anew.ts'
import { recreationLosses } from './recreation-losses.ts'
import { rocketmqLosses } from './rocketmq-losses.ts'
import { truncationLosses } from './truncation-losses.ts'

export interface Watched {
  losses: Loss[]
  memory: LossMemory
}

export function watchLosses(observation: Observation, before: LossMemory, purged: PurgedPlaces): Watched {
  const memory = isOtherCluster(observation, before) ? NO_MEMORY : before
  const overrun = overrunLosses(observation, memory, purged)
  const isAnew = queuesAnew(observation, memory)
  const recreation = recreationLosses(observation, memory, isAnew)
  const letters = deadLetterLosses(observation, memory, purged)
  const rocketmq = rocketmqLosses(observation, memory)
  const truncation = mergedIntoAway(truncationLosses(observation, memory, isAnew), observation, memory)
  const groups = groupsOf(observation, memory)
  const changes = [overrun.episodes, letters.episodes, truncation.episodes, rocketmq.episodes]
  return {
    losses: [...truncation.losses, ...recreation.losses, ...overrun.losses, ...letters.losses, ...rocketmq.losses],
    memory: {
      atMs: observation.atMs,
      systemClusterId: observation.systemClusterId ?? memory.systemClusterId,
      topics: topicsOf(observation, memory),
      groups,
      gone: recreation.gone,
      episodes: episodesOf(memory.episodes, changes, groups),
      logEnds: logEndsOf(observation, memory),
      unresolved: new Map(observation.dlqs.map(({ topic, unresolved }) => [topic, unresolved])),
    },
  }
}

/** What was seen of another cluster says nothing of this one: its topics, too, have other ids. */
function isOtherCluster({ systemClusterId }: Observation, before: LossMemory): boolean {
  return systemClusterId !== null && before.systemClusterId !== null && systemClusterId !== before.systemClusterId
}

function topicsOf({ topics }: Observation, memory: LossMemory): LossMemory['topics'] {
  const next = new Map<string, Remembered<ObservedTopic, KnownTopic>>()
  for (const topic of topics) {
    const before = memory.topics.get(topic.name)
    next.set(
      topic.name,
      before?.seen === topic ? before : { seen: topic, known: knownTopic(topic, before?.known, memory.atMs) },
    )
  }
  return next
}

function groupsOf({ groups, facts }: Observation, memory: LossMemory): LossMemory['groups'] {
  const next = new Map<string, Remembered<ObservedGroup, KnownGroup>>()
  for (const group of groups) {
    const before = memory.groups.get(group.id)
    next.set(
      group.id,
      before?.seen === group ? before : { seen: group, known: knownGroup(group, before?.known, memory.atMs) },
    )
  }
  // Coordinators list their groups, each its own: with one of them silent, a group is not gone.
  const isWhole = facts.every(({ kind, faultCount }) => kind !== 'groups' || faultCount === 0)
  if (!isWhole) {
    for (const [id, { known }] of memory.groups) if (!next.has(id)) next.set(id, { seen: null, known })
  }
  return next
}

/** With a group that is gone, what it lost is over. */
function episodesOf(
  before: LossMemory['episodes'],
  changes: readonly ReadonlyMap<string, Episode | null>[],
  groups: LossMemory['groups'],
): LossMemory['episodes'] {
  const next = new Map(before)
  for (const change of changes) {
    for (const [key, episode] of change) {
      if (episode === null) next.delete(key)
      else next.set(key, episode)
    }
  }
  for (const key of next.keys()) {
    const group = groupOfEpisode(key)
    if (group !== null && !groups.has(group)) next.delete(key)
  }
  return next
}

/** Of brokers that tell nothing now, what they told last; of those that were retired, nothing. */
function logEndsOf({ brokers, atMs }: Observation, memory: LossMemory): LossMemory['logEnds'] {
  const next = new Map<string, KnownLogEnd>()
  for (const broker of brokers) {
    const [end = memory.logEnds.get(broker.id)] = logEndOf(broker, atMs)
    if (end !== undefined) next.set(broker.id, end)
  }
  return next
}
