/** The commands that do by hand what a hold does, for this cluster and topic. Pure. */
import { option, quoted } from '../durability/runbooks/runbook.ts'
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
    ...(values.length === 0 ? [] : [alter(address, topic, `--add-config ${quoted(values.join(','))}`)]),
    ...(none.length === 0 ? [] : [alter(address, topic, `--delete-config ${quoted(none.join(','))}`)]),
  ]
}

function alter(address: string, topic: string, change: string): string {
  const entity = `--entity-type topics ${option('--entity-name', topic)}`
  return `kafka-configs.sh --bootstrap-server ${quoted(address)} --alter ${entity} ${change}`
}

/** On RocketMQ messages are kept by the hour, by each broker for all of its topics. */
export function reservedTimeCommand(address: string): string {
  return `mqadmin updateBrokerConfig -n ${quoted(address)} -b BROKER:PORT -k fileReservedTime -v HOURS`
}
