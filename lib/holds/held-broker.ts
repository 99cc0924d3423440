/** Two holds must not change the same broker: the one that ends first would give back too early what the other needs. Pure. */
import { brokersOfSettings } from '../cluster/setting-names.ts'
import { type Hold, isOpen } from './hold.ts'

/** The first of these brokers that an open hold has changed or is about to, and the topic of that hold; null: none. */
export function heldBroker(
  holds: readonly Pick<Hold, 'topic' | 'state' | 'settings'>[],
  brokers: readonly string[],
): { broker: string; topic: string } | null {
  for (const { topic, state, settings } of holds) {
    if (!isOpen(state)) continue
    const broker = brokersOfSettings(settings).find((one) => brokers.includes(one))
    if (broker !== undefined) return { broker, topic }
  }
  return null
}
