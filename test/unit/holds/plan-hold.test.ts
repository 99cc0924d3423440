import { describe, expect, test } from 'vitest'
import type { TopicSetting } from '../../../lib/cluster/topic-settings.ts'
import { planHold } from '../../../lib/holds/plan-hold.ts'

const WEEK = '604800000'
const OWN = { system: 'kafka', internal: false } as const

function setting(name: string, override: string | null, ...effective: string[]): TopicSetting {
  return { name, override, effective }
}

const byDefault = setting('retention.ms', null, WEEK)
const unlimitedSize = setting('retention.bytes', null, '-1')
const deleted = setting('cleanup.policy', null, 'delete')

describe('a hold changes', () => {
  test.each<[string, TopicSetting[], [string, string | null][]]>([
    ['the time alone where the size is unlimited', [byDefault, unlimitedSize, deleted], [['retention.ms', null]]],
    [
      'both where both are limited',
      [setting('retention.ms', '1000', '1000'), setting('retention.bytes', '9', '9'), deleted],
      [
        ['retention.ms', '1000'],
        ['retention.bytes', '9'],
      ],
    ],
    [
      'the size alone where the time is unlimited',
      [setting('retention.ms', '-1', '-1'), setting('retention.bytes', null, '9'), deleted],
      [['retention.bytes', null]],
    ],
    [
      'what one of the brokers limits by a default of its own',
      [setting('retention.ms', '-1', '-1'), setting('retention.bytes', null, '-1', '9'), deleted],
      [['retention.bytes', null]],
    ],
    [
      'what no broker tells',
      [setting('retention.ms', null), unlimitedSize, setting('cleanup.policy', null)],
      [['retention.ms', null]],
    ],
    [
      'a topic that is compacted as well',
      [byDefault, unlimitedSize, setting('cleanup.policy', 'compact,delete', 'compact,delete')],
      [['retention.ms', null]],
    ],
  ])('%s', (_, settings, expected) => {
    const plan = planHold(OWN, settings)
    expect(plan.refusal).toBeNull()
    expect(plan.settings.map(({ name, before }) => [name, before])).toEqual(expected)
  })

  test('to unlimited, and remembers what was in effect', () => {
    expect(planHold(OWN, [byDefault, unlimitedSize]).settings).toEqual([
      { name: 'retention.ms', before: null, effectiveBefore: [WEEK], held: '-1', foundInstead: null },
    ])
  })
})

test.each([
  ['RocketMQ', { system: 'rocketmq', internal: false } as const, [byDefault], 'hold_unsupported'],
  ['an internal topic', { system: 'kafka', internal: true } as const, [byDefault], 'hold_topic_internal'],
  ['a compacted topic', OWN, [byDefault, setting('cleanup.policy', 'compact', 'compact')], 'hold_topic_compacted'],
  ['unlimited', OWN, [setting('retention.ms', '-1', '-1'), unlimitedSize, deleted], 'hold_not_needed'],
] as const)('%s is refused', (_, topic, settings, refusal) => {
  expect(planHold(topic, settings)).toEqual({ refusal, settings: [] })
})

test('nothing known of a topic refuses nothing, and promises nothing', () => {
  expect(planHold(OWN, [])).toEqual({ refusal: null, settings: [] })
})
