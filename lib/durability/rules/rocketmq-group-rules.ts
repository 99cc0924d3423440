/** What becomes of messages whose consumption fails, by the settings that RocketMQ's brokers keep of a group. */
import type { RocketmqGroupSettings } from '../../cluster/rocketmq-state.ts'
import type { ObservedGroup, Severity } from '../observation.ts'
import { type FindingFacts, type GroupRule, hit, MISS, type Outcome } from './rule.ts'

export const ROCKETMQ_GROUP_RULES: readonly GroupRule[] = [
  settingsRule('group.retryQueuesZero', 'critical', (group, { retryQueues }) => {
    if (retryQueues > 0) return MISS
    // Without members it may be nobody's any more, and nothing is dropped.
    return hit(group.memberCount === 0 ? 'warning' : 'critical', factsOf(group))
  }),
  settingsRule('group.retriesZero', 'warning', (group, { retryMaxTimes }) => {
    if (retryMaxTimes > 1) return MISS
    return hit(retryMaxTimes === 1 ? 'info' : 'warning', factsOf(group))
  }),
  settingsRule('group.consumeDisabled', 'warning', (group, { isConsumeEnabled }) =>
    isConsumeEnabled ? MISS : hit('warning', factsOf(group)),
  ),
  settingsRule('group.settingsDiffer', 'warning', (group) =>
    group.rocketmq?.settingsDiffer === true ? hit('warning', factsOf(group)) : MISS,
  ),
  rule('group.broadcasting', 'info', ({ id, rocketmq }) => {
    // Its members choose it: without one that is online nobody knows.
    const model = rocketmq?.messageModel ?? null
    if (model === null) return 'unknown'
    return model === 'BROADCASTING' ? hit('info', { group: id }) : MISS
  }),
  rule('group.consumeFromLast', 'info', ({ id, rocketmq }) => {
    const from = rocketmq?.consumeFromWhere ?? null
    if (from === null) return 'unknown'
    return from.startsWith('CONSUME_FROM_LAST_OFFSET') ? hit('info', { group: id }) : MISS
  }),
]

function rule(code: GroupRule['code'], severity: Severity, judge: (group: ObservedGroup) => Outcome): GroupRule {
  return { code, system: 'rocketmq', severity, scope: 'group', judge }
}

function settingsRule(
  code: GroupRule['code'],
  severity: Severity,
  judge: (group: ObservedGroup, settings: RocketmqGroupSettings) => Outcome,
): GroupRule {
  return rule(code, severity, (group) => {
    const settings = group.rocketmq?.settings ?? null
    return settings === null ? 'unknown' : judge(group, settings)
  })
}

/** All settings that `mqadmin` sets at once: it takes back to its defaults whatever it is not given. */
function factsOf({ id, rocketmq }: ObservedGroup): FindingFacts {
  const {
    retryQueues = 0,
    retryMaxTimes = 0,
    isConsumeEnabled,
    isBroadcastEnabled,
    isOrdered,
  } = rocketmq?.settings ?? {}
  return {
    ...{ group: id, retryQueues, retries: Math.max(0, retryMaxTimes) },
    ...{ consumeEnabled: `${isConsumeEnabled}`, broadcastEnabled: `${isBroadcastEnabled}` },
    // Brokers of 4.9 have no such setting.
    ordered: `${isOrdered ?? 'unknown'}`,
  }
}
