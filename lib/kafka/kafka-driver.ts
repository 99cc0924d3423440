/** Kafka behind the one door: how a poll is put together from the readers. */
import type { KafkaClusterConfig } from '../cluster/cluster-config.ts'
import type { ClusterDriver, ConnectionStep, EpochsSeen, PollHints } from '../cluster/cluster-driver.ts'
import { FactBook, type Paces } from '../cluster/fact-book.ts'
import { ClusterUnavailableError, type Fault, fault } from '../cluster/fault.ts'
import type { BrokerState, ClusterSnapshot, TopicState } from '../cluster/snapshot.ts'
import { MINUTE_MS, SECOND_MS } from '../units.ts'
import { testConnection } from './connection-test.ts'
import { declaredDlqs } from './declared-dlqs.ts'
import { type BrokerFeatures, DEFAULT_DEADLINES, KafkaClient } from './kafka-client.ts'
import type { Deadlines } from './kafka-config.ts'
import {
  deniedTopic,
  type PartitionReassignments,
  TopicFaults,
  TopicMapper,
  type TopicSources,
  topicKey,
} from './kafka-mapping.ts'
import { LIST_PARTITION_REASSIGNMENTS } from './kafka-requests.ts'
import { laggingPartitions, type PlaceOf, placeFinder } from './lagging-partitions.ts'
import type { MetadataAnswer } from './metadata-request.ts'
import { ConfigReader } from './read-configs.ts'
import { ConnectReader } from './read-connect.ts'
import { EligibleLeaderReader } from './read-eligible-leaders.ts'
import { readEpochEnds } from './read-epoch-ends.ts'
import { FirstUnreadReader } from './read-first-unread.ts'
import { GroupQueueReader } from './read-group-queues.ts'
import { groupState, type KnownCommits, type ReadGroup, readCommitted, readGroups } from './read-groups.ts'
import { HiddenTopicReader } from './read-hidden-topics.ts'
import { LogDirReader } from './read-log-dirs.ts'
import { END, type LeaderPlan, type OffsetFault, OffsetReader, planByLeader, STABLE, START } from './read-offsets.ts'
import { QuorumReader } from './read-quorum.ts'

/** What is not read with every poll costs brokers or us more than its change is worth there. */
const DEFAULT_PACES = {
  metadata: null,
  offsets: null,
  groups: null,
  committedOffsets: null,
  reassignments: null,
  eligibleLeaders: 30 * SECOND_MS,
  configs: 5 * MINUTE_MS,
  logDirs: MINUTE_MS,
  quorum: 10 * SECOND_MS,
  firstUnread: 30 * SECOND_MS,
  connect: MINUTE_MS,
} as const satisfies Partial<Paces>

type KafkaPaces = Paces<keyof typeof DEFAULT_PACES>

export interface KafkaDriverOptions {
  paces?: Partial<KafkaPaces>
  deadlines?: Partial<Deadlines>
}

type PollOffsets = Pick<TopicSources, 'startOffsets' | 'endOffsets' | 'stableOffsets' | 'epochEnds'>
type Reassignments = ReadonlyMap<string, PartitionReassignments>

/** What follows from the metadata of topics alone: made anew only when that is another object. */
interface ClusterShape {
  topics: MetadataAnswer['topics']
  byLeader: LeaderPlan
  placeOf: PlaceOf
  /** Names by `topicKey`. */
  keys: ReadonlyMap<string, string>
  names: ReadonlySet<string>
}

/** What one poll has found out so far. */
interface Poll {
  startedAtMs: number
  metadata: MetadataAnswer
  /** Brokers that answer. */
  online: number[]
  releases: Map<number, BrokerFeatures>
  faults: TopicFaults
  offsetFailed: OffsetFault
}

const REASSIGNMENT_DEADLINE_MS = 5_000
const NOTHING_SEEN: EpochsSeen = () => undefined
const NO_TOPICS: ReadonlySet<string> = new Set()
const OFFSETS_TOPIC = '__consumer_offsets'

