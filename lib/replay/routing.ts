/** Where one dead letter goes. Pure: the same record and the same facts give the same answer, in the plan and in the run. */
import type { PartitionPlace } from '../cluster/messages.ts'
import type { ClusterKind } from '../cluster/snapshot.ts'
import type { DecodedDeadLetter } from '../dlq/dead-letter.ts'
import type { ReplayRequest, SkipCode, TargetTopic } from './replay-types.ts'
import { kafkaRetryTopic, rocketmqRetryTopic } from './retry-topics.ts'

export interface RouteFacts {
  /** Of the target cluster: those that exist, by name. In a run, those of the plan. */
  topics: ReadonlyMap<string, TargetTopic>
  /** Of the target cluster: those that the console may not see. */
  forbidden?: ReadonlySet<string>
  /** Of the target cluster: its own topics, which take no records. */
  internal?: ReadonlySet<string>
  targetKind: ClusterKind
  /** Of the target cluster. */
  isQueue(topic: string): boolean
  kafkaRetryTopic(origin: { topic: string | null; group: string | null }): string | null
}

/** Headers may name any number of topics and groups: what was looked up is kept up to here. */
const MOST_REMEMBERED = 1_000

/** The same answer for the same origin, found once. */
export function createRouteFacts(facts: Omit<RouteFacts, 'kafkaRetryTopic'>): RouteFacts {
  const known = new Map<string, string | null>()
  return {
    ...facts,
    kafkaRetryTopic(origin) {
      const id = JSON.stringify([origin.topic, origin.group])
      const before = known.get(id)
      if (before !== undefined) return before
      const found = kafkaRetryTopic(origin, facts.topics.keys())
      if (known.size < MOST_REMEMBERED) known.set(id, found)
      return found
    },
  }
}

export interface Route {
  topic: TargetTopic
  /** Null: the sender chooses, by the key where there is one. */
  partition: number | null
  broker: null
  isGuessed: boolean
  /** The record says which partition it came from, and it no longer exists. */
  isPartitionGone: boolean
}

export type Routing = { route: Route; skip: null } | { route: null; skip: SkipCode }

type Asked = Pick<ReplayRequest, 'clusterId' | 'topic' | 'target' | 'accept'>

export function routeOf(
  decoded: Pick<DecodedDeadLetter, 'origin' | 'hops'>,
  place: PartitionPlace & { hasKey: boolean },
  asked: Asked,
  facts: RouteFacts,
): Routing {
  const found = targetOf(decoded, asked, facts)
  if ('skip' in found) return { route: null, skip: found.skip }
  const topic = facts.topics.get(found.topic)
  if (topic === undefined && facts.internal?.has(found.topic)) return skip('targetIsInternal')
  if (topic === undefined && facts.forbidden?.has(found.topic)) return skip('noRight')
  if (topic === undefined) return skip(asked.target.mode === 'retry' ? 'noRetryTopic' : 'originGone')
  if (asked.target.clusterId === asked.clusterId && found.topic === asked.topic) return skip('targetIsSource')
  if (asked.target.mode !== 'retry' && facts.isQueue(found.topic) && !asked.accept.queueTargets) {
    return skip('targetIsQueue')
  }
  if (found.isGuessed && !asked.accept.guessedOrigins) return skip('originGuessed')
  const { partition, isGone } = partitionOf(decoded, place, topic)
  return {
    route: { topic, partition, broker: null, isGuessed: found.isGuessed, isPartitionGone: isGone },
    skip: null,
  }
}

function skip(code: SkipCode): Routing {
  return { route: null, skip: code }
}

type Target = { topic: string; isGuessed: boolean } | { skip: SkipCode }

function targetOf(
  decoded: Pick<DecodedDeadLetter, 'origin' | 'hops'>,
  { target, topic: queue }: Asked,
  facts: RouteFacts,
): Target {
  const { origin } = decoded
  if (target.mode === 'topic') {
    return target.topic === null ? { skip: 'originUnknown' } : { topic: target.topic, isGuessed: false }
  }
  if (target.mode === 'origin') {
    if (origin === null || origin.topic === null) return { skip: 'originUnknown' }
    return { topic: origin.topic, isGuessed: origin.guessed }
  }
  return retryOf(decoded, queue, facts)
}

function retryOf({ origin }: Pick<DecodedDeadLetter, 'origin'>, queue: string, facts: RouteFacts): Target {
  if (facts.targetKind === 'rocketmq') {
    const topic = rocketmqRetryTopic(queue, origin, facts.topics)
    if (topic !== null) return { topic, isGuessed: false }
    return { skip: origin?.group === null || origin === null ? 'groupUnknown' : 'noRetryTopic' }
  }
  if (origin === null || (origin.topic === null && origin.group === null)) return { skip: 'originUnknown' }
  const topic = facts.kafkaRetryTopic(origin)
  return topic === null ? { skip: 'noRetryTopic' } : { topic, isGuessed: origin.guessed }
}

/**
 * The original partition, when it still exists: hashing the key anew would break the order of keys that another client
 * had placed by another hash. Without one, records with a key go by it; those without stay together by where they lie
 * in the queue, so that their order holds.
 */
function partitionOf(
  { origin }: Pick<DecodedDeadLetter, 'origin'>,
  place: PartitionPlace & { hasKey: boolean },
  { partitions }: TargetTopic,
): { partition: number | null; isGone: boolean } {
  if (partitions === null) return { partition: null, isGone: false }
  const original = origin?.partition ?? null
  if (original !== null && original < partitions) return { partition: original, isGone: false }
  const partition = place.hasKey ? null : place.partition % partitions
  return { partition, isGone: original !== null }
}
