import { describe, expect, it } from 'vitest'
import type { RocketmqGroupSettings, RocketmqGroupState } from '../../../../lib/cluster/rocketmq-state.ts'
import type { GroupState } from '../../../../lib/cluster/snapshot.ts'
import { aRocketmqGroup, aRocketmqScene, outcomeOf } from '../../../builders/rocketmq.ts'

const SETTINGS: RocketmqGroupSettings = {
  ...{ isConsumeEnabled: true, isBroadcastEnabled: false, isOrdered: false },
  ...{ retryMaxTimes: 16, retryQueues: 1, consumeTimeoutMinutes: 15 },
}

function group(over: Partial<RocketmqGroupState>, more: Partial<GroupState> = {}): GroupState {
  const rocketmq = {
    ...{ settings: SETTINGS, settingsDiffer: false, consumeType: null, messageModel: 'CLUSTERING' },
    ...{ consumeFromWhere: null, slaveOffsets: null },
    ...over,
  }
  return aRocketmqGroup({ rocketmq, ...more })
}

function set(settings: Partial<RocketmqGroupSettings>, more: Partial<GroupState> = {}): GroupState {
  return group({ settings: { ...SETTINGS, ...settings } }, more)
}

const UNSET = group({ settings: null })

it.each([
  [
    'retryQueuesZero',
    'none',
    set({ retryQueues: 0 }),
    'critical',
    {
      group: 'billing',
      retryQueues: 0,
      retries: 16,
      consumeEnabled: 'true',
      broadcastEnabled: 'false',
      ordered: 'false',
    },
  ],
  ['retryQueuesZero', 'less than none', set({ retryQueues: -1 }), 'critical', { retryQueues: -1 }],
  ['retryQueuesZero', 'none, nobody reads', set({ retryQueues: 0 }, { members: [] }), 'warning', {}],
  ['retryQueuesZero', 'none, who reads is not known', set({ retryQueues: 0 }, { members: null }), 'critical', {}],
  ['retryQueuesZero', 'none, in 4.9', set({ retryQueues: 0, isOrdered: null }), 'critical', { ordered: 'unknown' }],
  ['retryQueuesZero', 'one', set({}), null, {}],
  ['retryQueuesZero', 'not known', UNSET, 'unknown', {}],
  ['retriesZero', 'none', set({ retryMaxTimes: 0 }), 'warning', { group: 'billing', retries: 0 }],
  ['retriesZero', 'less than none', set({ retryMaxTimes: -1 }), 'warning', { retries: 0 }],
  ['retriesZero', 'one', set({ retryMaxTimes: 1 }), 'info', { retries: 1 }],
  ['retriesZero', 'two', set({ retryMaxTimes: 2 }), null, {}],
  ['retriesZero', 'not known', UNSET, 'unknown', {}],
  ['consumeDisabled', 'off', set({ isConsumeEnabled: false }), 'warning', { group: 'billing' }],
  ['consumeDisabled', 'on', set({}), null, {}],
  ['consumeDisabled', 'not known', UNSET, 'unknown', {}],
  ['settingsDiffer', 'they do', group({ settingsDiffer: true }), 'warning', { group: 'billing' }],
  ['settingsDiffer', 'they do not', group({}), null, {}],
  ['settingsDiffer', 'there are none', UNSET, 'unknown', {}],
  ['broadcasting', 'to all', group({ messageModel: 'BROADCASTING' }), 'info', { group: 'billing' }],
  ['broadcasting', 'to one', group({}), null, {}],
  ['broadcasting', 'nobody is online', group({ messageModel: null }), 'unknown', {}],
] as const)('group.%s: %s', (code, _, seen, severity, facts) => {
  const outcome = outcomeOf(`group.${code}`, aRocketmqScene({ groups: [seen] }))
  if (severity === null || severity === 'unknown') expect(outcome).toEqual(severity ?? [])
  else expect(outcome).toMatchObject([{ at: 'billing', severity, facts }])
})

describe('a group of which nothing but its name is known', () => {
  it.each(['group.retryQueuesZero', 'group.settingsDiffer', 'group.broadcasting'] as const)('%s is unknown', (code) => {
    expect(outcomeOf(code, aRocketmqScene({ groups: [aRocketmqGroup({ rocketmq: null })] }))).toBe('unknown')
  })
})
