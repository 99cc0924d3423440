/**
 * What the search for losses remembers of the polls before: of nearly everything just what the poll before saw, and of the
 * few things that it could not see, what an earlier one saw. Only the latter has to be stored beside the newest poll.
 */
import type {
  Observation,
  ObservedGroup,
  ObservedGroupPartition,
  ObservedPartition,
  ObservedTopic,
} from '../observation.ts'

interface Seen {
  /** When all of it was seen last; null or left out: by the newest poll. */
  seenAtMs?: number | null
}

export interface KnownPartition
  extends Seen,
    Pick<
      ObservedPartition,
      'partition' | 'broker' | 'leader' | 'leaderEpoch' | 'isr' | 'eligibleLeaders' | 'startOffset' | 'endOffset'
    > {
  /** Left out by versions that did not ask. */
  beganAnewAtMs?: number | null
}

export interface KnownTopic extends Pick<ObservedTopic, 'name' | 'topicId'> {
  partitions: readonly KnownPartition[]
}

export interface KnownGroupPartition
  extends Seen,
    Pick<
      ObservedGroupPartition,
      'topic' | 'partition' | 'broker' | 'committedOffset' | 'committedSinceMs' | 'startOffset'
    > {}

export interface KnownGroup extends Pick<ObservedGroup, 'id' | 'evaluation' | 'memberCount'> {
  partitions: readonly KnownGroupPartition[]
}

/** What a group had not read of a topic. */
export interface Unread {
  group: string
  messages: bigint
  partitions: number
  isAbandoned: boolean
}

/** A topic that groups had not read to its end when it was not there any more: it may be created anew. */
export interface GoneTopic {
  name: string
  /** Null: of a system whose topics have none, so that `queues` have to tell. */
  topicId: string | null
  /** Where each of them ended, and when it had begun anew. */
  queues?: Pick<KnownPartition, 'partition' | 'broker' | 'endOffset' | 'beganAnewAtMs'>[]
  unread: Unread[]
  /** The last poll that saw it. */
  seenAtMs: number
}

/** A loss that goes on: more of the same belongs to the same entry. */
export interface Episode {
  /** Of what: see `episodeKey`. */
  key: string
  /** What tells it apart from others of the same place; see `Loss.episode`. */
  name: string
  /** Only what lies behind it is lost. */
  fromOffset: bigint
  /** A group's commit when it began. */
  committedOffset: bigint | null
  windowFromMs: number | null
  /** False: seen once, and not believed yet. */
  isConfirmed: boolean
  /** What was told of it last. */
  count: bigint
  isAbandoned: boolean
}

/** Where the commit log of a RocketMQ broker ended when it was asked last. */
export interface KnownLogEnd {
  broker: string
  endOffset: bigint
  /** When the broker started, by its own clock; left out by versions that did not keep it. */
  bootAtMs?: number | null
  atMs: number
}

/** Of what goes from poll to poll, with what it was concluded from: the very object again needs no second look. */
export interface Remembered<Seen, Known> {
  seen: Seen | null
  known: Known
}

export interface LossMemory {
  /** Of the newest good poll; null when there was none. */
  atMs: number | null
  /** Which cluster it was: the same address may lead to another one later. */
  systemClusterId: string | null
  topics: ReadonlyMap<string, Remembered<ObservedTopic, KnownTopic>>
  groups: ReadonlyMap<string, Remembered<ObservedGroup, KnownGroup>>
  gone: ReadonlyMap<string, GoneTopic>
  episodes: ReadonlyMap<string, Episode>
  logEnds: ReadonlyMap<string, KnownLogEnd>
  /** Open records by dead-letter topic; null where nobody counted them. */
  unresolved: ReadonlyMap<string, bigint | null>
}

export const NO_MEMORY: LossMemory = {
  atMs: null,
  systemClusterId: null,
  topics: new Map(),
  groups: new Map(),
  gone: new Map(),
  episodes: new Map(),
  logEnds: new Map(),
  unresolved: new Map(),
}

