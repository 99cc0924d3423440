/** From the tables of all brokers to the snapshot's topics and groups. Pure. */
import type { Fault } from '../cluster/fault.ts'
import type { Outcome } from '../cluster/outcome.ts'
import type { RocketmqGroupSettings, RocketmqSlaveOffsets, RocketmqTopicOnBroker } from '../cluster/rocketmq-state.ts'
import type {
  ConfigEntry,
  GroupMember,
  GroupPartition,
  GroupState,
  PartitionState,
  TopicSettings,
  TopicState,
} from '../cluster/snapshot.ts'
import { hasSameItems, unchanged } from '../plain-data.ts'
import type { BrokerTables } from './read-tables.ts'
import type { ConsumerConnections, OffsetTable, QueueOffsets, TopicOnBroker } from './rocketmq-requests.ts'
import {
  deadLetterGroup,
  GIVEN_UP_TOPIC,
  HALF_DONE_TOPIC,
  HALF_TOPIC,
  internalKindOf,
  isSystemGroup,
  isSystemTopic,
  TRANSACTION_GROUP,
} from './system-names.ts'

/** What of a broker name holds for all its queues. */
export interface QueuePlace {
  brokerName: string
  /** Id of the master; null when there is none. */
  leader: string | null
  replicas: string[]
  /** Null: not known. */
  isr: string[] | null
  offlineReplicas: string[]
  minIsr: number | null
  retentionMs: number | null
}

export interface TopicSources {
  tables: readonly BrokerTables[]
  /** By broker name; a broker that left the route has none. */
  places: ReadonlyMap<string, QueuePlace>
  /** Names of clusters and brokers. */
  owners: ReadonlySet<string>
  beganAnewAtMs(brokerName: string, topic: string): number | null
}

/** What does not change from poll to poll: made anew only when some broker's table is another object. */
interface TopicShape {
  name: string
  brokers: TopicOnTable[]
  internal: boolean
  config: ConfigEntry[]
  rocketmq: RocketmqTopicOnBroker[]
}

interface TopicOnTable {
  table: string
  topic: TopicOnBroker
}

/** A topic as it was last told, and what of: its shape, then each broker's queues, place and fault. */
interface MadeTopic {
  sources: readonly unknown[]
  topic: TopicState
}

export class TopicMapper {
  #shapes: TopicShape[] = []
  #madeOf: readonly unknown[] = []
  #places = new Map<string, QueuePlace>()
  #made = new Map<string, MadeTopic>()

