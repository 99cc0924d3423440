/** Whether a topic can be held, and which of its settings for that. Pure. */
import type { ClusterKind } from '../cluster/snapshot.ts'
import type { TopicSetting } from '../cluster/topic-settings.ts'
import type { ErrorCode } from '../errors.ts'
import { type HeldSetting, RETENTION_SETTINGS, UNLIMITED } from './hold.ts'

const CLEANUP_POLICY = 'cleanup.policy'
/** What has to be known of a topic before it is held. */
export const ASKED_SETTINGS: readonly string[] = [...RETENTION_SETTINGS, CLEANUP_POLICY]

export type HoldRefusal = Extract<
  ErrorCode,
  'hold_unsupported' | 'hold_topic_internal' | 'hold_topic_compacted' | 'hold_not_needed'
>

export interface HoldPlan {
  /** Null: it can be held. */
  refusal: HoldRefusal | null
  settings: HeldSetting[]
}

/**
 * @param topic as the newest poll saw it
 * @param settings `ASKED_SETTINGS`; what is missing is unknown, and refuses nothing
 */
export function planHold(
  topic: { system: ClusterKind; internal: boolean },
  settings: readonly TopicSetting[],
): HoldPlan {
  const refuse = (refusal: HoldRefusal): HoldPlan => ({ refusal, settings: [] })
  if (topic.system === 'rocketmq') return refuse('hold_unsupported')
  if (topic.internal) return refuse('hold_topic_internal')
  const policies = settings.find(({ name }) => name === CLEANUP_POLICY)?.effective ?? []
  // Compaction alone deletes nothing because of its age, and nothing else can be held.
  if (policies.length > 0 && policies.every((policy) => !policy.includes('delete')))
    return refuse('hold_topic_compacted')
  const retention = settings.filter(({ name }) => (RETENTION_SETTINGS as readonly string[]).includes(name))
  const limited = retention.filter(({ effective }) => !isUnlimited(effective))
  if (retention.length > 0 && limited.length === 0) return refuse('hold_not_needed')
  return { refusal: null, settings: limited.map(toHeld) }
}

/** What no broker told may be limited. */
function isUnlimited(effective: readonly string[]): boolean {
  return effective.length > 0 && effective.every((value) => value === UNLIMITED)
}

function toHeld({ name, override, effective }: TopicSetting): HeldSetting {
  return { name, before: override, effectiveBefore: effective, held: UNLIMITED, foundInstead: null }
}
