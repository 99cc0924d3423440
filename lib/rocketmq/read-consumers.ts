/** Who is online in each group. Clients say so to every master they know, so every master that has the group is asked. */
import { type FactBook, PacedCache } from '../cluster/fact-book.ts'
import type { Outcome } from '../cluster/outcome.ts'
import type { BrokerTables } from './read-tables.ts'
import type { RocketmqCaller } from './rocketmq-client.ts'
import { CONSUMER_CONNECTIONS, type ConsumerConnections } from './rocketmq-requests.ts'
import { isSystemGroup } from './system-names.ts'

/** One question per group and master, so a poll asks only for some of those that were asked before. */
const GROUPS_PER_POLL = 100

export class ConsumerReader {
  readonly #groups: PacedCache<ConsumerConnections | null>

  constructor(paceMs: number | null) {
    this.#groups = new PacedCache(paceMs)
  }

  async read(caller: RocketmqCaller, tables: readonly BrokerTables[], book: FactBook, nowMs: number): Promise<void> {
    const mastersOf = addressesByGroup(tables)
    this.#groups.retain((group) => mastersOf.has(group))
    const due = this.#groups.due(mastersOf.keys(), nowMs, GROUPS_PER_POLL)
    await Promise.all(
      due.map(async (group) => {
        const answers = (mastersOf.get(group) ?? []).map((address) => caller.call(address, CONSUMER_CONNECTIONS, group))
        this.#groups.set(group, mergeAnswers(await Promise.all(answers)), nowMs)
      }),
    )
    if (due.length > 0) book.wasRead('members', nowMs)
    for (const [group, reason] of this.#groups.faults()) book.fail('members', 'group', group, reason)
  }

  /** Undefined when not known; null inside when nobody is online. */
  of(group: string): Outcome<ConsumerConnections | null> | undefined {
    return this.#groups.get(group)
  }
}

function addressesByGroup(tables: readonly BrokerTables[]): Map<string, string[]> {
  const addresses = new Map<string, string[]>()
  for (const { source, groups, offsets } of tables) {
    if (source?.isMaster !== true) continue
    for (const group of new Set([...groups.keys(), ...offsets.keys()])) {
      if (isSystemGroup(group)) continue
      const known = addresses.get(group)
      if (known) known.push(source.address)
      else addresses.set(group, [source.address])
    }
  }
  return addresses
}

/** Nobody is online only where every master says so. */
function mergeAnswers(answers: readonly Outcome<ConsumerConnections | null>[]): Outcome<ConsumerConnections | null> {
  const online = answers.flatMap(({ value }) => value ?? [])
  const [first] = online
  if (first === undefined) return answers.find(({ fault }) => fault !== null) ?? { value: null, fault: null }
  const clients = new Map(online.flatMap((answer) => answer.clients).map((client) => [client.clientId, client]))
  const topics = new Set(online.flatMap((answer) => answer.topics))
  return { value: { ...first, clients: [...clients.values()], topics: [...topics].sort() }, fault: null }
}
