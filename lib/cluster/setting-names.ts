/**
 * Names of settings that a topic is kept by. Some are the topic's own; others belong to one of its brokers and are named
 * with it, such as `broker-a:0 fileReservedTime`. No system has a setting with a space in its name.
 */

export interface SettingPlace {
  /** Id of the broker; null: it is the topic's own. */
  broker: string | null
  /** As the system names it. */
  setting: string
}

export function nameOfSetting({ broker, setting }: SettingPlace): string {
  return broker === null ? setting : `${broker} ${setting}`
}

export function placeOfSetting(name: string): SettingPlace {
  const at = name.lastIndexOf(' ')
  return at < 0 ? { broker: null, setting: name } : { broker: name.slice(0, at), setting: name.slice(at + 1) }
}

/** Ids of the brokers that these belong to, each once; none where all are the topic's own. */
export function brokersOfSettings(settings: readonly { name: string }[]): string[] {
  return [...new Set(settings.flatMap(({ name }) => placeOfSetting(name).broker ?? []))]
}