export class KafkaDriver implements ClusterDriver {
  readonly kind = 'kafka'
  readonly #config: KafkaClusterConfig
  readonly #deadlines: Deadlines
  readonly #client: KafkaClient
  readonly #book: FactBook
  readonly #mapper = new TopicMapper()
  readonly #configs: ConfigReader
  readonly #logDirs: LogDirReader
  readonly #quorum: QuorumReader
  readonly #eligible: EligibleLeaderReader
  readonly #firstUnread: FirstUnreadReader
  readonly #hidden: HiddenTopicReader
  readonly #groupQueues: GroupQueueReader
  readonly #connect: ConnectReader
  readonly #offsets = new OffsetReader()
  #shape: ClusterShape | null = null
  readonly #commits: KnownCommits = new WeakMap()
  #groups: ReadonlyMap<string, ReadGroup> = new Map()
  #knownTopics: ReadonlySet<string> = new Set()

  constructor(config: KafkaClusterConfig, options: KafkaDriverOptions = {}) {
    const paces: KafkaPaces = { ...DEFAULT_PACES, ...options.paces }
    this.#config = config
    this.#deadlines = { ...DEFAULT_DEADLINES, ...options.deadlines }
    this.#client = new KafkaClient(config, this.#deadlines)
    const workers = config.connect ?? []
    const { connect, ...others } = paces
    // Where there is no worker to ask, nothing is missing.
    this.#book = new FactBook(workers.length > 0 ? paces : others)
    this.#configs = new ConfigReader(paces.configs)
    this.#logDirs = new LogDirReader(paces.logDirs)
    this.#quorum = new QuorumReader(paces.quorum)
    this.#eligible = new EligibleLeaderReader(paces.eligibleLeaders)
    this.#firstUnread = new FirstUnreadReader(paces.firstUnread)
    this.#hidden = new HiddenTopicReader(paces.logDirs)
    this.#groupQueues = new GroupQueueReader(paces.configs)
    this.#connect = new ConnectReader(workers, connect)
  }

