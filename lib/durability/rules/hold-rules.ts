/** Topics whose retention the console held, and that did not get back what they had. */
import { formatHostPort } from '../../cluster/host-port.ts'
import { brokersOfSettings, placeOfSetting } from '../../cluster/setting-names.ts'
import type { FindingCode } from '../finding-codes.ts'
import type { ObservedTopic } from '../observation.ts'
import { settingsToRestore } from '../runbooks/restore-settings.ts'
import { seenOverride } from '../seen-settings.ts'
import type { HoldTrouble, TroubledHold } from '../troubled-holds.ts'
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
  const left = hold.settings.filter(({ name, before }) => seenOverride(seen, name) !== before)
  const ofTopic = left.filter(({ name }) => placeOfSetting(name).broker === null)
  const isGone = topic === null || isAnother(hold, topic)
  return [
    ...(isGone || ofTopic.length === 0 ? [] : [hitOf(hold, ofTopic, ofTopic)]),
    ...brokersOfSettings(left).map((broker) => hitOfBroker(hold, broker, left, scene)),
  ]
}

/** Of a topic that is gone, or was created anew under the same name, there is nothing to give back. */
function isAnother(hold: TroubledHold, { topicId }: ObservedTopic): boolean {
  return hold.topicId !== null && topicId !== null && hold.topicId !== topicId
}

/** A broker keeps what was set for the sake of a topic, also when that is gone. */
function hitOfBroker(hold: TroubledHold, broker: string, left: Settings, { brokers }: Scene): Hit {
  const ofBroker = left.filter(({ name }) => placeOfSetting(name).broker === broker)
  const toRestore = ofBroker.map(({ name, before }) => ({ name: placeOfSetting(name).setting, before }))
  const known = brokers.find(({ id }) => id === broker)
  const address = known === undefined ? '' : formatHostPort(known)
  return { ...hitOf(hold, ofBroker, toRestore, { broker, address }), part: broker }
}

type Settings = TroubledHold['settings']

function hitOf({ topic }: TroubledHold, left: Settings, toRestore: Settings, more: FindingFacts = {}): Hit {
  const settings = left.map(({ name }) => name).join(', ')
  const facts = { topic, settings, ...settingsToRestore(toRestore), ...more }
  return { severity: 'warning', subject: { type: 'topic', name: topic }, facts }
}