  /** A topic of which nothing changed is the same object as in the poll before. */
  map(sources: TopicSources): TopicState[] {
    const tables = new Map(sources.tables.map((table) => [table.brokerName, table]))
    const places = new Map([...sources.places].map(([name, place]) => [name, unchanged(this.#places.get(name), place)]))
    const made = new Map<string, MadeTopic>()
    const { beganAnewAtMs } = sources
    for (const shape of this.#shapesOf(sources)) {
      made.set(shape.name, this.#make(shape, { tables, places, beganAnewAtMs }))
    }
    this.#places = places
    this.#made = made
    return Array.from(made.values(), ({ topic }) => topic)
  }

  #make(shape: TopicShape, told: Told): MadeTopic {
    const { tables, places, beganAnewAtMs } = told
    const { name, brokers } = shape
    const sources: unknown[] = [shape]
    for (const { table: broker } of brokers) {
      const table = tables.get(broker)
      sources.push(table?.queues.get(name), places.get(broker), table?.topicFaults.get(name))
      sources.push(beganAnewAtMs(broker, name))
    }
    const before = this.#made.get(name)
    // Of dead letters the age of the oldest is added to the object later.
    const isSame = before !== undefined && deadLetterGroup(name) === null && hasSameItems(before.sources, sources)
    return isSame ? before : { sources, topic: toTopic(shape, told) }
  }

  #shapesOf({ tables, owners }: TopicSources): TopicShape[] {
    const madeOf = tables.flatMap(({ brokerName, topics }) => [brokerName, topics])
    if (!hasSameItems(this.#madeOf, madeOf)) {
      this.#shapes = makeShapes(tables, owners)
      this.#madeOf = madeOf
    }
    return this.#shapes
  }
}

type TablesByName = ReadonlyMap<string, BrokerTables>

/** What topics are made of, beside their shapes. */
interface Told extends Pick<TopicSources, 'places' | 'beganAnewAtMs'> {
  tables: TablesByName
}

function makeShapes(tables: readonly BrokerTables[], owners: ReadonlySet<string>): TopicShape[] {
  const byTopic = new Map<string, TopicOnTable[]>()
  const sorted = [...tables].sort((one, other) => (one.brokerName < other.brokerName ? -1 : 1))
  for (const { brokerName, topics } of sorted) {
    for (const [name, topic] of topics) {
      const known = byTopic.get(name)
      if (known) known.push({ table: brokerName, topic })
      else byTopic.set(name, [{ table: brokerName, topic }])
    }
  }
  return [...byTopic].map(([name, brokers]) => ({
    name,
    brokers,
    internal: isSystemTopic(name, owners),
    config: brokers.flatMap(({ table, topic }) => configOf(table, topic)),
    rocketmq: brokers.map(({ table, topic }) => onBroker(table, topic)),
  }))
}

const MESSAGE_TYPE = 'message.type'

function onBroker(
  broker: string,
  { readQueues, writeQueues, permission, isOrdered, attributes }: TopicOnBroker,
): RocketmqTopicOnBroker {
  const messageType = attributes.find(([name]) => name === MESSAGE_TYPE)?.[1] ?? null
  return { broker, readQueues, writeQueues, permission, isOrdered, messageType }
}

/** In RocketMQ's own words; every broker has its own values. */
function configOf(source: string, topic: TopicOnBroker): ConfigEntry[] {
  const values: [string, string][] = [
    ['readQueueNums', String(topic.readQueues)],
    ['writeQueueNums', String(topic.writeQueues)],
    ['perm', String(topic.permission)],
    ['order', String(topic.isOrdered)],
    ...topic.attributes,
  ]
  return values.map(([name, value]) => ({ name, value, source, isDefault: false, sensitive: false }))
}

function toTopic(
  { name, brokers, internal, config, rocketmq }: TopicShape,
  { tables, places, beganAnewAtMs }: Told,
): TopicState {
  return {
    name,
    topicId: null,
    internal,
    internalKind: internalKindOf(name),
    partitions: brokers.flatMap(({ table, topic }) =>
      toPartitions(topic, tables.get(table)?.queues.get(name), {
        ...(places.get(table) ?? gonePlace(table)),
        beganAnewAtMs: beganAnewAtMs(table, name),
      }),
    ),
    config,
    settings: settingsOf(brokers, places),
    fault: firstFault(name, brokers, tables),
    rocketmq: { deadLetterGroup: deadLetterGroup(name), brokers: rocketmq },
  }
}

function firstFault(name: string, brokers: readonly TopicOnTable[], tables: TablesByName): Fault | null {
  for (const { table } of brokers) {
    const fault = tables.get(table)?.topicFaults.get(name)
    if (fault) return fault
  }
  return null
}

/** A broker that left the route with all its members: its queues are there and cannot be used. */
function gonePlace(brokerName: string): QueuePlace {
  const nobody = { leader: null, replicas: [], isr: [], offlineReplicas: [] }
  return { brokerName, ...nobody, minIsr: null, retentionMs: null }
}

function toPartitions(
  { readQueues, writeQueues }: TopicOnBroker,
  queues: readonly (QueueOffsets | undefined)[] | undefined,
  place: QueuePlace & Pick<PartitionState, 'beganAnewAtMs'>,
): PartitionState[] {
  return Array.from({ length: Math.max(readQueues, writeQueues) }, (_, partition) => {
    const offsets = queues?.[partition]
    return {
      partition,
      broker: place.brokerName,
      minIsr: place.minIsr,
      leader: place.leader,
      leaderEpoch: null,
      replicas: place.replicas,
      isr: place.isr,
      eligibleLeaders: null,
      offlineReplicas: place.offlineReplicas,
      startOffset: offsets?.min ?? null,
      endOffset: offsets?.max ?? null,
      lastStableOffset: null,
      earlierEpoch: null,
      oldestAtMs: null,
      beganAnewAtMs: place.beganAnewAtMs,
      replicaSizes: null,
      reassignment: null,
    }
  })
}

const CLEANUP_POLICY = 'cleanup.policy'

/** Retention is the broker's: the shortest of those that hold the topic. */
function settingsOf(brokers: readonly TopicOnTable[], places: ReadonlyMap<string, QueuePlace>): TopicSettings {
  const known = brokers.flatMap(({ table }) => places.get(table) ?? [])
  const retentionMs = leastKnown(known.map((place) => place.retentionMs))
  const policy = brokers[0]?.topic.attributes.find(([name]) => name === CLEANUP_POLICY)?.[1] ?? 'DELETE'
  return {
    minIsr: leastKnown(known.map((place) => place.minIsr)),
    retentionMs: retentionMs === null ? null : BigInt(retentionMs),
    // Only time and the fill of the whole disk delete messages.
    retentionBytes: -1n,
    cleanupPolicy: policy === 'COMPACTION' ? 'compact' : 'delete',
    uncleanLeaderElection: null,
  }
}

function leastKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : Math.min(...known)
}

export interface GroupSources {
  tables: readonly BrokerTables[]
  consumers(group: string): Outcome<ConsumerConnections | null> | undefined
  slaveOffsets(group: string): RocketmqSlaveOffsets[] | null
}

/** Every group that has settings or offsets on some broker, but RocketMQ's own. */
export function toGroups(sources: GroupSources): GroupState[] {
  const ids = new Set<string>()
  for (const { groups, offsets, offsetsBefore } of sources.tables) {
    for (const table of [groups, offsets, offsetsBefore]) for (const id of table.keys()) ids.add(id)
  }
  return [...ids].filter((id) => !isSystemGroup(id)).map((id) => toGroup(id, sources))
}

function toGroup(id: string, { tables, consumers, slaveOffsets }: GroupSources): GroupState {
  const connected = consumers(id)
  const online = connected?.value ?? null
  const settings = tables.flatMap(({ groups }) => groups.get(id) ?? [])
  return {
    id,
    type: 'rocketmq',
    state: connected === undefined || connected.fault ? null : online === null ? 'OFFLINE' : 'ONLINE',
    coordinator: null,
    members: connected === undefined || connected.fault ? null : membersOf(online),
    partitions: tables.flatMap((table) => groupPartitions(id, table)),
    fault: connected?.fault ?? null,
    rocketmq: {
      settings: mostHarmful(settings),
      settingsDiffer: settings.some((one) => !isSameSettings(one, settings[0])),
      consumeType: online?.consumeType ?? null,
      messageModel: online?.messageModel ?? null,
      consumeFromWhere: online?.consumeFromWhere ?? null,
      slaveOffsets: slaveOffsets(id),
    },
  }
}

/** Which queues a member owns only the member itself knows. */
function membersOf(online: ConsumerConnections | null): GroupMember[] {
  const assignments = (online?.topics ?? []).map((topic) => ({ topic, broker: null, partitions: null }))
  return (online?.clients ?? []).map(({ clientId, host }) => ({ memberId: clientId, clientId, host, assignments }))
}

/** The queues of every topic that the group has an offset for; offsets of deleted topics and queues are left out. */
function groupPartitions(group: string, table: BrokerTables): GroupPartition[] {
  const now = table.offsets.get(group)
  const before = table.offsetsBefore.get(group)
  const topics = new Set([...(now?.keys() ?? []), ...(before?.keys() ?? [])])
  return [...topics].flatMap((name) => {
    const topic = table.topics.get(name)
    if (topic === undefined) return []
    const committed = now?.get(name)
    const known = before?.get(name)
    return Array.from({ length: topic.readQueues }, (_, partition): GroupPartition => {
      const committedOffset = committed?.[partition] ?? null
      const isCommitUnknown = committedOffset === null && known?.[partition] !== undefined
      const unread = { unreadFrom: null, firstUnread: null }
      return { topic: name, partition, broker: table.brokerName, committedOffset, isCommitUnknown, ...unread }
    })
  })
}

/** Masters may differ; what loses messages on one of them loses messages. */
function mostHarmful(settings: readonly RocketmqGroupSettings[]): RocketmqGroupSettings | null {
  const [first] = settings
  if (first === undefined) return null
  return {
    ...first,
    isConsumeEnabled: settings.every((one) => one.isConsumeEnabled),
    retryMaxTimes: Math.min(...settings.map((one) => one.retryMaxTimes)),
    retryQueues: Math.min(...settings.map((one) => one.retryQueues)),
  }
}

function isSameSettings(one: RocketmqGroupSettings, other: RocketmqGroupSettings | undefined): boolean {
  const names = Object.keys(one) as (keyof RocketmqGroupSettings)[]
  return other !== undefined && names.every((name) => one[name] === other[name])
}

/**
 * Transactional messages of a broker that nobody decided yet: half messages that its own group has not passed, less
 * the decisions that it has not read yet. Null when a part is unknown.
 */
export function halfMessagesOf({ queues, offsets, topics }: BrokerTables): bigint | null {
  // Every broker has topics of its own: without any queue, what topics there are was not read either.
  if (queues.size === 0) return null
  if (!topics.has(HALF_TOPIC)) return 0n
  const unread = (topic: string) => unreadOf(queues.get(topic), offsets, topic)
  const half = unread(HALF_TOPIC)
  const done = topics.has(HALF_DONE_TOPIC) ? unread(HALF_DONE_TOPIC) : 0n
  if (half === null || done === null) return null
  return half > done ? half - done : 0n
}

function unreadOf(
  queues: readonly (QueueOffsets | undefined)[] | undefined,
  offsets: OffsetTable,
  topic: string,
): bigint | null {
  if (queues === undefined) return null
  const committed = offsets.get(TRANSACTION_GROUP)?.get(topic)
  let sum = 0n
  for (const [queue, log] of queues.entries()) {
    if (log === undefined) return null
    sum += log.max - (committed?.[queue] ?? log.min)
  }
  return sum
}

/** Messages in the topic for half messages that nobody decided about; 0 without it, null when that is not known. */
export function givenUpHalfMessagesOf({ queues, topics }: BrokerTables): bigint | null {
  if (queues.size === 0) return null
  if (!topics.has(GIVEN_UP_TOPIC)) return 0n
  return storedIn(queues.get(GIVEN_UP_TOPIC))
}

function storedIn(queues: readonly (QueueOffsets | undefined)[] | undefined): bigint | null {
  if (queues === undefined) return null
  let sum = 0n
  for (const log of queues) {
    if (log === undefined) return null
    sum += log.max - log.min
  }
  return sum
}