interface CarriedValues {
  topic: KnownTopic
  group: KnownGroup
  gone: GoneTopic
  episode: Episode
  logEnd: KnownLogEnd
}
type CarriedType = keyof CarriedValues

/** A row of what cannot be told from the newest poll alone. */
export type CarriedRow = { [T in CarriedType]: { type: T; value: CarriedValues[T] } }[CarriedType]

/** Of the newest poll as it is stored. */
export interface StoredPoll extends Pick<Observation, 'atMs' | 'systemClusterId' | 'brokers' | 'dlqs'> {
  topics: readonly KnownTopic[]
  groups: readonly (Omit<KnownGroup, 'partitions'> & { partitions: readonly KnownGroupPartition[] | null })[]
  carried: readonly CarriedRow[]
}

/** What a later process remembers. */
export function recalled({ atMs, systemClusterId, topics, groups, brokers, dlqs, carried }: StoredPoll): LossMemory {
  const of = <T extends CarriedType>(type: T): CarriedValues[T][] =>
    carried.flatMap((row) => (row.type === type ? [row.value as CarriedValues[T]] : []))
  const unseen = <T>(known: T): Remembered<never, T> => ({ seen: null, known })
  const listed = groups.map((group) => ({ ...group, partitions: group.partitions ?? [] }))
  return {
    ...{ atMs, systemClusterId },
    // What was carried knows more than the poll that it was stored with.
    topics: new Map([...topics, ...of('topic')].map((topic) => [topic.name, unseen(topic)])),
    groups: new Map([...listed, ...of('group')].map((group) => [group.id, unseen(group)])),
    gone: new Map(of('gone').map((topic) => [topic.name, topic])),
    episodes: new Map(of('episode').map((episode) => [episode.key, episode])),
    logEnds: new Map([
      ...brokers.flatMap((broker) => logEndOf(broker, atMs)).map((known) => [known.broker, known] as const),
      ...of('logEnd').map((known) => [known.broker, known] as const),
    ]),
    unresolved: new Map(dlqs.map(({ topic, unresolved }) => [topic, unresolved])),
  }
}

/** What has to be stored beside the observation, so that a later process remembers the same. */
export function carriedOf(memory: LossMemory, { brokers }: Pick<Observation, 'brokers'>): CarriedRow[] {
  const rows: CarriedRow[] = []
  for (const { seen, known } of memory.topics.values()) if (seen !== known) rows.push({ type: 'topic', value: known })
  for (const { seen, known } of memory.groups.values()) if (seen !== known) rows.push({ type: 'group', value: known })
  for (const value of memory.gone.values()) rows.push({ type: 'gone', value })
  for (const value of memory.episodes.values()) rows.push({ type: 'episode', value })
  const seen = new Set(brokers.flatMap((broker) => logEndOf(broker, 0)).map(({ broker }) => broker))
  for (const value of memory.logEnds.values()) if (!seen.has(value.broker)) rows.push({ type: 'logEnd', value })
  return rows
}

export function logEndOf({ id, rocketmq }: Observation['brokers'][number], atMs: number): KnownLogEnd[] {
  const endOffset = rocketmq?.replication?.commitLogMaxOffset ?? null
  return endOffset === null ? [] : [{ broker: id, endOffset, bootAtMs: rocketmq?.runtime?.bootAtMs ?? null, atMs }]
}

/** Nearly always at the same place of the list. */
export function placeIn<T extends { partition: number; broker: string | null; topic?: string }>(
  list: readonly T[],
  wanted: { partition: number; broker: string | null; topic?: string },
  index: number,
): T | undefined {
  const isIt = (one: T): boolean =>
    one.partition === wanted.partition && one.broker === wanted.broker && one.topic === wanted.topic
  const guess = list[index]
  return guess !== undefined && isIt(guess) ? guess : list.find(isIt)
}
