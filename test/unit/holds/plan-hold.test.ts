import { describe, expect, test } from 'vitest'
import type { TopicSetting } from '../../../lib/cluster/topic-settings.ts'
import { askedSettings, planHold } from '../../../lib/holds/plan-hold.ts'

const WEEK = '604800000'
const OWN = { system: 'kafka', internal: false, brokers: ['1', '2'] } as const
const ON_BROKERS = { system: 'rocketmq', internal: false, brokers: ['a:0', 'a:1'] } as const

function setting(name: string, override: string | null, ...effective: string[]): TopicSetting {
  return { name, override, effective }
}

const ofBroker = (broker: string, name: string, value: string): TopicSetting =>
  setting(`${broker} ${name}`, value, value)
const dledger = (broker: string, value: string): TopicSetting => ofBroker(broker, 'enableDLegerCommitLog', value)
const hours = (first: string, second: string): TopicSetting[] => [
  ofBroker('a:0', 'fileReservedTime', first),
  ofBroker('a:1', 'fileReservedTime', second),
]
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
  ['an internal topic', { ...OWN, internal: true }, [byDefault], 'hold_topic_internal'],
  ['an internal topic of RocketMQ', { ...ON_BROKERS, internal: true }, [], 'hold_topic_internal'],
  ['a broker with DLedger', ON_BROKERS, [...hours('72', '72'), dledger('a:1', 'true')], 'hold_unsupported'],
  ['RocketMQ that keeps for ever', ON_BROKERS, hours('876000', '2000000'), 'hold_not_needed'],
  ['a compacted topic', OWN, [byDefault, setting('cleanup.policy', 'compact', 'compact')], 'hold_topic_compacted'],
  ['unlimited', OWN, [setting('retention.ms', '-1', '-1'), unlimitedSize, deleted], 'hold_not_needed'],
] as const)('%s is refused', (_, topic, settings, refusal) => {
  expect(planHold(topic, settings)).toEqual({ refusal, settings: [] })
})

test('nothing known of a topic refuses nothing, and promises nothing', () => {
  expect(planHold(OWN, [])).toEqual({ refusal: null, settings: [] })
})

describe('on RocketMQ', () => {
  const plan = (...settings: TopicSetting[]) =>
    planHold(ON_BROKERS, settings).settings.map(({ name, before, held }) => [name, before, held])

  test('each broker is asked for its hours, and whether it would take others', () => {
    expect(askedSettings(ON_BROKERS)).toEqual([
      'a:0 fileReservedTime',
      'a:0 enableDLegerCommitLog',
      'a:1 fileReservedTime',
      'a:1 enableDLegerCommitLog',
    ])
    expect(askedSettings(OWN)).toEqual(['retention.ms', 'retention.bytes', 'cleanup.policy'])
  })

  test('the hours of each broker are held, each with its own before', () => {
    expect(plan(...hours('72', '48'), dledger('a:0', 'false'))).toEqual([
      ['a:0 fileReservedTime', '72', '876000'],
      ['a:1 fileReservedTime', '48', '876000'],
    ])
  })

  test('a broker that keeps as long already is left alone', () => {
    expect(plan(...hours('876000', '48'))).toEqual([['a:1 fileReservedTime', '48', '876000']])
  })

  test('hours that are no number may be limited', () => {
    expect(plan(...hours('many', '876000'))).toEqual([['a:0 fileReservedTime', 'many', '876000']])
  })
})
