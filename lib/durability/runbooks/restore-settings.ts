/** The commands that give a Kafka topic back what it said of itself before. */
import { alterKafkaTopic } from './kafka-commands.ts'
import { quoted } from './runbook.ts'

/** As `kafka-configs` takes them; either may be empty. */
export interface SettingsToRestore {
  /** `name=value`, with commas between. */
  set: string
  /** Names of those that the topic did not have. */
  drop: string
}

export function settingsToRestore(settings: readonly { name: string; before: string | null }[]): SettingsToRestore {
  return {
    set: settings.flatMap(({ name, before }) => (before === null ? [] : [`${name}=${before}`])).join(','),
    drop: settings.flatMap(({ name, before }) => (before === null ? [name] : [])).join(','),
  }
}

/** One command for values, one for what the topic did not have. */
export function restoreCommands(address: string, topic: string, { set, drop }: SettingsToRestore): string[] {
  return [
    ...(set === '' ? [] : [alterKafkaTopic(address, topic, `--add-config ${quoted(set)}`)]),
    ...(drop === '' ? [] : [alterKafkaTopic(address, topic, `--delete-config ${quoted(drop)}`)]),
  ]
}
