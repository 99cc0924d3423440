/** Settings of topics and brokers, at their own pace, a bounded number of topics at a time. */
import { ConfigResourceTypes, type ConfigResourceTypeValue } from '@platformatic/kafka'
import { type FactBook, PacedCache } from '../cluster/fact-book.ts'
import type { Outcome } from '../cluster/outcome.ts'
import type { ConfigEntry } from '../cluster/snapshot.ts'
import { ConfigInterner } from './config-mapping.ts'
import type { KafkaCaller } from './kafka-client.ts'
import { faultOfErrorCode } from './kafka-fault.ts'
import { DESCRIBE_CONFIGS } from './kafka-requests.ts'

const { TOPIC: TOPIC_RESOURCE, BROKER: BROKER_RESOURCE } = ConfigResourceTypes
const TOPICS_PER_REQUEST = 200
/** Topics read again in one poll; new ones are read at once, however many. */
const TOPICS_PER_POLL = 1_000

/** Which topics there are, and which of them are read whatever their pace. */
export interface ConfiguredTopics {
  /** Names by keys, which are the names with their ids: a topic created anew has new settings. */
  keys: ReadonlyMap<string, string>
  /** By name. */
  changed: ReadonlySet<string>
}

export class ConfigReader {
  readonly #topics: PacedCache<ConfigEntry[]>
  readonly #brokers: PacedCache<ConfigEntry[]>
  readonly #interner = new ConfigInterner()

  constructor(paceMs: number | null) {
    this.#topics = new PacedCache(paceMs)
    this.#brokers = new PacedCache(paceMs)
  }

  async read(
    caller: KafkaCaller,
    brokers: readonly number[],
    { keys: topics, changed }: ConfiguredTopics,
    book: FactBook,
    nowMs: number,
  ): Promise<void> {
    this.#topics.retain((key) => topics.has(key))
    this.#brokers.retain((id) => brokers.includes(Number(id)))
    const urgent = changed.size === 0 ? [] : [...topics].flatMap(([key, name]) => (changed.has(name) ? [key] : []))
    const due = [...new Set([...urgent, ...this.#topics.due(topics.keys(), nowMs, TOPICS_PER_POLL)])]
    const dueBrokers = this.#brokers.due(brokers.map(String), nowMs)
    await Promise.all([
      ...brokers.map((broker, index) => {
        const share = due.filter((_, position) => position % brokers.length === index)
        return this.#readTopics(caller, broker, share, topics, nowMs)
      }),
      ...dueBrokers.map((id) => this.#readBroker(caller, Number(id), nowMs)),
    ])
    if (due.length + dueBrokers.length > 0) book.wasRead('configs', nowMs)
    for (const [key, fault] of this.#topics.faults()) book.fail('configs', 'topic', topics.get(key) ?? key, fault)
    for (const [id, fault] of this.#brokers.faults()) book.fail('configs', 'broker', id, fault)
  }

  ofTopic(key: string): Outcome<ConfigEntry[]> | undefined {
    return this.#topics.get(key)
  }

  ofBroker(id: string): ConfigEntry[] | null {
    return this.#brokers.value(id)
  }

  /** One request after the other, so that only one broker's worth of answers is held at a time. */
  async #readTopics(
    caller: KafkaCaller,
    broker: number,
    keys: string[],
    topics: ReadonlyMap<string, string>,
    nowMs: number,
  ): Promise<void> {
    for (let at = 0; at < keys.length; at += TOPICS_PER_REQUEST) {
      const some = keys.slice(at, at + TOPICS_PER_REQUEST)
      const names = some.map((key) => topics.get(key) ?? '')
      const outcomes = await this.#describe(caller, broker, TOPIC_RESOURCE, names)
      some.forEach((key, index) => {
        const outcome = outcomes.get(names[index] ?? '')
        if (outcome) this.#topics.set(key, outcome, nowMs)
      })
    }
  }

  async #readBroker(caller: KafkaCaller, broker: number, nowMs: number): Promise<void> {
    const id = String(broker)
    const outcome = (await this.#describe(caller, broker, BROKER_RESOURCE, [id])).get(id)
    if (outcome) this.#brokers.set(id, outcome, nowMs)
  }

  async #describe(
    caller: KafkaCaller,
    broker: number,
    resourceType: ConfigResourceTypeValue,
    names: string[],
  ): Promise<Map<string, Outcome<ConfigEntry[]>>> {
    const resources = names.map((resourceName) => ({ resourceType, resourceName, configurationKeys: null }))
    const answer = await caller.call(broker, DESCRIBE_CONFIGS, resources, false, false)
    if (answer.fault) return new Map(names.map((name) => [name, answer]))
    return new Map(
      answer.value.results.map(({ resourceName, errorCode, configs }) => {
        const fault = faultOfErrorCode(errorCode, { api: DESCRIBE_CONFIGS.name, broker })
        return [resourceName, fault ? { value: null, fault } : { value: this.#interner.intern(configs), fault: null }]
      }),
    )
  }
}
