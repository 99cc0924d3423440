/** Topics whose retention the console held, and that did not get back what they had. */
import type { FindingCode } from '../finding-codes.ts'
import type { ObservedTopic } from '../observation.ts'
import { settingsToRestore } from '../runbooks/restore-settings.ts'
import { seenOverride } from '../seen-settings.ts'
import type { HoldTrouble, TroubledHold, TroubledSetting } from '../troubled-holds.ts'
import type { ClusterRule, FindingFacts, Hit, Scene } from './rule.ts'

export const HOLD_RULES: readonly ClusterRule[] = [
  rule('topic.holdConflict', 'conflict'),
  rule('topic.holdOverdue', 'overdue'),
]

function rule(code: FindingCode, trouble: HoldTrouble): ClusterRule {
  return {
    ...{ code, system: 'both', severity: 'warning', scope: 'cluster', about: 'topic' },
    judge(scene) {
      if (scene.holds === null) return 'unknown'
      return scene.holds.flatMap((hold) => (hold.trouble === trouble ? hitsOf(hold, scene) : []))
    },
  }
}

/** One for the topic's own settings, and one for each broker whose settings are not as they were. */
function hitsOf(hold: TroubledHold, scene: Scene): Hit[] {
  const topic = scene.topicOf(hold.topic) ?? null
  const seen = { topic, brokers: scene.brokers }
  const left = hold.settings.filter((setting) => seenOverride(seen, setting) !== setting.before)
  const isGone = topic === null || isAnother(hold, topic)
  return [...Map.groupBy(left, ({ broker }) => broker)].flatMap(([broker, settings]) => {
    if (broker !== null) return [{ ...hitOf(hold, settings, placeOf(broker, scene)), part: broker }]
    return isGone ? [] : [hitOf(hold, settings)]
  })
}

/** Of a topic that is gone, or was created anew under the same name, there is nothing to give back. */
function isAnother(hold: TroubledHold, { topicId }: ObservedTopic): boolean {
  return hold.topicId !== null && topicId !== null && hold.topicId !== topicId
}

/** A broker keeps what was set for the sake of a topic, also when that is gone. */
function placeOf(broker: string, { brokers }: Scene): FindingFacts {
  const known = brokers.find(({ id }) => id === broker)
  return { broker, address: known === undefined ? '' : `${known.host}:${known.port}` }
}

function hitOf({ topic }: TroubledHold, left: readonly TroubledSetting[], more: FindingFacts = {}): Hit {
  const settings = left.map(({ name }) => name).join(', ')
  const toRestore = settingsToRestore(left.map(({ setting, before }) => ({ name: setting, before })))
  return {
    severity: 'warning',
    subject: { type: 'topic', name: topic },
    facts: { topic, settings, ...toRestore, ...more },
  }
}
