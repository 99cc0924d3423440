/** What happened to a cluster between two polls. Pure; unknown is not a change. */
import type { ConfigEntry } from '../cluster/snapshot.ts'
import type { Observation, ObservedBroker, ObservedTopic } from './observation.ts'
import { findPartition } from './observe-topics.ts'

export const EVENT_KINDS = [
  'leaderChanged',
  'controllerChanged',
  'brokerLost',
  'brokerReturned',
  'configChanged',
  'clockChanged',
] as const

/** What began and ceased to be found: so many that they are told only to whoever asks for them by name. */
export const FINDING_EVENT_KINDS = ['findingStarted', 'findingEnded'] as const
export type EventKind = (typeof EVENT_KINDS)[number] | (typeof FINDING_EVENT_KINDS)[number]

/**
 * One event of one poll, whose time is its own: a kind and facts. Words are chosen where it is shown. What it does not
 * concern is null. The facts:
 * - `leaderChanged`: `partitions`, the brokers `from` and `to`; of many topics at once also `topics`
 * - `controllerChanged`: `from`, `to`
 * - `brokerLost`, `brokerReturned`: `host`, `port`
 * - `configChanged`: `setting`, `from`, `to`, the latter two left out where there is no value; of many at once
 *   `settings`, `changes`, `topics`, `brokers`
 * - `clockChanged`: `byMs`, positive when this machine's clock was set forward
 * - `findingStarted`, `findingEnded`: see `finding-events.ts`
 */
export interface ClusterEvent {
  kind: EventKind
  topic: string | null
  partition: number | null
  broker: string | null
  group: string | null
  facts: Record<string, string | number>
}

/** More events of one kind than this in one poll are told as one. */
export const MANY = 50
/** Broker ids or names of settings that one fact names. */
const MOST_NAMES = 20
/** Characters of a setting's value. */
const MOST_CHARACTERS = 500
/** Steps of the clock below this are what time services do every day. */
const SHORTEST_CLOCK_STEP_MS = 2_000

/** @param previous best with what it did not know taken over from before, see `withKnown` */
export function eventsBetween(previous: Observation, current: Observation): ClusterEvent[] {
  return [
    ...controllerEvents(previous, current),
    ...brokerEvents(previous, current),
    ...leaderEvents(previous, current),
    ...configEvents(previous, current),
  ]
}

/**
 * The observation with what it does not know taken over from an earlier one: a broker that is silent in one poll and gone
 * in the next was lost, although neither of the two polls alone tells.
 */
export function withKnown(current: Observation, earlier: Observation | null): Observation {
  if (earlier === null) return current
  const isControllerKnown = controllerOf(current) !== null
  const brokers = new Map(earlier.brokers.map((broker) => [broker.id, broker]))
  const topics = new Map(earlier.topics.map((topic) => [topic.name, topic]))
  return {
    ...current,
    quorum: isControllerKnown ? current.quorum : earlier.quorum,
    brokers: current.brokers.map((broker) => {
      const before = brokers.get(broker.id)
      if (before === undefined) return broker
      const isController = isControllerKnown ? broker.isController : before.isController
      return { ...broker, isController, online: broker.online ?? before.online, config: broker.config ?? before.config }
    }),
    topics: current.topics.map((topic) => topicWithKnown(topic, topics.get(topic.name))),
  }
}

/** The very topic when all of it is known, as nearly always: thousands of them are kept between polls anyway. */
function topicWithKnown(topic: ObservedTopic, earlier: ObservedTopic | undefined): ObservedTopic {
  if (earlier === undefined || earlier.topicId !== topic.topicId) return topic
  const isListed = topic.fault === null || topic.partitions.length > 0
  const hasUnknown = topic.config === null || !isListed || topic.partitions.some(({ leader }) => leader === null)
  if (!hasUnknown) return topic
  const partitions = topic.partitions.map((partition, index) => {
    if (partition.leader !== null) return partition
    const leader = findPartition(earlier, partition, index)?.leader ?? null
    return { ...partition, leader }
  })
  return { ...topic, config: topic.config ?? earlier.config, partitions: isListed ? partitions : earlier.partitions }
}

function controllerOf({ quorum, brokers }: Observation): string | null {
  return quorum?.leader ?? brokers.find(({ isController }) => isController)?.id ?? null
}

function controllerEvents(previous: Observation, current: Observation): ClusterEvent[] {
  const from = controllerOf(previous)
  const to = controllerOf(current)
  if (from === null || to === null || from === to) return []
  return [anEvent('controllerChanged', { broker: to, facts: { from, to } })]
}

function brokerEvents(previous: Observation, current: Observation): ClusterEvent[] {
  const before = new Map(previous.brokers.map((broker) => [broker.id, broker.online]))
  return current.brokers.flatMap(({ id, host, port, online }) => {
    const wasOnline = before.get(id) ?? null
    if (online === null || wasOnline === null || online === wasOnline) return []
    return [anEvent(online ? 'brokerReturned' : 'brokerLost', { broker: id, facts: { host, port } })]
  })
}

interface LeaderChange {
  topic: string
  partitions: number
  from: Set<string>
  to: Set<string>
}

