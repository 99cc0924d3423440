/**
 * RocketMQ keeps messages by the broker: the settings that a topic is kept by are those of the members that store it, each
 * read from itself, and changed on each by itself. So is what each broker keeps of one topic or group.
 */
import type { RocketmqClusterConfig } from '../cluster/cluster-config.ts'
import { type Fault, fault } from '../cluster/fault.ts'
import { MessageAccessError } from '../cluster/messages.ts'
import type { Outcome } from '../cluster/outcome.ts'
import { brokersOfSettings, placeOfSetting } from '../cluster/setting-names.ts'
import type { TopicSetting, TopicSettingsAccess, TopicSettingsRead } from '../cluster/topic-settings.ts'
import { SECOND_MS } from '../units.ts'
import { accessError } from './access-error.ts'
import { objectOf } from './answer-fields.ts'
import { areHours, RESERVED_TIME, SET_RESERVED_TIME } from './broker-setting-requests.ts'
import type { FastjsonObject } from './fastjson.ts'
import { findMembers } from './find-members.ts'
import { type Deadlines, type RocketmqCaller, RocketmqClient } from './rocketmq-client.ts'
import { OF_GROUPS, OF_TOPICS, type SubjectRequests } from './subject-setting-requests.ts'

/** As of reading messages: a person waits. */
const DEADLINES: Deadlines = { connectMs: 3 * SECOND_MS, requestMs: 5 * SECOND_MS }

type Change = Parameters<TopicSettingsAccess['change']>[1][number]
type Members = Awaited<ReturnType<typeof findMembers>>

/** What of a topic, or a group, may be read and changed, and which values. */
const OF_SUBJECTS: Readonly<Record<string, { requests: SubjectRequests; values: RegExp }>> = {
  perm: { requests: OF_TOPICS, values: /^[0-7]$/ },
  retryQueueNums: { requests: OF_GROUPS, values: /^\d{1,3}$/ },
  retryMaxTimes: { requests: OF_GROUPS, values: /^-?\d{1,3}$/ },
}

export class RocketmqBrokerSettings implements TopicSettingsAccess {
  readonly #client: RocketmqClient
  readonly #nameServers: readonly string[]

  constructor(config: RocketmqClusterConfig) {
    this.#client = new RocketmqClient(config, DEADLINES)
    this.#nameServers = config.nameServers
  }

  /** Brokers go on keeping messages when the topic is gone, so nobody asks for it. */
  async read(subject: string, names: readonly string[], signal: AbortSignal): Promise<TopicSettingsRead> {
    const caller = this.#client.during(signal)
    const members = await this.#find(caller, names)
    const answers = await Promise.all(names.map((name) => settingOf(caller, members, subject, name)))
    const read: TopicSettingsRead = { topicId: null, settings: [], unanswered: [] }
    for (const [index, answer] of answers.entries()) {
      if (answer.fault === null) read.settings.push(answer.value)
      else read.unanswered.push({ name: names[index] ?? '', fault: answer.fault })
    }
    return read
  }

  async change(subject: string, changes: readonly Change[], signal: AbortSignal): Promise<void> {
    const caller = this.#client.during(signal)
    const wanted = changes.map(toWanted)
    const members = await this.#find(caller, changes)
    const placed = wanted.map((one) => ({ ...one, address: addressOf(members, one.broker) }))
    const faults = await Promise.all(placed.map((one) => set(caller, subject, one)))
    const failures = faults.filter((reason) => reason !== null)
    const [first] = failures
    if (first === undefined) return
    const isRefusedByAll = failures.length === changes.length && failures.every(isRefusal)
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

async function settingOf(
  caller: RocketmqCaller,
  members: Members,
  subject: string,
  name: string,
): Promise<Outcome<TopicSetting>> {
  const { broker, setting } = placeOfSetting(name)
  const member = members.get(broker ?? '')
  if (member === undefined) return { value: null, fault: fault('unsupportedByBroker', { api: name }) }
  if (member.fault !== null) return member
  const ofSubject = OF_SUBJECTS[setting]
  if (ofSubject === undefined) return told(name, member.value.self.settings.get(setting))
  const entry = await entryOf(caller, ofSubject.requests, member.value.address, subject)
  return entry.fault === null ? told(name, entry.value?.[setting]?.toString()) : entry
}

function told(name: string, value: string | undefined): Outcome<TopicSetting> {
  return { value: { name, override: value ?? null, effective: value === undefined ? [] : [value] }, fault: null }
}

/** Null where the broker has no such topic or group. */
async function entryOf(
  caller: RocketmqCaller,
  { read }: SubjectRequests,
  address: string,
  subject: string,
): Promise<Outcome<FastjsonObject | null>> {
  const answer = await caller.call(address, read)
  if (answer.fault !== null) return answer
  const entry = Object.hasOwn(answer.value, subject) ? answer.value[subject] : null
  return { value: entry == null ? null : objectOf(entry), fault: null }
}

function isRefusal(reason: Fault): boolean {
  return reason.code === 'settingRefused' || !accessError(reason).retriable
}

interface Wanted {
  broker: string
  setting: string
  value: string
}

/** The console changes nothing else of a broker. @throws MessageAccessError, not `retriable` */
function toWanted({ name, override }: Change): Wanted {
  const { broker, setting } = placeOfSetting(name)
  const isValue =
    setting === RESERVED_TIME ? areHours : (text: string) => OF_SUBJECTS[setting]?.values.test(text) === true
  if (broker === null || override === null || !isValue(override)) {
    throw new MessageAccessError(fault('settingRefused', { detail: name }), false)
  }
  return { broker, setting, value: override }
}

/** @throws MessageAccessError, `retriable`: nothing was sent to anybody */
function addressOf(members: Members, broker: string): string {
  const member = members.get(broker) ?? { value: null, fault: fault('brokerNotListed', { broker }) }
  if (member.fault !== null) throw new MessageAccessError(member.fault, true)
  return member.value.address
}

async function set(
  caller: RocketmqCaller,
  subject: string,
  { address, broker, setting, value }: Wanted & { address: string },
): Promise<Fault | null> {
  const requests = OF_SUBJECTS[setting]?.requests
  if (requests === undefined) return asRight(await caller.call(address, SET_RESERVED_TIME, value))
  const entry = await entryOf(caller, requests, address, subject)
  if (entry.fault !== null) return entry.fault
  // It would be made anew, as nobody asked for.
  if (entry.value === null) return fault('settingRefused', { broker, detail: setting })
  return asRight(await caller.call(address, requests.write, subject, { ...entry.value, [setting]: Number(value) }))
}

/** The account has just read the broker's settings: what is refused now is a right that it lacks. */
function asRight({ fault: reason }: Outcome<null>): Fault | null {
  return reason?.code === 'authenticationFailed' ? fault('authorizationFailed', reason.facts) : reason
}
