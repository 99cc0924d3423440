/** The commands that do by hand what a hold does, for this cluster and topic. Pure. */
import { alterKafkaTopic } from '../durability/runbooks/kafka-commands.ts'
import { ANY_BROKER, setOnBroker } from '../durability/runbooks/rocketmq-commands.ts'
import { quoted } from '../durability/runbooks/runbook.ts'
import { type HeldSetting, type Hold, isOpen } from './hold.ts'

/**
 * Of a hold: what would end it by hand; none once nothing of it is left. `kafka-configs` refuses to delete what is not there,
 * so that of a conflict only what somebody changed is named.
 */
export function handCommands(
  address: string,
  { topic, state, settings }: Pick<Hold, 'topic' | 'state' | 'settings'>,
): string[] {
  if (isOpen(state)) return restoreCommands(address, topic, settings)
  const changed = settings.filter(({ foundInstead }) => foundInstead !== null)
  return state === 'conflict' ? restoreCommands(address, topic, changed) : []
}

/** Brings back what was there before: one command for values, one for what the topic did not have. */
function restoreCommands(address: string, topic: string, settings: readonly HeldSetting[]): string[] {
  const values = settings.flatMap(({ name, before }) => (before === null ? [] : [`${name}=${before}`]))
  const none = settings.flatMap(({ name, before }) => (before === null ? [name] : []))
  return [
    ...(values.length === 0 ? [] : [alterKafkaTopic(address, topic, `--add-config ${quoted(values.join(','))}`)]),
    ...(none.length === 0 ? [] : [alterKafkaTopic(address, topic, `--delete-config ${quoted(none.join(','))}`)]),
  ]
}

/** On RocketMQ messages are kept by the hour, by each broker for all of its topics. */
export function reservedTimeCommand(address: string): string {
  return setOnBroker(address, ANY_BROKER, 'fileReservedTime', 'HOURS')
}
