/**
 * RocketMQ keeps messages by the broker: the settings that a topic is kept by are those of the members that store it, each
 * read from itself, and changed on each by itself.
 */
import type { RocketmqClusterConfig } from '../cluster/cluster-config.ts'
import { type Fault, fault } from '../cluster/fault.ts'
import { MessageAccessError } from '../cluster/messages.ts'
import { brokersOfSettings, placeOfSetting } from '../cluster/setting-names.ts'
import type { TopicSetting, TopicSettingsAccess, TopicSettingsRead } from '../cluster/topic-settings.ts'
import { SECOND_MS } from '../units.ts'
import { accessError } from './access-error.ts'
import { areHours, RESERVED_TIME, SET_RESERVED_TIME } from './broker-setting-requests.ts'
import { findMembers } from './find-members.ts'
import { type Deadlines, type RocketmqCaller, RocketmqClient } from './rocketmq-client.ts'

/** As of reading messages: a person waits. */
const DEADLINES: Deadlines = { connectMs: 3 * SECOND_MS, requestMs: 5 * SECOND_MS }

type Change = Parameters<TopicSettingsAccess['change']>[1][number]
type Members = Awaited<ReturnType<typeof findMembers>>

export class RocketmqBrokerSettings implements TopicSettingsAccess {
  readonly #client: RocketmqClient
  readonly #nameServers: readonly string[]

  constructor(config: RocketmqClusterConfig) {
    this.#client = new RocketmqClient(config, DEADLINES)
    this.#nameServers = config.nameServers
  }

  /** Brokers go on keeping messages when the topic is gone, so nobody asks for it. */
  async read(_topic: string, names: readonly string[], signal: AbortSignal): Promise<TopicSettingsRead> {
    const members = await this.#find(this.#client.during(signal), names)
    const read: TopicSettingsRead = { topicId: null, settings: [], unanswered: [] }
    for (const name of names) {
      const answer = settingOf(members, name)
      if (answer.fault === null) read.settings.push(answer.value)
      else read.unanswered.push({ name, fault: answer.fault })
    }
    return read
  }

  async change(_topic: string, changes: readonly Change[], signal: AbortSignal): Promise<void> {
    const caller = this.#client.during(signal)
    const wanted = changes.map(toWanted)
    const members = await this.#find(caller, changes)
    const placed = wanted.map(({ broker, hours }) => ({ address: addressOf(members, broker), hours }))
    const faults = await Promise.all(placed.map(({ address, hours }) => setHours(caller, address, hours)))
    const failures = faults.filter((reason) => reason !== null)
    const [first] = failures
    if (first === undefined) return
    const isRefusedByAll = failures.length === changes.length && failures.every((one) => !accessError(one).retriable)
    throw new MessageAccessError(first, !isRefusedByAll)
  }

  close(): Promise<void> {
    return this.#client.close()
  }

  #find(caller: RocketmqCaller, settings: readonly (string | { name: string })[]): Promise<Members> {
    const named = settings.map((one) => (typeof one === 'string' ? { name: one } : one))
    return findMembers(caller, this.#nameServers, brokersOfSettings(named))
  }
}

type SettingAnswer = { value: TopicSetting; fault: null } | { value: null; fault: Fault }

function settingOf(members: Members, name: string): SettingAnswer {
  const { broker, setting } = placeOfSetting(name)
  const member = members.get(broker ?? '')
  if (member === undefined) return { value: null, fault: fault('unsupportedByBroker', { api: name }) }
  if (member.fault !== null) return member
  const value = member.value.self.settings.get(setting)
  const effective = value === undefined ? [] : [value]
  return { value: { name, override: value ?? null, effective }, fault: null }
}

/** The console changes nothing else of a broker. @throws MessageAccessError, not `retriable` */
function toWanted({ name, override }: Change): { broker: string; hours: string } {
  const { broker, setting } = placeOfSetting(name)
  if (broker === null || setting !== RESERVED_TIME || override === null || !areHours(override)) {
    throw new MessageAccessError(fault('settingRefused', { detail: name }), false)
  }
  return { broker, hours: override }
}

/** @throws MessageAccessError, `retriable`: nothing was sent to anybody */
function addressOf(members: Members, broker: string): string {
  const member = members.get(broker) ?? { value: null, fault: fault('brokerNotListed', { broker }) }
  if (member.fault !== null) throw new MessageAccessError(member.fault, true)
  return member.value.address
}

/** The account has just read the broker's settings: what is refused now is a right that it lacks. */
async function setHours(caller: RocketmqCaller, address: string, hours: string): Promise<Fault | null> {
  const { fault: reason } = await caller.call(address, SET_RESERVED_TIME, hours)
  return reason?.code === 'authenticationFailed' ? fault('authorizationFailed', reason.facts) : reason
}
