/** What each NameServer lists. They do not talk to each other, so each is asked, and their differences are facts. */
import type { FactBook } from '../cluster/fact-book.ts'
import type { Fault } from '../cluster/fault.ts'
import type { Outcome } from '../cluster/outcome.ts'
import type { NameServerState } from '../cluster/rocketmq-state.ts'
import { UnlistedBrokerReader } from './read-unlisted-brokers.ts'
import type { RocketmqCaller } from './rocketmq-client.ts'
import { CLUSTER_INFO, ROUTED_TOPICS, type RouteBroker } from './rocketmq-requests.ts'

interface NameServerAnswer {
  address: string
  routes: Outcome<RouteBroker[]>
}

interface TopicList {
  topics: ReadonlySet<string>
  missing: ReadonlySet<string>
}

export class RouteReader {
  readonly #addresses: readonly string[]
  readonly #topicPaceMs: number
  readonly #unlistedReader = new UnlistedBrokerReader()
  #answers: NameServerAnswer[] = []
  /** Brokers that run and that no NameServer lists any more. */
  #unlisted: RouteBroker[] = []
  #topics = new Map<string, TopicList>()
  #topicFaults: [address: string, fault: Fault][] = []
  #topicsReadAtMs: number | null = null

  constructor(addresses: readonly string[], topicPaceMs: number | null) {
    this.#addresses = addresses
    this.#topicPaceMs = topicPaceMs ?? 0
  }

  /** The brokers that any NameServer lists, or listed lately while they still run; the fault of the first one when none answers. */
  async read(caller: RocketmqCaller, book: FactBook, nowMs: number): Promise<Outcome<RouteBroker[]>> {
    this.#answers = await Promise.all(
      this.#addresses.map(async (address) => ({ address, routes: await caller.call(address, CLUSTER_INFO) })),
    )
    const lists = this.#answers.flatMap(({ routes }) => routes.value ?? [])
    const faults = this.#answers.flatMap(({ routes }) => routes.fault ?? [])
    if (faults.length === this.#answers.length) return { value: null, fault: faults[0] as Fault }
    for (const { address, routes } of this.#answers) {
      if (routes.fault) book.fail('metadata', 'nameServer', address, routes.fault)
    }
    book.wasRead('metadata', nowMs)
    await this.#readTopics(caller, book, nowMs)
    for (const [address, reason] of this.#topicFaults) book.fail('nameServers', 'nameServer', address, reason)
    this.#unlisted = await this.#unlistedReader.read(caller, mergeRoutes(lists), nowMs)
    return { value: mergeRoutes([...lists, ...this.#unlisted]), fault: null }
  }

  /** @param idOf how a broker that a NameServer lists under a number is called outside. */
  states(idOf: (brokerName: string, number: number, address: string) => string): NameServerState[] {
    const listed = new Map(
      this.#answers.map(({ address, routes }) => [address, routes.value && idsOf(routes.value, idOf)]),
    )
    const all = new Set([...[...listed.values()].flatMap((ids) => ids ?? []), ...idsOf(this.#unlisted, idOf)])
    return this.#answers.map(({ address, routes }) => {
      const brokers = listed.get(address) ?? null
      const topics = routes.fault ? undefined : this.#topics.get(address)
      return {
        address,
        online: routes.fault ? null : true,
        fault: routes.fault,
        brokers,
        topicCount: topics?.topics.size ?? null,
        missingBrokers: brokers && [...all].filter((id) => !brokers.includes(id)).sort(),
        missingTopicCount: topics?.missing.size ?? null,
      }
    })
  }

  async #readTopics(caller: RocketmqCaller, book: FactBook, nowMs: number): Promise<void> {
    const isDue = this.#topicsReadAtMs === null || nowMs - this.#topicsReadAtMs >= this.#topicPaceMs
    if (!isDue) return
    const answers = await Promise.all(
      this.#addresses.map(async (address) => ({ address, list: await caller.call(address, ROUTED_TOPICS) })),
    )
    const known = answers.flatMap(({ address, list }) => (list.value ? [[address, list.value] as const] : []))
    this.#topics = new Map(
      known.map(([address, topics]) => [address, { topics, missing: this.#missingOf(address, topics, known) }]),
    )
    this.#topicFaults = answers.flatMap(({ address, list }) => (list.fault ? [[address, list.fault]] : []))
    this.#topicsReadAtMs = nowMs
    book.wasRead('nameServers', nowMs)
  }

  /** A topic counts as missing when it was so in two reads: a broker registers with one NameServer after the other. */
  #missingOf(
    address: string,
    topics: ReadonlySet<string>,
    known: readonly (readonly [string, ReadonlySet<string>])[],
  ): ReadonlySet<string> {
    const missing = new Set<string>()
    for (const [, others] of known) for (const topic of others) if (!topics.has(topic)) missing.add(topic)
    const before = this.#topics.get(address)
    return new Set([...missing].filter((topic) => before !== undefined && !before.topics.has(topic)))
  }
}

function idsOf(
  brokers: readonly RouteBroker[],
  idOf: (brokerName: string, number: number, address: string) => string,
): string[] {
  return brokers
    .flatMap(({ brokerName, addresses }) => addresses.map(([number, address]) => idOf(brokerName, number, address)))
    .sort()
}

/** Where two NameServers list the same member differently, the first one's word holds. */
function mergeRoutes(lists: readonly RouteBroker[]): RouteBroker[] {
  const merged = new Map<string, { clusterName: string; addresses: Map<number, string> }>()
  for (const { brokerName, clusterName, addresses } of lists) {
    const known = merged.get(brokerName) ?? { clusterName, addresses: new Map<number, string>() }
    merged.set(brokerName, known)
    for (const [number, address] of addresses) {
      if (!known.addresses.has(number)) known.addresses.set(number, address)
    }
  }
  const byName = [...merged].sort(([one], [other]) => (one < other ? -1 : 1))
  return byName.map(([brokerName, { clusterName, addresses }]) => ({
    brokerName,
    clusterName,
    addresses: [...addresses].sort(([one], [other]) => one - other),
  }))
}
