/**
 * The tables that a broker name's members share: topics, groups, committed offsets, and what each queue holds. The
 * master is asked; when it does not answer, a slave stands in with its copy.
 */
import type { FactBook } from '../cluster/fact-book.ts'
import { type Fault, fault } from '../cluster/fault.ts'
import type { FactKind } from '../cluster/snapshot.ts'
import type { BrokerName, Member } from './broker-members.ts'
import { merged, withoutStale } from './known-offsets.ts'
import type { MemberReadings } from './read-members.ts'
import type { RocketmqCaller } from './rocketmq-client.ts'
import {
  CONSUMER_OFFSETS,
  GROUP_CONFIGS,
  type GroupTable,
  type OffsetTable,
  type QueueOffsets,
  TOPIC_CONFIGS,
  TOPIC_STATS,
  type TopicTable,
} from './rocketmq-requests.ts'

export interface BrokerTables {
  brokerName: string
  /** Who answered; null when nobody did and all that follows is what was known before. */
  source: Member | null
  topics: TopicTable
  groups: GroupTable
  offsets: OffsetTable
  /** Seen in an earlier poll: what is in here and not in `offsets` is unknown. Empty when the master told `offsets`. */
  offsetsBefore: OffsetTable
  /** By topic; a topic or queue that could not be read has none. */
  queues: ReadonlyMap<string, (QueueOffsets | undefined)[]>
  topicFaults: ReadonlyMap<string, Fault>
}

type Known = Pick<BrokerTables, 'topics' | 'groups' | 'offsets'>

const TABLE_KINDS = ['offsets', 'groups', 'committedOffsets'] as const satisfies FactKind[]
const NO_OFFSETS: OffsetTable = new Map()
const NOTHING: Known = { topics: new Map(), groups: new Map(), offsets: NO_OFFSETS }

export class TableReader {
  /** By broker name: a broker that falls silent still has its topics. */
  readonly #known = new Map<string, Known>()

  /** Of every broker name of the route, and of those that were in it before and are not any more. */
  async read(
    caller: RocketmqCaller,
    names: readonly BrokerName[],
    readings: MemberReadings,
    book: FactBook,
  ): Promise<BrokerTables[]> {
    const present = new Set(names.map(({ brokerName }) => brokerName))
    const gone = [...this.#known].filter(([brokerName]) => !present.has(brokerName))
    const tables = await Promise.all(names.map((name) => this.#readName(caller, name, readings, book)))
    const nowMs = Date.now()
    for (const kind of TABLE_KINDS) book.wasRead(kind, nowMs)
    return [...tables, ...gone.map(([brokerName, known]) => silent(brokerName, known))]
  }

  async #readName(
    caller: RocketmqCaller,
    name: BrokerName,
    readings: MemberReadings,
    book: FactBook,
  ): Promise<BrokerTables> {
    const { brokerName } = name
    const source = sourceOf(name, readings)
    const known = this.#known.get(brokerName) ?? NOTHING
    if (source === null) {
      nameSilence(name, readings, book)
      return silent(brokerName, known)
    }
    if (!source.isMaster) nameStandIn(name, book)
    const tables = await readTables(caller, source, known, book)
    const { topics, groups, offsets, offsetsBefore } = tables
    this.#known.set(brokerName, { topics, groups, offsets: merged(offsetsBefore, offsets) })
    // After the committed offsets: lag is then never negative by skew.
    return { ...tables, ...(await readQueues(caller, source, tables.listedTopics, book)) }
  }
}

function silent(brokerName: string, { topics, groups, offsets }: Known): BrokerTables {
  const nothingRead = { source: null, offsets: NO_OFFSETS, queues: new Map(), topicFaults: new Map() }
  return { brokerName, topics, groups, offsetsBefore: offsets, ...nothingRead }
}

/** The master, or the first slave that answers. */
function sourceOf({ master, slaves }: BrokerName, readings: MemberReadings): Member | null {
  const answers = ({ id }: Member) => readings.get(id)?.fault === null
  if (master !== null && answers(master)) return master
  return slaves.find(answers) ?? null
}

function nameSilence({ brokerName, master, slaves }: BrokerName, readings: MemberReadings, book: FactBook): void {
  const reason = readings.get((master ?? slaves[0])?.id ?? '')?.fault
  if (reason) for (const kind of TABLE_KINDS) book.fail(kind, 'broker', brokerName, reason)
}

/** What a slave tells is a copy, which may be a little old. */
function nameStandIn({ brokerName, master }: BrokerName, book: FactBook): void {
  const reason = fault('leaderNotAvailable', { broker: master?.id ?? brokerName })
  for (const kind of TABLE_KINDS) book.fail(kind, 'broker', brokerName, reason)
}

interface ReadTables extends Omit<BrokerTables, 'queues' | 'topicFaults'> {
  /** Those that the source itself has. */
  listedTopics: Iterable<string>
}

async function readTables(caller: RocketmqCaller, source: Member, known: Known, book: FactBook): Promise<ReadTables> {
  const { address, brokerName, id, isMaster } = source
  const [topics, groups, offsets] = await Promise.all([
    caller.call(address, TOPIC_CONFIGS),
    caller.call(address, GROUP_CONFIGS),
    caller.call(address, CONSUMER_OFFSETS),
  ])
  if (topics.fault) book.fail('metadata', 'broker', id, topics.fault)
  if (groups.fault) book.fail('groups', 'broker', id, groups.fault)
  if (offsets.fault) book.fail('committedOffsets', 'broker', id, offsets.fault)
  return {
    brokerName,
    source,
    topics: overlaid(known.topics, topics.value, isMaster),
    groups: overlaid(known.groups, groups.value, isMaster),
    listedTopics: topics.value?.keys() ?? [],
    offsets: isMaster ? (offsets.value ?? NO_OFFSETS) : withoutStale(offsets.value ?? NO_OFFSETS, known.offsets),
    // A slave's copy may lack what the master had.
    offsetsBefore: offsets.fault === null && isMaster ? NO_OFFSETS : known.offsets,
  }
}

/** A master's table holds; a slave's copy, which may lack what is new, goes over what was known. */
function overlaid<T>(
  known: ReadonlyMap<string, T>,
  table: ReadonlyMap<string, T> | null,
  isMaster: boolean,
): ReadonlyMap<string, T> {
  if (table === null) return known
  return isMaster ? table : new Map([...known, ...table])
}

async function readQueues(
  caller: RocketmqCaller,
  source: Member,
  topics: Iterable<string>,
  book: FactBook,
): Promise<Pick<BrokerTables, 'queues' | 'topicFaults'>> {
  const queues = new Map<string, (QueueOffsets | undefined)[]>()
  const topicFaults = new Map<string, Fault>()
  await Promise.all(
    [...topics].map(async (topic) => {
      const answer = await caller.call(source.address, TOPIC_STATS, topic)
      if (answer.fault) topicFaults.set(topic, answer.fault)
      else queues.set(topic, answer.value)
    }),
  )
  nameTopicFaults(source, topicFaults, queues.size, book)
  return { queues, topicFaults }
}

/** When none of a broker's topics could be read it is the broker's fault, and named once. */
function nameTopicFaults(source: Member, faults: ReadonlyMap<string, Fault>, read: number, book: FactBook): void {
  const [first] = faults.values()
  if (first !== undefined && read === 0) book.fail('offsets', 'broker', source.id, first)
  else for (const [topic, reason] of faults) book.fail('offsets', 'topic', topic, reason)
}
