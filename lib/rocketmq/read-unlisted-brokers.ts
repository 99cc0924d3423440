/**
 * A NameServer that has just started lists nobody until brokers register again, each for itself, up to a minute later.
 * A broker that is listed no more has not died of that: it is asked itself who it is.
 */
import { MINUTE_MS } from '../units.ts'
import { isMember } from './config-mapping.ts'
import type { RocketmqCaller } from './rocketmq-client.ts'
import { BROKER_CONFIG, type RouteBroker } from './rocketmq-requests.ts'

/** Brokers register once a minute at the latest. Unlisted for longer than this, no client finds them either. */
const ASKED_FOR_MS = 2 * MINUTE_MS

interface ListedMember {
  brokerName: string
  clusterName: string
  number: number
  address: string
}

export class UnlistedBrokerReader {
  #before: readonly RouteBroker[] = []
  /** By address: when it was first found missing. */
  #missingSinceMs = new Map<string, number>()

  /**
   * @param listed what NameServers list.
   * @returns members of the poll before that are in no list, and answer as themselves. One that fails to is forgotten,
   * so a dead host costs one deadline.
   */
  async read(caller: RocketmqCaller, listed: readonly RouteBroker[], nowMs: number): Promise<RouteBroker[]> {
    const missing = missingFrom(listed, this.#before)
    this.#missingSinceMs = new Map(missing.map(({ address }) => [address, this.#missingSinceMs.get(address) ?? nowMs]))
    const asked = missing.filter(({ address }) => nowMs - (this.#missingSinceMs.get(address) ?? 0) < ASKED_FOR_MS)
    const answers = await Promise.all(asked.map(async (member) => ((await answersAs(caller, member)) ? [member] : [])))
    const found = answers.flat().map(toRoute)
    this.#before = [...listed, ...found]
    return found
  }
}

/** One whose number or address is listed again is there, or another took its place. */
function missingFrom(listed: readonly RouteBroker[], before: readonly RouteBroker[]): ListedMember[] {
  const present = new Set(
    membersIn(listed).flatMap(({ brokerName, number, address }) => [`${brokerName}:${number}`, address]),
  )
  return membersIn(before).filter(
    ({ brokerName, number, address }) => !present.has(`${brokerName}:${number}`) && !present.has(address),
  )
}

function membersIn(brokers: readonly RouteBroker[]): ListedMember[] {
  return brokers.flatMap(({ brokerName, clusterName, addresses }) =>
    addresses.map(([number, address]) => ({ brokerName, clusterName, number, address })),
  )
}

async function answersAs(caller: RocketmqCaller, { brokerName, number, address }: ListedMember): Promise<boolean> {
  const settings = await caller.call(address, BROKER_CONFIG)
  return settings.fault === null && isMember(settings.value, brokerName, number)
}

function toRoute({ brokerName, clusterName, number, address }: ListedMember): RouteBroker {
  return { brokerName, clusterName, addresses: [[number, address]] }
}
