/** Whether a topic can be held, and which settings for that. Pure. */
import type { ClusterKind } from '../cluster/snapshot.ts'
import type { TopicSetting } from '../cluster/topic-settings.ts'
import type { ErrorCode } from '../errors.ts'
import type { HeldSetting } from './hold.ts'
import { RETENTION, type RetentionRefusal } from './retention.ts'

export type HoldRefusal = RetentionRefusal | Extract<ErrorCode, 'hold_topic_internal' | 'hold_not_needed'>

/** As the newest poll saw it. */
export interface PlannedTopic {
  system: ClusterKind
  internal: boolean
  /** Ids of the brokers where its copies lie, whether they are up or not. */
  brokers: readonly string[]
}

export interface HoldPlan {
  /** Null: it can be held. */
  refusal: HoldRefusal | null
  settings: HeldSetting[]
}

/** Names of what has to be known of a topic before it is held. */
export function askedSettings({ system, brokers }: PlannedTopic): string[] {
  return RETENTION[system].asked(brokers)
}

/** @param settings `askedSettings`; what is missing is unknown, and refuses nothing */
export function planHold({ system, internal }: PlannedTopic, settings: readonly TopicSetting[]): HoldPlan {
  const { refusalOf, isHeld, isUnlimited, held } = RETENTION[system]
  const refuse = (refusal: HoldRefusal): HoldPlan => ({ refusal, settings: [] })
  if (internal) return refuse('hold_topic_internal')
  const refusal = refusalOf(settings)
  if (refusal !== null) return refuse(refusal)
  const retention = settings.filter(isHeld)
  const limited = retention.filter(({ effective }) => !isUnlimited(effective))
  if (retention.length > 0 && limited.length === 0) return refuse('hold_not_needed')
  return { refusal: null, settings: limited.map((setting) => toHeld(setting, held)) }
}

function toHeld({ name, override, effective }: TopicSetting, held: string): HeldSetting {
  return { name, before: override, effectiveBefore: effective, held, foundInstead: null }
}
