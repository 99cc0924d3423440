/** Which holds did not end as they should, as rules want to know it. Pure. */
import { placeOfSetting } from '../cluster/setting-names.ts'
import type { TroubledHold, TroubledSetting } from '../durability/troubled-holds.ts'
import { MINUTE_MS } from '../units.ts'
import { type HeldSetting, isOpen } from './hold.ts'
import type { StoredHold } from './hold-store.ts'

/** A cluster may be away for a while as its brokers restart. */
const OVERDUE_AFTER_MS = 5 * MINUTE_MS
/** So many take about as long, of a hold that was ended before its time. */
const OVERDUE_AFTER_FAILURES = 6

export function troubledHolds(holds: readonly StoredHold[], nowMs: number): TroubledHold[] {
  return holds.flatMap((hold): TroubledHold[] => {
    const { topic, topicId, state, settings } = hold
    if (state === 'conflict') {
      const changed = settings.filter(({ foundInstead }) => foundInstead !== null)
      return [{ topic, topicId, trouble: 'conflict', settings: changed.map(toTroubled) }]
    }
    const overdue = { topic, topicId, trouble: 'overdue', settings: settings.map(toTroubled) } as const
    return isOverdue(hold, nowMs) ? [overdue] : []
  })
}

function toTroubled({ name, before }: HeldSetting): TroubledSetting {
  return { name, before, ...placeOfSetting(name) }
}

function isOverdue({ state, untilAtMs, failures }: StoredHold, nowMs: number): boolean {
  if (!isOpen(state)) return false
  return nowMs >= untilAtMs + OVERDUE_AFTER_MS || (state === 'releasing' && failures >= OVERDUE_AFTER_FAILURES)
}
