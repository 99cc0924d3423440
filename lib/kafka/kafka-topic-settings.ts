/** Settings of one topic, read where its partitions are led, and changed by name: IncrementalAlterConfigs leaves the others. */
import { ConfigResourceTypes, IncrementalAlterConfigOperationTypes } from '@platformatic/kafka'
import type { KafkaClusterConfig } from '../cluster/cluster-config.ts'
import { type Fault, fault } from '../cluster/fault.ts'
import { MessageAccessError } from '../cluster/messages.ts'
import type { Outcome } from '../cluster/outcome.ts'
import type { TopicSettingsAccess, TopicSettingsRead } from '../cluster/topic-settings.ts'
import { agreedSettings, type RawSettings } from './agreed-settings.ts'
import { DEFAULT_DEADLINES, KafkaClient } from './kafka-client.ts'
import { faultOfErrorCode } from './kafka-fault.ts'
import { toTopicId } from './kafka-mapping.ts'
import type { KafkaMessagesOptions } from './kafka-messages.ts'
import { DESCRIBE_CONFIGS, INCREMENTAL_ALTER_CONFIGS } from './kafka-requests.ts'
import { KafkaRouter, type KnownTopic } from './kafka-router.ts'

type SettingChange = Parameters<TopicSettingsAccess['change']>[1][number]

const { TOPIC } = ConfigResourceTypes
const { SET, DELETE } = IncrementalAlterConfigOperationTypes
const INVALID_CONFIG = 40
const INVALID_REQUEST = 42
const POLICY_VIOLATION = 44
/** The cluster knows what was wanted and will not do it. */
const REFUSALS = [INVALID_CONFIG, INVALID_REQUEST, POLICY_VIOLATION]
/** A topic of a large cluster is led by every broker; these speak for the others. */
const MOST_ASKED = 12
const DETAIL_CHARS = 300

export class KafkaTopicSettings implements TopicSettingsAccess {
  readonly #client: KafkaClient
  readonly #router: KafkaRouter

  constructor(config: KafkaClusterConfig, { deadlines, patienceMs }: KafkaMessagesOptions = {}) {
    this.#client = new KafkaClient(config, deadlines ?? DEFAULT_DEADLINES)
    this.#router = new KafkaRouter(this.#client, patienceMs)
  }

  read(topic: string, names: readonly string[], signal: AbortSignal): Promise<TopicSettingsRead> {
    return this.#router.retry(signal, async () => {
      this.#router.forget(topic)
      const known = await this.#router.topic(topic, signal)
      const answers = await this.#askLeaders(known, names, signal)
      const settings = agreedSettings(topic, names, answers)
      if (settings.fault !== null) return settings
      return { value: { topicId: toTopicId(known.topicId), settings: settings.value, unanswered: [] }, fault: null }
    })
  }

  async change(topic: string, changes: readonly SettingChange[], signal: AbortSignal): Promise<void> {
    const refused = await this.#alter(topic, changes, signal)
    if (refused !== null) throw new MessageAccessError(refused, !isRefusal(refused))
    await this.#untilKnown(topic, changes, signal)
  }

  close(): Promise<void> {
    return this.#client.close()
  }

  /** One broker after the other, until one took the request: what is in doubt is not sent again. */
  async #alter(topic: string, changes: readonly SettingChange[], signal: AbortSignal): Promise<Fault | null> {
    let failure: Fault = fault('noBrokers')
    const resource = { resourceType: TOPIC, resourceName: topic, configs: changes.map(toOperation) }
    for (const broker of await this.#router.listBrokers(signal)) {
      const answer = await this.#client.callWithin(signal, broker, INCREMENTAL_ALTER_CONFIGS, [resource], false)
      if (answer.fault === null) return faultOfAlter(answer.value.responses[0], { topic, broker })
      failure = answer.fault
      // Given to the connection, it may have been done.
      if (failure.facts.api !== undefined) break
    }
    return failure
  }

  /** @throws MessageAccessError, always `retriable`: it was done, whatever the brokers say afterwards */
  async #untilKnown(topic: string, changes: readonly SettingChange[], signal: AbortSignal): Promise<void> {
    const names = changes.map(({ name }) => name)
    try {
      await this.#router.retry(signal, async () => {
        const { settings } = await this.read(topic, names, signal)
        const isKnown = settings.every(({ override }, index) => override === changes[index]?.override)
        return isKnown ? { value: true, fault: null } : { value: null, fault: fault('settingsDisagree', { topic }) }
      })
    } catch (error) {
      throw error instanceof MessageAccessError ? new MessageAccessError(error.fault, true, error) : error
    }
  }

  /** Without any leader, whoever answers: the topic's own values are the same everywhere. */
  async #askLeaders(
    { topic, partitions }: KnownTopic,
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<Outcome<RawSettings>[]> {
    const leaders = [...new Set(partitions.map(({ leader }) => leader))].filter((leader) => leader >= 0)
    const asked = leaders.length > 0 ? leaders : await this.#router.listBrokers(signal)
    return Promise.all(asked.slice(0, MOST_ASKED).map((broker) => this.#describe(broker, topic, names, signal)))
  }

  async #describe(
    broker: number,
    topic: string,
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<Outcome<RawSettings>> {
    const resource = { resourceType: TOPIC, resourceName: topic, configurationKeys: [...names] }
    const answer = await this.#client.callWithin(signal, broker, DESCRIBE_CONFIGS, [resource], false, false)
    if (answer.fault !== null) return answer
    const [found] = answer.value.results
    const reason = faultOfErrorCode(found?.errorCode ?? 0, { api: DESCRIBE_CONFIGS.name, broker, topic })
    if (reason !== null) return { value: null, fault: reason }
    return { value: new Map(found?.configs.map((config) => [config.name, config]) ?? []), fault: null }
  }
}

function toOperation({ name, override }: SettingChange) {
  return override === null ? { name, configOperation: DELETE } : { name, configOperation: SET, value: override }
}

interface AlterAnswer {
  errorCode: number
  errorMessage?: string | null
}

function faultOfAlter(answer: AlterAnswer | undefined, facts: Fault['facts']): Fault | null {
  const code = answer?.errorCode ?? 0
  const detail = (answer?.errorMessage ?? '').slice(0, DETAIL_CHARS)
  if (REFUSALS.includes(code)) return fault('settingRefused', { ...facts, detail })
  return faultOfErrorCode(code, { ...facts, api: INCREMENTAL_ALTER_CONFIGS.name })
}

function isRefusal({ code }: Fault): boolean {
  return REFUSAL_FAULTS.includes(code)
}

/** Anything else may have been done, or may pass. */
const REFUSAL_FAULTS: readonly Fault['code'][] = [
  'settingRefused',
  'authorizationFailed',
  'unsupportedByBroker',
  'topicDeleted',
]
