/** The commands that do by hand what a hold does, for this cluster and topic. Pure. */
import { placeOfSetting } from '../cluster/setting-names.ts'
import { restoreCommands, settingsToRestore } from '../durability/runbooks/restore-settings.ts'
import { ANY_BROKER, setOnBroker } from '../durability/runbooks/rocketmq-commands.ts'
import { type HeldSetting, type Hold, isOpen } from './hold.ts'

export interface HandPlace {
  /** `host:port`, joined as the system's own tools take them: bootstrap servers, or NameServers. */
  address: string
  /** `host:port` of a broker; null when nobody knows. */
  addressOf(broker: string): string | null
}

/**
 * Of a hold: what would end it by hand; none once nothing of it is left. `kafka-configs` refuses to delete what is not there,
 * so that of a conflict only what somebody changed is named.
 */
export function handCommands(
  place: HandPlace,
  { topic, state, settings }: Pick<Hold, 'topic' | 'state' | 'settings'>,
): string[] {
  if (!isOpen(state) && state !== 'conflict') return []
  const left = isOpen(state) ? settings : settings.filter(({ foundInstead }) => foundInstead !== null)
  const ofTopic = left.filter(({ name }) => placeOfSetting(name).broker === null)
  return [
    ...restoreCommands(place.address, topic, settingsToRestore(ofTopic)),
    ...left.flatMap((setting) => brokerCommand(place, setting)),
  ]
}

/** A broker says a value of each of its settings: there is always one to give back. */
function brokerCommand({ address, addressOf }: HandPlace, { name, before }: HeldSetting): string[] {
  const { broker, setting } = placeOfSetting(name)
  if (broker === null || before === null) return []
  return [setOnBroker(address, addressOf(broker) ?? ANY_BROKER, setting, before)]
}
