/** Settings that a topic is kept by, its own and those of its brokers, as the newest poll saw them. Pure. */
import { placeOfSetting } from '../cluster/setting-names.ts'
import type { ConfigEntry } from '../cluster/snapshot.ts'
import type { TopicSetting } from '../cluster/topic-settings.ts'
import type { ObservedBroker, ObservedTopic } from './observation.ts'
import { settingOf } from './rules/rule.ts'

/** Kafka's word for a value that the topic itself has. */
const OF_TOPIC = 'DYNAMIC_TOPIC_CONFIG'

export interface SeenSettings {
  /** Null: no poll saw it. */
  topic: Pick<ObservedTopic, 'config'> | null
  brokers: readonly Pick<ObservedBroker, 'id' | 'config'>[]
}

/** Null when it was not seen. */
export function seenSetting(seen: SeenSettings, name: string): TopicSetting | null {
  const value = entryOf(seen, name)?.value ?? null
  return value === null ? null : { name, override: seenOverride(seen, name) ?? null, effective: [value] }
}

/** What the topic itself, or the broker, says; null: nothing. Undefined when its settings were not seen. */
export function seenOverride(seen: SeenSettings, name: string): string | null | undefined {
  const entry = entryOf(seen, name)
  if (entry === undefined) return undefined
  const isOwn = placeOfSetting(name).broker !== null || entry?.source === OF_TOPIC
  return isOwn ? (entry?.value ?? null) : null
}

function entryOf({ topic, brokers }: SeenSettings, name: string): ConfigEntry | null | undefined {
  const { broker, setting } = placeOfSetting(name)
  const config = (broker === null ? topic : brokers.find(({ id }) => id === broker))?.config ?? null
  return config === null ? undefined : settingOf(config, setting)
}
