/** Settings: from Kafka's numbers to words, with equal entries and equal lists held once. */
import type { ConfigEntry, TopicSettings } from '../cluster/snapshot.ts'

export interface RawConfig {
  name: string
  value?: string | null
  configSource: number
  isSensitive: boolean
}

/** Kafka's own names for where a value comes from. */
const SOURCES: Record<number, string> = {
  0: 'UNKNOWN',
  1: 'DYNAMIC_TOPIC_CONFIG',
  2: 'DYNAMIC_BROKER_CONFIG',
  3: 'DYNAMIC_DEFAULT_BROKER_CONFIG',
  4: 'STATIC_BROKER_CONFIG',
  5: 'DEFAULT_CONFIG',
  6: 'DYNAMIC_BROKER_LOGGER_CONFIG',
  7: 'DYNAMIC_CLIENT_METRICS_CONFIG',
  8: 'DYNAMIC_GROUP_CONFIG',
}
const DEFAULT_SOURCE = 5
/** Values come and go; past this many the memory of them starts anew. */
const MAX_ENTRIES = 50_000

/** Ten thousand topics share a few dozen different entries: each is held once, and so is each whole list. */
export class ConfigInterner {
  readonly #entries = new Map<string, { id: number; entry: ConfigEntry }>()
  readonly #lists = new Map<string, ConfigEntry[]>()

  intern(configs: readonly RawConfig[]): ConfigEntry[] {
    if (this.#entries.size > MAX_ENTRIES || this.#lists.size > MAX_ENTRIES) {
      this.#entries.clear()
      this.#lists.clear()
    }
    const found = configs.map((config) => this.#entry(config))
    const key = found.map(({ id }) => id).join(',')
    const known = this.#lists.get(key)
    if (known) return known
    const list = found.map(({ entry }) => entry)
    this.#lists.set(key, list)
    return list
  }

  #entry({ name, value, configSource, isSensitive }: RawConfig): { id: number; entry: ConfigEntry } {
    const key = `${name}\0${value ?? '\0'}\0${configSource}`
    const known = this.#entries.get(key)
    if (known) return known
    const source = SOURCES[configSource] ?? 'UNKNOWN'
    const entry = {
      name,
      value: value ?? null,
      source,
      isDefault: configSource === DEFAULT_SOURCE,
      sensitive: isSensitive,
    }
    const made = { id: this.#entries.size, entry }
    this.#entries.set(key, made)
    return made
  }
}

const NO_SETTINGS: TopicSettings = {
  minIsr: null,
  retentionMs: null,
  retentionBytes: null,
  cleanupPolicy: null,
  uncleanLeaderElection: null,
}
const SETTINGS_OF_LIST = new WeakMap<readonly ConfigEntry[], TopicSettings>()

/** The few settings that rules read; topics that share a list share the answer. */
export function topicSettings(config: readonly ConfigEntry[] | null): TopicSettings {
  if (config === null) return NO_SETTINGS
  const known = SETTINGS_OF_LIST.get(config)
  if (known) return known
  const values = new Map(config.map(({ name, value }) => [name, value]))
  const unclean = values.get('unclean.leader.election.enable')
  const minIsr = wholeNumber(values.get('min.insync.replicas'))
  const settings: TopicSettings = {
    minIsr: minIsr === null ? null : Number(minIsr),
    retentionMs: wholeNumber(values.get('retention.ms')),
    retentionBytes: wholeNumber(values.get('retention.bytes')),
    cleanupPolicy: values.get('cleanup.policy') ?? null,
    uncleanLeaderElection: unclean === 'true' ? true : unclean === 'false' ? false : null,
  }
  SETTINGS_OF_LIST.set(config, settings)
  return settings
}

function wholeNumber(text: string | null | undefined): bigint | null {
  return text && /^-?\d+$/.test(text) ? BigInt(text) : null
}
