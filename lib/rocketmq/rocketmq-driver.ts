/** RocketMQ behind the one door: how a poll is put together from the readers. */
import type { RocketmqClusterConfig } from '../cluster/cluster-config.ts'
import type { ClusterDriver, ConnectionStep, PollHints } from '../cluster/cluster-driver.ts'
import { FactBook, type Paces } from '../cluster/fact-book.ts'
import { ClusterUnavailableError, fault } from '../cluster/fault.ts'
import type { RocketmqReplication } from '../cluster/rocketmq-state.ts'
import type { BrokerState, ClusterSnapshot } from '../cluster/snapshot.ts'
import { MINUTE_MS, SECOND_MS } from '../units.ts'
import { toBroker, toSyncStateSet } from './broker-mapping.ts'
import { type BrokerName, byBrokerName, MASTER_NUMBER, type Member, memberId, membersOf } from './broker-members.ts'
import { testConnection } from './connection-test.ts'
import { laggingTopics } from './lagging-topics.ts'
import { placeOf } from './queue-places.ts'
import { ConfigReader } from './read-configs.ts'
import { ConsumerReader } from './read-consumers.ts'
import { FirstUnreadReader } from './read-first-unread.ts'
import { HalfMessageReader } from './read-half-messages.ts'
import { type MemberReading, type MemberReadings, readMembers } from './read-members.ts'
import { deadLetterQueues, OldestDeadLetterReader } from './read-oldest-dead-letters.ts'
import { AnewQueueReader } from './read-queues-anew.ts'
import { RouteReader } from './read-routes.ts'
import { SlaveCopyReader } from './read-slave-copies.ts'
import { SyncStateReader } from './read-sync-state-sets.ts'
import { type BrokerTables, TableReader } from './read-tables.ts'
import { LogTrail, logEndOf, masterReplication, slaveReplication } from './replication.ts'
import { DEFAULT_DEADLINES, type Deadlines, RocketmqClient } from './rocketmq-client.ts'
import { givenUpHalfMessagesOf, halfMessagesOf, TopicMapper, toGroups } from './rocketmq-mapping.ts'
import type { RouteBroker } from './rocketmq-requests.ts'
import { versionOf } from './runtime-table.ts'

/** What is not read with every poll costs brokers more than its change is worth there. */
const DEFAULT_PACES = {
  metadata: null,
  offsets: null,
  groups: null,
  committedOffsets: null,
  runtime: null,
  replication: null,
  nameServers: MINUTE_MS,
  members: 30 * SECOND_MS,
  configs: MINUTE_MS,
  slaveCopies: 2 * MINUTE_MS,
  syncStateSets: 30 * SECOND_MS,
  firstUnread: 30 * SECOND_MS,
  deadLetters: MINUTE_MS,
} as const satisfies Partial<Paces>

type RocketmqPaces = Paces<keyof typeof DEFAULT_PACES>

export interface RocketmqDriverOptions {
  paces?: Partial<RocketmqPaces>
  deadlines?: Partial<Deadlines>
}

/** What one poll has found out so far. */
interface Poll {
  startedAtMs: number
  members: Member[]
  names: BrokerName[]
  readings: MemberReadings
  replications: ReadonlyMap<string, RocketmqReplication>
  tables: BrokerTables[]
}

export class RocketmqDriver implements ClusterDriver {
  readonly kind = 'rocketmq'
  readonly #config: RocketmqClusterConfig
  readonly #deadlines: Deadlines
  readonly #client: RocketmqClient
  readonly #book: FactBook
  readonly #routes: RouteReader
  readonly #configs: ConfigReader
  readonly #syncStates: SyncStateReader
  readonly #tables = new TableReader()
  readonly #consumers: ConsumerReader
  readonly #slaveCopies: SlaveCopyReader
  readonly #firstUnread: FirstUnreadReader
  readonly #halfMessages: HalfMessageReader
  readonly #deadLetters: OldestDeadLetterReader
  readonly #anew = new AnewQueueReader()
  readonly #topics = new TopicMapper()
  /** By broker name. */
  readonly #logTrails = new Map<string, LogTrail>()
  #hasSeenBrokers = false

