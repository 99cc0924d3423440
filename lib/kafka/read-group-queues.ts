/** Which topic each share group gives its dead letters to (KIP-1191): a setting of the group, read at the pace of settings. */
import { ConfigResourceTypes } from '@platformatic/kafka'
import { type FactBook, PacedCache } from '../cluster/fact-book.ts'
import type { Outcome } from '../cluster/outcome.ts'
import type { KafkaCaller } from './kafka-client.ts'
import { faultOfErrorCode } from './kafka-fault.ts'
import { DESCRIBE_CONFIGS } from './kafka-requests.ts'

const QUEUE_OF_GROUP = 'errors.deadletterqueue.topic.name'
const GROUPS_PER_REQUEST = 200
/** Groups read again in one poll; new ones are read at once, however many. */
const GROUPS_PER_POLL = 1_000

/** Empty: the group has no queue. Brokers before 4.4 do not know the setting, and answer without it. */
type QueueName = string

export class GroupQueueReader {
  readonly #read: PacedCache<QueueName>
  /** What was last known, also while it cannot be read: a topic does not cease to be a queue because a broker is silent. */
  readonly #known = new Map<string, QueueName>()

  constructor(paceMs: number | null) {
    this.#read = new PacedCache(paceMs)
  }

  /** @param groups share groups only: no other type has the setting */
  async read(
    caller: KafkaCaller,
    broker: number | undefined,
    groups: ReadonlySet<string>,
    book: FactBook,
    nowMs: number,
  ): Promise<void> {
    this.#read.retain((group) => groups.has(group))
    for (const group of this.#known.keys()) if (!groups.has(group)) this.#known.delete(group)
    const due = broker === undefined ? [] : this.#read.due(groups, nowMs, GROUPS_PER_POLL)
    for (let at = 0; at < due.length && broker !== undefined; at += GROUPS_PER_REQUEST) {
      await this.#describe(caller, broker, due.slice(at, at + GROUPS_PER_REQUEST), nowMs)
    }
    for (const [group, fault] of this.#read.faults()) book.fail('configs', 'group', group, fault)
  }

  /** Groups by the topic that they name. */
  queues(): Map<string, string[]> {
    const groupsOf = new Map<string, string[]>()
    for (const [group, topic] of this.#known) {
      if (topic !== '') groupsOf.set(topic, [...(groupsOf.get(topic) ?? []), group])
    }
    return groupsOf
  }

  async #describe(caller: KafkaCaller, broker: number, groups: string[], nowMs: number): Promise<void> {
    const resources = groups.map((resourceName) => ({
      resourceType: ConfigResourceTypes.GROUP,
      resourceName,
      configurationKeys: [QUEUE_OF_GROUP],
    }))
    const answer = await caller.call(broker, DESCRIBE_CONFIGS, resources, false, false)
    if (answer.fault) {
      for (const group of groups) this.#set(group, answer, nowMs)
      return
    }
    for (const { resourceName, errorCode, configs } of answer.value.results) {
      const fault = faultOfErrorCode(errorCode, { api: DESCRIBE_CONFIGS.name, broker })
      const value = configs.find(({ name }) => name === QUEUE_OF_GROUP)?.value ?? ''
      this.#set(resourceName, fault ? { value: null, fault } : { value, fault: null }, nowMs)
    }
  }

  #set(group: string, outcome: Outcome<QueueName>, nowMs: number): void {
    this.#read.set(group, outcome, nowMs)
    if (outcome.fault === null) this.#known.set(group, outcome.value)
  }
}