  test(signal: AbortSignal): Promise<ConnectionStep[]> {
    return testConnection(this.#config, this.#deadlines, signal)
  }

  close(): Promise<void> {
    return this.#client.close()
  }

  async poll(signal: AbortSignal, hints: PollHints = {}): Promise<ClusterSnapshot> {
    const { epochsSeen = NOTHING_SEEN, changedTopics = NO_TOPICS } = hints
    const startedAtMs = Date.now()
    this.#client.begin(signal)
    this.#book.begin()
    const poll = await this.#open(startedAtMs)
    const shape = this.#shapeOf(poll.metadata)
    const plan = shape.byLeader
    const slower = this.#readSlower(poll, shape, changedTopics)
    const connect = this.#connect.read(signal, this.#book, startedAtMs)
    // The order keeps lag from being negative and a healthy group from looking overrun: start offsets first, then
    // what groups have committed, then the ends.
    const [startOffsets, groups, epochEnds] = await Promise.all([
      this.#offsets.read(this.#client, plan, START, poll.offsetFailed),
      readGroups(this.#client, groupPlace(poll), this.#groups, this.#book),
      readEpochEnds(this.#client, shape.topics, epochsSeen, poll.offsetFailed),
    ])
    await readCommitted(this.#client, groups.values(), this.#book, this.#commits)
    const [endOffsets, stableOffsets, reassignments] = await Promise.all([
      this.#offsets.read(this.#client, plan, END, poll.offsetFailed),
      this.#offsets.read(this.#client, plan, STABLE, poll.offsetFailed),
      slower,
      this.#readGroupQueues(poll, groups),
      connect,
    ])
    this.#client.throwIfOver()
    this.#nameLeaderless(poll.metadata)
    const offsetsAtMs = Date.now()
    this.#book.wasRead('offsets', offsetsAtMs)
    this.#book.wasRead('groups', offsetsAtMs)
    this.#book.wasRead('committedOffsets', offsetsAtMs)
    this.#groups = groups
    const lagging = laggingPartitions(groups, shape.placeOf, startOffsets, endOffsets)
    await this.#firstUnread.read(this.#client, lagging, this.#book, startedAtMs)
    this.#client.throwIfOver()
    return this.#assemble(poll, { startOffsets, endOffsets, stableOffsets, epochEnds }, reassignments, groups)
  }

  #shapeOf({ topics }: MetadataAnswer): ClusterShape {
    if (this.#shape?.topics === topics) return this.#shape
    this.#shape = {
      topics,
      byLeader: planByLeader(topics),
      placeOf: placeFinder(topics),
      keys: new Map(topics.map((topic) => [topicKey(topic), topic.name ?? ''])),
      names: new Set(topics.map(({ name }) => name ?? '')),
    }
    return this.#shape
  }

  /** Metadata, and which of its brokers answer. */
  async #open(startedAtMs: number): Promise<Poll> {
    const answer = await this.#client.metadata()
    if (answer.fault) throw new ClusterUnavailableError(answer.fault)
    const metadata = answer.value
    this.#book.wasRead('metadata', startedAtMs)
    this.#client.setBrokers(metadata.brokers.map(({ nodeId, host, port }) => ({ id: nodeId, host, port })))
    if (metadata.brokers.length === 0) throw new ClusterUnavailableError(fault('noBrokers'))
    const online: number[] = []
    const releases: Poll['releases'] = new Map()
    await Promise.all(
      metadata.brokers.map(async ({ nodeId }) => {
        const reached = await this.#client.reach(nodeId)
        if (reached.fault) {
          this.#book.fail('metadata', 'broker', String(nodeId), reached.fault)
          return
        }
        online.push(nodeId)
        releases.set(nodeId, reached.value)
      }),
    )
    online.sort((a, b) => a - b)
    const faults = new TopicFaults()
    return { startedAtMs, metadata, online, releases, faults, offsetFailed: this.#offsetFault(faults) }
  }

  /** A broker's fault is named once, however many partitions it leads; a partition's own fault by its name. */
  #offsetFault(faults: TopicFaults): OffsetFault {
    const named = new Set<string>()
    return (topic, partition, broker, reason) => {
      faults.add(topic, reason, partition !== null)
      const subject = partition === null ? String(broker) : `${topic}/${partition}`
      if (named.has(subject)) return
      named.add(subject)
      this.#book.fail('offsets', partition === null ? 'broker' : 'partition', subject, reason)
    }
  }

  async #readSlower(
    poll: Poll,
    { keys, names }: ClusterShape,
    changedTopics: ReadonlySet<string>,
  ): Promise<Reassignments> {
    const { metadata, online, releases, startedAtMs } = poll
    const client = this.#client
    const hasNewTopics = names !== this.#knownTopics && [...names].some((name) => !this.#knownTopics.has(name))
    const keepsElr = [...releases.values()].some(({ keepsEligibleLeaders }) => keepsEligibleLeaders)
    const [reassignments] = await Promise.all([
      this.#readReassignments(online),
      this.#configs.read(client, online, { keys, changed: changedTopics }, this.#book, startedAtMs),
      this.#logDirs.read(client, online, this.#book, startedAtMs, hasNewTopics),
      this.#quorum.read(client, online, this.#book, startedAtMs),
      this.#eligible.read(client, online, keepsElr, metadata.topics, this.#book, startedAtMs),
    ])
    this.#knownTopics = names
    const stored = [...this.#logDirs.topics()].filter((name) => !this.#knownTopics.has(name))
    await this.#hidden.read(client, stored, startedAtMs)
    for (const [name, reason] of this.#hidden.denied()) this.#book.fail('metadata', 'topic', name, reason)
    return reassignments
  }

  #readGroupQueues({ online, startedAtMs }: Poll, groups: ReadonlyMap<string, ReadGroup>): Promise<void> {
    const shared = new Set([...groups.values()].filter(({ type }) => type === 'share').map(({ id }) => id))
    return this.#groupQueues.read(this.#client, online[0], shared, this.#book, startedAtMs)
  }

  async #readReassignments(online: readonly number[]): Promise<Reassignments> {
    const found = new Map<string, PartitionReassignments>()
    const broker = online[0]
    if (broker === undefined) return found
    // It is handed on to the controller, and waits as long as there is none.
    const answer = await this.#client.callApart(broker, LIST_PARTITION_REASSIGNMENTS, REASSIGNMENT_DEADLINE_MS, null)
    if (answer.fault) {
      this.#book.fail('reassignments', 'broker', String(broker), answer.fault)
      return found
    }
    this.#book.wasRead('reassignments', Date.now())
    for (const { name, partitions } of answer.value.topics) {
      const moves = partitions.map(({ partitionIndex, addingReplicas, removingReplicas }) => {
        const move = { adding: addingReplicas.map(String), removing: removingReplicas.map(String) }
        return [partitionIndex, move] as const
      })
      found.set(name, new Map(moves))
    }
    return found
  }

  #nameLeaderless(metadata: MetadataAnswer): void {
    for (const { name, partitions } of metadata.topics) {
      for (const { leaderId, partitionIndex } of partitions) {
        if (leaderId >= 0) continue
        this.#book.fail(
          'offsets',
          'partition',
          `${name}/${partitionIndex}`,
          fault('leaderNotAvailable', { api: 'ListOffsets' }),
        )
      }
    }
  }

  #assemble(
    poll: Poll,
    offsets: PollOffsets,
    reassignments: Reassignments,
    groups: ReadonlyMap<string, ReadGroup>,
  ): ClusterSnapshot {
    const { metadata } = poll
    const topics = this.#topics(poll, offsets, reassignments)
    return {
      kind: 'kafka',
      startedAtMs: poll.startedAtMs,
      finishedAtMs: Date.now(),
      version:
        [...poll.releases.values()].find(({ clusterRelease }) => clusterRelease !== null)?.clusterRelease ?? null,
      systemClusterId: metadata.clusterId ?? null,
      quorum: this.#quorum.state,
      nameServers: null,
      brokers: metadata.brokers.map((broker) => this.#broker(broker, poll)),
      topics,
      groups: [...groups.values()].map(groupState),
      declaredDlqs: declaredDlqs(topics, this.#groupQueues.queues(), this.#connect.queues()),
      facts: this.#book.list(),
    }
  }

  #topics({ metadata, faults }: Poll, offsets: PollOffsets, reassignments: Reassignments): TopicState[] {
    const sources = {
      ...offsets,
      eligibleLeaders: (topic: string) => this.#eligible.of(topic),
      sizesVersion: this.#logDirs.version,
      sizes: (topic: string, partition: number, replicas: readonly string[]) =>
        this.#logDirs.sizesOf(topic, partition, replicas),
      config: (key: string) => this.#configs.ofTopic(key),
      reassignments,
      fault: (topic: string) => faults.of(topic),
    }
    const topics = metadata.topics.map((topic) => this.#mapper.map(topic, sources))
    const denied = [...this.#hidden.denied()].map(([name, reason]) => deniedTopic(name, reason))
    return [...topics, ...denied]
  }

  #broker({ nodeId, host, port, rack }: MetadataAnswer['brokers'][number], poll: Poll): BrokerState {
    const id = String(nodeId)
    const reason: Fault | null = this.#client.faultOf(nodeId)
    const quorum = this.#quorum.state
    const isVoter = quorum?.voters.some((voter) => voter.id === id) ?? false
    return {
      id,
      host,
      port,
      rack: rack ?? null,
      role: isVoter ? 'brokerController' : 'broker',
      version: poll.releases.get(nodeId)?.release ?? null,
      online: reason ? null : true,
      // With KRaft the metadata names any broker as controller; the quorum's leader is the one.
      isController: this.#quorum.isSupported ? quorum?.leader === id : poll.metadata.controllerId === nodeId,
      fault: reason,
      logDirs: reason ? null : this.#logDirs.dirsOf(id),
      config: reason ? null : this.#configs.ofBroker(id),
      rocketmq: null,
    }
  }
}

/** Brokers that do not answer are asked too: the client refuses at once, and their groups are known to be unknown. */
function groupPlace({ metadata }: Poll): { brokers: number[]; isOffsetsTopicOffline: boolean } {
  const offsets = metadata.topics.find(({ name }) => name === OFFSETS_TOPIC)
  const brokers = metadata.brokers.map(({ nodeId }) => nodeId).sort((a, b) => a - b)
  return { brokers, isOffsetsTopicOffline: offsets?.partitions.some(({ leaderId }) => leaderId < 0) ?? false }
}
