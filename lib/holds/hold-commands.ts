/** The commands that do by hand what a hold does, for this cluster and topic. Pure. */
import { restoreCommands, settingsToRestore } from '../durability/runbooks/restore-settings.ts'
import { ANY_BROKER, setOnBroker } from '../durability/runbooks/rocketmq-commands.ts'
import { type Hold, isOpen } from './hold.ts'

/**
 * Of a hold: what would end it by hand; none once nothing of it is left. `kafka-configs` refuses to delete what is not there,
 * so that of a conflict only what somebody changed is named.
 */
export function handCommands(
  address: string,
  { topic, state, settings }: Pick<Hold, 'topic' | 'state' | 'settings'>,
): string[] {
  if (!isOpen(state) && state !== 'conflict') return []
  const left = isOpen(state) ? settings : settings.filter(({ foundInstead }) => foundInstead !== null)
  return restoreCommands(address, topic, settingsToRestore(left))
}

/** On RocketMQ messages are kept by the hour, by each broker for all of its topics. */
export function reservedTimeCommand(address: string): string {
  return setOnBroker(address, ANY_BROKER, 'fileReservedTime', 'HOURS')
}