  constructor(config: RocketmqClusterConfig, options: RocketmqDriverOptions = {}) {
    const paces: RocketmqPaces = { ...DEFAULT_PACES, ...options.paces }
    this.#config = config
    this.#deadlines = { ...DEFAULT_DEADLINES, ...options.deadlines }
    this.#client = new RocketmqClient(config, this.#deadlines)
    this.#book = new FactBook(paces)
    this.#routes = new RouteReader(config.nameServers, paces.nameServers)
    this.#configs = new ConfigReader(paces.configs)
    this.#syncStates = new SyncStateReader(paces.syncStateSets)
    this.#consumers = new ConsumerReader(paces.members)
    this.#slaveCopies = new SlaveCopyReader(paces.slaveCopies)
    this.#firstUnread = new FirstUnreadReader(paces.firstUnread)
    this.#halfMessages = new HalfMessageReader(paces.firstUnread)
    this.#deadLetters = new OldestDeadLetterReader(paces.deadLetters)
  }

  test(signal: AbortSignal): Promise<ConnectionStep[]> {
    return testConnection(this.#config, this.#deadlines, signal)
  }

  close(): Promise<void> {
    return this.#client.close()
  }

  async poll(signal: AbortSignal, { changedTopics }: PollHints = {}): Promise<ClusterSnapshot> {
    const startedAtMs = Date.now()
    this.#client.begin(signal)
    this.#book.begin()
    // What is set for a topic is set for all topics of its brokers.
    const isChanging = changedTopics !== undefined && changedTopics.size > 0
    const members = await this.#findMembers(startedAtMs, isChanging)
    const names = byBrokerName(members)
    const readings = await readMembers(this.#client, members, this.#book)
    this.#nameSilent(members, readings)
    const replications = this.#judgeReplication(names, readings)
    const tables = await this.#tables.read(this.#client, names, readings, this.#book)
    this.#client.throwIfOver()
    await Promise.all([
      this.#consumers.read(this.#client, tables, this.#book, startedAtMs),
      this.#slaveCopies.read(this.#client, names, tables, readings, this.#book, startedAtMs),
      this.#halfMessages.read(this.#client, tables, this.#book, startedAtMs),
      this.#anew.read(this.#client, tables),
    ])
    this.#client.throwIfOver()
    const snapshot = this.#assemble({ startedAtMs, members, names, readings, replications, tables })
    await Promise.all([
      this.#firstUnread.read(this.#client, laggingTopics(snapshot.groups, tables), this.#book, startedAtMs),
      this.#deadLetters.read(this.#client, deadLetterQueues(snapshot.topics, tables), this.#book, startedAtMs),
    ])
    this.#client.throwIfOver()
    return { ...snapshot, finishedAtMs: Date.now(), facts: this.#book.list() }
  }

  /** Who is in the cluster, and what each is called: with controllers that takes their word and the settings. */
  async #findMembers(nowMs: number, isChanging: boolean): Promise<Member[]> {
    const routes = await this.#routes.read(this.#client, this.#book, nowMs)
    this.#client.throwIfOver()
    if (routes.fault) throw new ClusterUnavailableError(routes.fault)
    // Brokers that were there and are all gone make a snapshot; an address that never listed one is a wrong address.
    if (routes.value.length === 0 && !this.#hasSeenBrokers) throw new ClusterUnavailableError(fault('noBrokers'))
    this.#hasSeenBrokers = true
    await this.#readSettings(routes.value, nowMs, isChanging)
    const members = membersOf(routes.value, this.#syncStates.states)
    for (const member of members) {
      const config = this.#configs.of(member)
      if (config?.fault) this.#book.fail('configs', 'broker', member.id, config.fault)
    }
    return members
  }

  async #readSettings(brokers: readonly RouteBroker[], nowMs: number, isChanging: boolean): Promise<void> {
    const listed = brokers.flatMap(({ addresses }) =>
      addresses.map(([number, address]) => ({ address, isMaster: number === MASTER_NUMBER })),
    )
    await this.#configs.read(this.#client, listed, this.#book, nowMs, isChanging)
    const controllers = new Set(listed.flatMap((member) => this.#configs.of(member)?.value?.settings.controllers ?? []))
    const names = brokers.map(({ brokerName }) => brokerName)
    await this.#syncStates.read(this.#client, [...controllers], names, this.#book, nowMs)
    const addresses = [...this.#config.nameServers, ...listed.map(({ address }) => address), ...controllers]
    this.#client.retain(new Set(addresses))
  }

  #nameSilent(members: readonly Member[], readings: MemberReadings): void {
    for (const { id } of members) {
      const reason = readings.get(id)?.fault
      if (reason) this.#book.fail('metadata', 'broker', id, reason)
    }
  }

  /** By member id; members that do not answer have one too where their master tells of them. */
  #judgeReplication(names: readonly BrokerName[], readings: MemberReadings): Map<string, RocketmqReplication> {
    const replications = new Map<string, RocketmqReplication>()
    for (const { brokerName, master, slaves } of names) {
      const trail = this.#logTrails.get(brokerName) ?? new LogTrail()
      this.#logTrails.set(brokerName, trail)
      const ofMaster = master && answered(readings, master)
      if (ofMaster !== null && master !== null) {
        trail.note(logEndOf(ofMaster), ofMaster.atMs)
        replications.set(master.id, masterReplication(ofMaster))
      }
      for (const slave of slaves) {
        replications.set(slave.id, slaveReplication(answered(readings, slave), ofMaster, slaves.length, trail))
      }
    }
    return replications
  }

  #assemble(poll: Poll): ClusterSnapshot {
    const { startedAtMs, members, names, readings, tables } = poll
    const settings = new Map(members.map((member) => [member.id, this.#configs.of(member)?.value?.settings ?? null]))
    const places = names.map((name) => placeOf(name, { ...poll, settings: (id) => settings.get(id) ?? null }))
    const clusters = [...new Set(members.map(({ clusterName }) => clusterName))]
    const runtimes = members.flatMap(({ id }) => readings.get(id)?.runtime ?? [])
    return {
      kind: 'rocketmq',
      startedAtMs,
      finishedAtMs: Date.now(),
      version: runtimes.map(versionOf).find((version) => version !== null) ?? null,
      systemClusterId: clusters.length === 1 ? (clusters[0] as string) : null,
      quorum: null,
      nameServers: this.#routes.states(this.#idFinder(members)),
      brokers: members.map((member) => this.#broker(member, poll)),
      topics: this.#topics.map({
        tables,
        places: new Map(places.map((place) => [place.brokerName, place])),
        beganAnewAtMs: (brokerName, topic) => this.#anew.of(brokerName, topic),
        owners: new Set([...clusters, ...tables.map(({ brokerName }) => brokerName)]),
      }),
      groups: toGroups({
        tables,
        consumers: (group) => this.#consumers.of(group),
        slaveOffsets: (group) => this.#slaveCopies.offsetsOf(group),
      }),
      // Its dead-letter topics are known by their names.
      declaredDlqs: [],
      facts: this.#book.list(),
    }
  }

  #idFinder(members: readonly Member[]): (brokerName: string, number: number, address: string) => string {
    const ids = new Map(members.map(({ address, id }) => [address, id]))
    return (brokerName, number, address) => ids.get(address) ?? memberId(brokerName, number)
  }

  #broker(member: Member, { readings, replications, tables }: Poll): BrokerState {
    const reading = readings.get(member.id)
    const ownTables = member.isMaster ? tables.find(({ source }) => source?.id === member.id) : undefined
    const state = this.#syncStates.states.get(member.brokerName)
    return toBroker(member, {
      fault: reading?.fault ?? null,
      runtime: reading?.runtime ?? null,
      config: this.#configs.of(member)?.value ?? null,
      replication: replications.get(member.id) ?? null,
      halfMessages: ownTables === undefined ? null : halfMessagesOf(ownTables),
      undecided: member.isMaster ? this.#halfMessages.of(member.id) : null,
      givenUpHalfMessages: ownTables === undefined ? null : givenUpHalfMessagesOf(ownTables),
      slaveCopy: member.isMaster ? null : this.#slaveCopies.of(member.id),
      syncStateSet: toSyncStateSet(state, this.#syncStates.leader),
    })
  }
}

function answered(readings: MemberReadings, { id }: Member): MemberReading | null {
  const reading = readings.get(id)
  return reading?.fault === null ? reading : null
}
