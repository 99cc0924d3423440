/** Topics whose retention the console held, and that did not get back what they had. */
import type { FindingCode } from '../finding-codes.ts'
import type { ObservedTopic } from '../observation.ts'
import { settingsToRestore } from '../runbooks/restore-settings.ts'
import type { HoldTrouble, TroubledHold } from '../troubled-holds.ts'
import { type ClusterRule, type Hit, settingOf } from './rule.ts'

export const HOLD_RULES: readonly ClusterRule[] = [
  rule('topic.holdConflict', 'conflict'),
  rule('topic.holdOverdue', 'overdue'),
]

function rule(code: FindingCode, trouble: HoldTrouble): ClusterRule {
  return {
    ...{ code, system: 'kafka', severity: 'warning', scope: 'cluster', about: 'topic' },
    judge({ holds, topicOf }) {
      if (holds === null) return 'unknown'
      return holds.flatMap((hold) => (hold.trouble === trouble ? hitOf(hold, topicOf(hold.topic)) : []))
    },
  }
}

/** Of a topic that is gone, or was created anew under the same name, there is nothing to give back. */
function hitOf(hold: TroubledHold, topic: ObservedTopic | undefined): Hit[] {
  if (topic === undefined) return []
  if (hold.topicId !== null && topic.topicId !== null && hold.topicId !== topic.topicId) return []
  const left = hold.settings.filter((setting) => !isBack(topic, setting))
  if (left.length === 0) return []
  const settings = left.map(({ name }) => name).join(', ')
  const subject = { type: 'topic', name: topic.name } as const
  return [{ severity: 'warning', subject, facts: { topic: topic.name, settings, ...settingsToRestore(left) } }]
}

/** Somebody has set it right by hand. */
function isBack({ config }: ObservedTopic, { name, before }: TroubledHold['settings'][number]): boolean {
  if (config === null) return false
  const entry = settingOf(config, name)
  return (entry?.source === 'DYNAMIC_TOPIC_CONFIG' ? entry.value : null) === before
}
