/** Where members of a cluster are now, by the ids that polls know them by, and what each says of itself. */
import { FactBook } from '../cluster/fact-book.ts'
import { type Fault, fault } from '../cluster/fault.ts'
import type { Outcome } from '../cluster/outcome.ts'
import { accessError } from './access-error.ts'
import { type Member, memberId, membersOf } from './broker-members.ts'
import { BROKER_SELF, type BrokerSelf } from './broker-setting-requests.ts'
import { SyncStateReader } from './read-sync-state-sets.ts'
import type { RocketmqCaller } from './rocketmq-client.ts'
import { CLUSTER_INFO, type RouteBroker } from './rocketmq-requests.ts'

export interface FoundMember {
  address: string
  self: BrokerSelf
}

/**
 * @param ids `name:number`
 * @returns by id; a fault where nobody lists it, or it does not answer as itself
 * @throws MessageAccessError when no NameServer answers
 */
export async function findMembers(
  caller: RocketmqCaller,
  nameServers: readonly string[],
  ids: readonly string[],
): Promise<ReadonlyMap<string, Outcome<FoundMember>>> {
  const names = new Set(ids.map(brokerNameOf))
  const routes = (await listedBrokers(caller, nameServers)).filter(({ brokerName }) => names.has(brokerName))
  const selves = await askThem(caller, routes, ids)
  const { members, unnumbered } = await numbered(caller, routes, selves)
  const found = new Map(members.map((member) => [member.id, answerOf(member, selves)]))
  return new Map(ids.map((id) => [id, found.get(id) ?? failed(unnumbered.get(brokerNameOf(id)) ?? unlisted(id))]))
}

/**
 * Those that are listed under their ids; all of a name where a controller gives out the numbers, or an id is not listed. One
 * that hangs is waited for only by whoever wants it.
 */
async function askThem(
  caller: RocketmqCaller,
  routes: readonly RouteBroker[],
  ids: readonly string[],
): Promise<Selves> {
  const selves = new Map<string, Outcome<BrokerSelf>>()
  const ask = async (address: string): Promise<void> => {
    if (!selves.has(address)) selves.set(address, await caller.call(address, BROKER_SELF))
  }
  const askAll = (addresses: readonly string[]): Promise<unknown> => Promise.all(addresses.map(ask))
  const ofRoute = async ({ brokerName, addresses }: RouteBroker): Promise<void> => {
    const wanted = ids.filter((id) => brokerNameOf(id) === brokerName)
    const listed = addresses.filter(([number]) => wanted.includes(memberId(brokerName, number)))
    await askAll(listed.map(([, address]) => address))
    const isControlled = listed.some(([, address]) => (selves.get(address)?.value?.controllers.length ?? 0) > 0)
    if (isControlled || listed.length < wanted.length) await askAll(addresses.map(([, address]) => address))
  }
  await Promise.all(routes.map(ofRoute))
  return selves
}

/** NameServers may differ: what any of them lists is there, and the first one's word holds. */
async function listedBrokers(caller: RocketmqCaller, nameServers: readonly string[]): Promise<RouteBroker[]> {
  const answers = await Promise.all(nameServers.map((address) => caller.call(address, CLUSTER_INFO)))
  const lists = answers.flatMap(({ value }) => (value === null ? [] : [value]))
  if (lists.length === 0) throw accessError(answers[0]?.fault ?? fault('noBrokers'))
  const merged = new Map<string, RouteBroker>()
  for (const broker of lists.flat()) {
    const known = merged.get(broker.brokerName)
    const numbers = new Set(known?.addresses.map(([number]) => number))
    const more = broker.addresses.filter(([number]) => !numbers.has(number))
    merged.set(broker.brokerName, { ...broker, ...known, addresses: [...(known?.addresses ?? []), ...more] })
  }
  return [...merged.values()]
}

type Selves = ReadonlyMap<string, Outcome<BrokerSelf>>

interface Numbered {
  members: Member[]
  /** By broker name: why nobody can tell which member is which. */
  unnumbered: ReadonlyMap<string, Fault>
}

/** With controllers the list tells who is master and not who is who: only the leader of the controllers does. */
async function numbered(caller: RocketmqCaller, routes: readonly RouteBroker[], selves: Selves): Promise<Numbered> {
  const controllersOf = ({ addresses }: RouteBroker): string[] =>
    addresses.flatMap(([, address]) => selves.get(address)?.value?.controllers ?? [])
  const controlled = routes.filter((route) => controllersOf(route).length > 0)
  if (controlled.length === 0) return { members: membersOf(routes, new Map()), unnumbered: new Map() }
  const book = new FactBook({ syncStateSets: null })
  const reader = new SyncStateReader(null)
  const names = controlled.map(({ brokerName }) => brokerName)
  await reader.read(caller, [...new Set(controlled.flatMap(controllersOf))], names, book, Date.now())
  const reason = book.list()[0]?.faults[0]?.fault ?? fault('noBrokers')
  const unnumbered = new Map(names.filter((name) => !reader.states.has(name)).map((name) => [name, reason]))
  const known = routes.filter(({ brokerName }) => !unnumbered.has(brokerName))
  return { members: membersOf(known, reader.states), unnumbered }
}

/** Behind an address that was given to another broker since, nothing is to be read and least of all changed. */
function answerOf({ id, address, brokerName, number }: Member, selves: Selves): Outcome<FoundMember> {
  const answer = selves.get(address)
  if (answer === undefined) return failed(unlisted(id))
  if (answer.fault !== null) return answer
  const { value: self } = answer
  // With controllers a member's own number is another one.
  const isItself = self.brokerName === brokerName && (self.controllers.length > 0 || self.brokerId === String(number))
  return isItself ? { value: { address, self }, fault: null } : failed(unlisted(id))
}

function brokerNameOf(id: string): string {
  return id.slice(0, id.lastIndexOf(':'))
}

function unlisted(broker: string): Fault {
  return fault('brokerNotListed', { broker })
}

function failed(reason: Fault): { value: null; fault: Fault } {
  return { value: null, fault: reason }
}