function leaderEvents(previous: Observation, current: Observation): ClusterEvent[] {
  const changes = pairsOfTopics(previous, current).flatMap(([before, after]) => leaderChange(before, after) ?? [])
  if (changes.length <= MANY) {
    return changes.map(({ topic, ...change }) => anEvent('leaderChanged', { topic, facts: leaderFacts(change) }))
  }
  const all = { partitions: 0, from: new Set<string>(), to: new Set<string>() }
  for (const { partitions, from, to } of changes) {
    all.partitions += partitions
    for (const id of from) all.from.add(id)
    for (const id of to) all.to.add(id)
  }
  return [anEvent('leaderChanged', { facts: { topics: changes.length, ...leaderFacts(all) } })]
}

function leaderChange(before: ObservedTopic, after: ObservedTopic): LeaderChange | null {
  const change: LeaderChange = { topic: after.name, partitions: 0, from: new Set(), to: new Set() }
  after.partitions.forEach((partition, index) => {
    const from = findPartition(before, partition, index)?.leader ?? null
    const to = partition.leader
    if (from === null || to === null || from === to) return
    change.partitions += 1
    change.from.add(from)
    change.to.add(to)
  })
  return change.partitions === 0 ? null : change
}

function leaderFacts({ partitions, from, to }: Omit<LeaderChange, 'topic'>): ClusterEvent['facts'] {
  return { partitions, from: namesOf(from), to: namesOf(to) }
}

interface SettingChange {
  topic: string | null
  broker: string | null
  setting: string
  from: string | null
  to: string | null
}

function configEvents(previous: Observation, current: Observation): ClusterEvent[] {
  const changes = [
    ...pairsOfTopics(previous, current).flatMap(([before, after]) =>
      settingChanges({ topic: after.name, broker: null }, before.config, after.config),
    ),
    ...pairsOfBrokers(previous, current).flatMap(([before, after]) =>
      settingChanges({ topic: null, broker: after.id }, before.config, after.config),
    ),
  ]
  if (changes.length <= MANY) return changes.map(configEvent)
  const countOf = (names: (string | null)[]): number => new Set(names.filter((name) => name !== null)).size
  const facts = {
    changes: changes.length,
    settings: namesOf(new Set(changes.map(({ setting }) => setting))),
    topics: countOf(changes.map(({ topic }) => topic)),
    brokers: countOf(changes.map(({ broker }) => broker)),
  }
  return [anEvent('configChanged', { facts })]
}

function configEvent({ topic, broker, setting, from, to }: SettingChange): ClusterEvent {
  const facts: ClusterEvent['facts'] = { setting }
  if (from !== null) facts.from = shortened(from)
  if (to !== null) facts.to = shortened(to)
  return anEvent('configChanged', { topic, broker, facts })
}

/**
 * Settings that only one of the two polls lists are none of it: a broker lists all it knows, and other ones after an
 * upgrade. Of sensitive ones nobody tells us the value, and nobody shall.
 */
function settingChanges(
  owner: { topic: string | null; broker: string | null },
  before: readonly ConfigEntry[] | null,
  after: readonly ConfigEntry[] | null,
): SettingChange[] {
  if (before === null || after === null || before === after) return []
  const known = new Map(before.map((entry) => [entry.name, entry]))
  return after.flatMap((entry) => {
    const old = known.get(entry.name)
    if (old === undefined || old.sensitive || entry.sensitive || old.value === entry.value) return []
    return [{ ...owner, setting: entry.name, from: old.value, to: entry.value }]
  })
}

/** Topics of both polls, without those that were deleted and created anew. */
function pairsOfTopics(previous: Observation, current: Observation): [ObservedTopic, ObservedTopic][] {
  const before = new Map(previous.topics.map((topic) => [topic.name, topic]))
  return current.topics.flatMap((topic): [ObservedTopic, ObservedTopic][] => {
    const old = before.get(topic.name)
    // The very same: nothing of it has changed.
    return old === undefined || old === topic || old.topicId !== topic.topicId ? [] : [[old, topic]]
  })
}

function pairsOfBrokers(previous: Observation, current: Observation): [ObservedBroker, ObservedBroker][] {
  const before = new Map(previous.brokers.map((broker) => [broker.id, broker]))
  return current.brokers.flatMap((broker): [ObservedBroker, ObservedBroker][] => {
    const old = before.get(broker.id)
    return old === undefined ? [] : [[old, broker]]
  })
}

/** The wall clock, and one that nobody sets, read together. */
export interface ClockReading {
  wallMs: number
  monotonicMs: number
}

/** Also after the machine slept, where its monotonic clock sleeps as well. */
export function clockEventBetween(previous: ClockReading, current: ClockReading): ClusterEvent | null {
  const byMs = Math.round(current.wallMs - previous.wallMs - (current.monotonicMs - previous.monotonicMs))
  return Math.abs(byMs) > SHORTEST_CLOCK_STEP_MS ? anEvent('clockChanged', { facts: { byMs } }) : null
}

export function anEvent(kind: EventKind, over: Partial<Omit<ClusterEvent, 'kind'>>): ClusterEvent {
  return { kind, topic: null, partition: null, broker: null, group: null, facts: {}, ...over }
}

export function namesOf(names: ReadonlySet<string>): string {
  const sorted = [...names].sort((one, other) => one.localeCompare(other, 'en', { numeric: true }))
  const more = sorted.length > MOST_NAMES ? ', …' : ''
  return sorted.slice(0, MOST_NAMES).join(', ') + more
}

function shortened(value: string): string {
  return value.length > MOST_CHARACTERS ? `${value.slice(0, MOST_CHARACTERS)}…` : value
}
