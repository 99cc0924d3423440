/** What the console knows of holds of retention that did not end as they should. */
import type { SettingPlace } from '../cluster/setting-names.ts'

/** What a poll wants to know of holds of retention. */
export interface HoldFacts {
  /** Those that did not end as they should. */
  troubled: readonly TroubledHold[]
  /** Topics whose retention a hold has changed, or is about to. */
  topics: ReadonlySet<string>
}

export const HOLD_TROUBLES = ['conflict', 'overdue'] as const
export type HoldTrouble = (typeof HOLD_TROUBLES)[number]

/** Named as holds name it, and apart from its broker. */
export interface TroubledSetting extends SettingPlace {
  name: string
  before: string | null
}

/**
 * `conflict`: somebody changed a setting while it was held, and that one was left alone. `overdue`: its time is over, and
 * the cluster has not taken back what was there before.
 */
export interface TroubledHold {
  topic: string
  /** Of the topic whose settings they were; null where the system has none. */
  topicId: string | null
  trouble: HoldTrouble
  /** Those that are not as they were. */
  settings: readonly TroubledSetting[]
}
