/** Settings that a topic is kept by, its own and those of its brokers, as the newest poll saw them. Pure. */
import type { SettingPlace } from '../cluster/setting-names.ts'
import type { ConfigEntry } from '../cluster/snapshot.ts'
import type { ObservedBroker, ObservedTopic } from './observation.ts'
import { settingOf } from './rules/rule.ts'

/** Kafka's word for a value that the topic itself has. */
const OF_TOPIC = 'DYNAMIC_TOPIC_CONFIG'

export interface SeenSettings {
  /** Null: no poll saw it. */
  topic: Pick<ObservedTopic, 'config'> | null
  brokers: readonly Pick<ObservedBroker, 'id' | 'config'>[]
}

/** What is in effect; null when that was not seen. */
export function seenValue(seen: SeenSettings, place: SettingPlace): string | null {
  return entryOf(seen, place)?.value ?? null
}

/** What the topic itself, or the broker, says; null: nothing. Undefined when its settings were not seen. */
export function seenOverride(seen: SeenSettings, place: SettingPlace): string | null | undefined {
  const entry = entryOf(seen, place)
  if (entry === undefined) return undefined
  const isOwn = place.broker !== null || entry?.source === OF_TOPIC
  return isOwn ? (entry?.value ?? null) : null
}

function entryOf({ topic, brokers }: SeenSettings, { broker, setting }: SettingPlace): ConfigEntry | null | undefined {
  const config = (broker === null ? topic : brokers.find(({ id }) => id === broker))?.config ?? null
  return config === null ? undefined : settingOf(config, setting)
}
