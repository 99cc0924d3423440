/** Which brokers hold a topic, and whom to ask for its queues. */
import { type Fault, fault } from '../cluster/fault.ts'
import type { Outcome } from '../cluster/outcome.ts'
import { HOUR_MS } from '../units.ts'
import { accessError } from './access-error.ts'
import { MASTER_NUMBER } from './broker-members.ts'
import { TOPIC_ROUTE, type TopicRoute } from './message-requests.ts'
import type { RocketmqCaller } from './rocketmq-client.ts'
import { isOfServer } from './rocketmq-fault.ts'
import { CLUSTER_INFO, type RocketmqRequest } from './rocketmq-requests.ts'

const READ = 4
const WRITE = 2
const MAX_REMEMBERED = 1_000
const REMEMBERED_MS = HOUR_MS

/** What one broker name has of a topic. */
export interface TopicPlace {
  brokerName: string
  /** Null: none is listed. Only a master may be sent to: a slave would keep it for itself. */
  master: string | null
  slaves: string[]
  /** The greater of its numbers of read and write queues: both may hold messages while it is changed. */
  queues: number
  writeQueues: number
  isReadable: boolean
  isWritable: boolean
}

/**
 * A broker that is gone with all its members leaves the NameServers' answers, as if the topic had never been there.
 * So it is remembered for an hour, or until its broker is back without the topic.
 */
export class TopicPlaces {
  readonly #nameServers: readonly string[]
  readonly #known = new Map<string, (TopicPlace & { seenAtMs: number })[]>()

  constructor(nameServers: readonly string[]) {
    this.#nameServers = nameServers
  }

  /** @throws MessageAccessError `topicDeleted` when every NameServer that answers knows of no such topic */
  async find(caller: RocketmqCaller, topic: string): Promise<TopicPlace[]> {
    const answers = await Promise.all(this.#nameServers.map((address) => caller.call(address, TOPIC_ROUTE, topic)))
    const routes = answers.flatMap(({ value }) => value ?? [])
    if (routes.length === 0) this.#throwUnlessUnknown(answers)
    const found = routes.length === 0 ? [] : placesOf(routes)
    const nowMs = Date.now()
    const gone = await this.#gone(caller, topic, found)
    const places = [...found.map((place) => ({ ...place, seenAtMs: nowMs })), ...gone]
    if (places.length === 0) throw accessError(await this.#whyNone(caller, topic))
    this.#remember(topic, places)
    return places.sort((one, other) => (one.brokerName < other.brokerName ? -1 : 1))
  }

  /** One NameServer that did not answer may know the topic. */
  #throwUnlessUnknown(answers: readonly Outcome<TopicRoute>[]): void {
    const reason = answers.find(({ fault: found }) => found !== null && found.code !== 'topicDeleted')?.fault
    if (reason) throw accessError(reason)
  }

  /** NameServers that have just started list nobody, and so know no topic either. */
  async #whyNone(caller: RocketmqCaller, topic: string): Promise<Fault> {
    const listed = await this.#listedBrokers(caller)
    return listed?.size === 0 ? fault('noBrokers') : fault('topicDeleted', { topic })
  }

  /** Places that were there before, and whose brokers nobody lists now. */
  async #gone(caller: RocketmqCaller, topic: string, found: readonly TopicPlace[]) {
    const names = new Set(found.map(({ brokerName }) => brokerName))
    const earliestMs = Date.now() - REMEMBERED_MS
    const known = this.#known.get(topic)?.filter(({ seenAtMs }) => seenAtMs > earliestMs) ?? []
    const missing = known.filter(({ brokerName }) => !names.has(brokerName))
    if (missing.length === 0) return []
    const listed = await this.#listedBrokers(caller)
    return missing
      .filter(({ brokerName }) => !listed?.has(brokerName))
      .map((place) => ({ ...place, master: null, slaves: [] }))
  }

  /** Null when no NameServer answers. */
  async #listedBrokers(caller: RocketmqCaller): Promise<Set<string> | null> {
    const answers = await Promise.all(this.#nameServers.map((address) => caller.call(address, CLUSTER_INFO)))
    const lists = answers.flatMap(({ value }) => (value === null ? [] : [value]))
    return lists.length === 0 ? null : new Set(lists.flat().map(({ brokerName }) => brokerName))
  }

  #remember(topic: string, places: (TopicPlace & { seenAtMs: number })[]): void {
    this.#known.delete(topic)
    this.#known.set(topic, places)
    if (this.#known.size <= MAX_REMEMBERED) return
    const [oldest] = this.#known.keys()
    if (oldest !== undefined) this.#known.delete(oldest)
  }
}

/** NameServers may differ: what any of them lists is there, and the first one's word holds. */
function placesOf(routes: readonly TopicRoute[]): TopicPlace[] {
  const addresses = new Map<string, Map<number, string>>()
  for (const { brokerName, addresses: members } of routes.flatMap(({ brokers }) => brokers)) {
    const known = addresses.get(brokerName) ?? new Map<number, string>()
    addresses.set(brokerName, known)
    for (const [number, address] of members) if (!known.has(number)) known.set(number, address)
  }
  const places = new Map<string, TopicPlace>()
  for (const { brokerName, readQueues, writeQueues, permission } of routes.flatMap(({ queues }) => queues)) {
    if (places.has(brokerName)) continue
    const members = [...(addresses.get(brokerName) ?? [])].sort(([one], [other]) => one - other)
    places.set(brokerName, {
      brokerName,
      master: members.find(([number]) => number === MASTER_NUMBER)?.[1] ?? null,
      slaves: members.filter(([number]) => number !== MASTER_NUMBER).map(([, address]) => address),
      queues: Math.max(readQueues, writeQueues),
      writeQueues,
      isReadable: (permission & READ) !== 0,
      isWritable: (permission & WRITE) !== 0,
    })
  }
  return [...places.values()]
}

/**
 * Asks the master, and a slave only when the master cannot be asked. A slave may lack the last messages that its
 * master had, and its copy of the table of topics is up to a minute old: what it shows is there, and there may be
 * more behind it. So the end of a queue may be lower than it was, until the master is back.
 */
export async function askPlace<Args extends unknown[], Answer>(
  caller: RocketmqCaller,
  { brokerName, master, slaves }: TopicPlace,
  request: RocketmqRequest<Args, Answer>,
  ...args: Args
): Promise<Outcome<Answer>> {
  let outcome: Outcome<Answer> = { value: null, fault: fault('leaderNotAvailable', { broker: brokerName }) }
  if (master !== null) {
    outcome = await caller.call(master, request, ...args)
    if (outcome.fault === null || !isOfServer(outcome.fault)) return outcome
  }
  for (const address of slaves) {
    const answer = await caller.call(address, request, ...args)
    // Also one that has not copied the topic yet has nothing to say, least of all that it was deleted.
    if (answer.fault === null || (!isOfServer(answer.fault) && answer.fault.code !== 'topicDeleted')) return answer
  }
  return outcome
}
