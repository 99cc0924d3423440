/** What a hold of a topic's retention is: what was there before, what is set instead, until when, and how far that came. */
import { DAY_MS } from '../units.ts'

/** A hold fills disks: nobody forgets one for longer. */
export const LONGEST_HOLD_MS = 30 * DAY_MS

/**
 * `planned`: written down, and not known to be in effect. `active`: in effect. `releasing`: what was there before is being
 * restored. These three are open. `released`: nothing of the hold is left. `conflict`: somebody changed a setting meanwhile,
 * and that one was left alone. `failed`: the cluster refused it, and nothing was changed.
 */
export const HOLD_STATES = ['planned', 'active', 'releasing', 'released', 'conflict', 'failed'] as const
export type HoldState = (typeof HOLD_STATES)[number]

export const OPEN_STATES = ['planned', 'active', 'releasing'] as const satisfies readonly HoldState[]

export function isOpen(state: HoldState): boolean {
  return (OPEN_STATES as readonly HoldState[]).includes(state)
}

/** One setting that a hold changes. */
export interface HeldSetting {
  /** With the broker where it is one of a broker's: see `cluster/setting-names.ts`. */
  name: string
  /** What the topic itself, or the broker, said; null: nothing, so that a default of the brokers was in effect. */
  before: string | null
  /** What was in effect then; several where the defaults of brokers differ. */
  effectiveBefore: string[]
  /** What the hold sets. */
  held: string
  /** What somebody has set instead, which is why it was left alone; null: nobody has, as far as is known. */
  foundInstead: { override: string | null } | null
}

/** How a hold ended. Words for each stand in the message files under `holds.outcomes`. */
export const HOLD_OUTCOMES = [
  'restored',
  'topicDeleted',
  'topicRecreated',
  'kept',
  'changedMeanwhile',
  'changedFirst',
  'refused',
] as const
export type HoldOutcome = (typeof HOLD_OUTCOMES)[number]

export interface Hold {
  id: string
  clusterId: string
  topic: string
  /** Of the topic whose settings they were; null where the system has none. */
  topicId: string | null
  state: HoldState
  settings: HeldSetting[]
  untilAtMs: number
  reason: string
  createdAtMs: number
  createdBy: string
  /** When it was seen to be in effect; null before. */
  activeAtMs: number | null
  /** Who ended it before its time; null: its time did. */
  releasedBy: string | null
  /** Null while it is open. */
  endedAtMs: number | null
  /** Null while it is open. */
  outcome: HoldOutcome | null
}
