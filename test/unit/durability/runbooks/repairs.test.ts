import { describe, expect, test } from 'vitest'
import type { TopicSetting } from '../../../../lib/cluster/topic-settings.ts'
import type { FindingCode } from '../../../../lib/durability/finding-codes.ts'
import { brokerRepairs, planRepair, repairOf } from '../../../../lib/durability/runbooks/repairs.ts'

type Facts = Record<string, string | number>
const repair = (code: FindingCode, facts: Facts, type: 'topic' | 'broker' = 'topic') =>
  repairOf('kafka', { code, subject: { type, name: 'orders' }, facts })

describe('what the console can set by itself', () => {
  test.each<[FindingCode, Facts, ReturnType<typeof repairOf>]>([
    ['topic.minIsrOne', { replicas: 3 }, [{ name: 'min.insync.replicas', value: '2' }]],
    ['topic.minIsrOne', { replicas: 5 }, [{ name: 'min.insync.replicas', value: '2' }]],
    ['topic.minIsrOne', { replicas: 2 }, []],
    ['topic.minIsrEqualsReplicas', { replicas: 3 }, [{ name: 'min.insync.replicas', value: '2' }]],
    ['topic.minIsrEqualsReplicas', { replicas: 5 }, [{ name: 'min.insync.replicas', value: '4' }]],
    ['topic.minIsrEqualsReplicas', { replicas: 2 }, []],
    ['topic.minIsrAboveReplicas', { replicas: 3 }, [{ name: 'min.insync.replicas', value: '2' }]],
    ['topic.minIsrAboveReplicas', { replicas: 1 }, []],
    ['topic.uncleanLeaderElection', {}, [{ name: 'unclean.leader.election.enable', value: 'false' }]],
    [
      'topic.flushSettings',
      { settings: 'flush.messages, flush.ms' },
      [
        { name: 'flush.messages', value: null },
        { name: 'flush.ms', value: null },
      ],
    ],
    ['topic.replicationFactorOne', { partitions: 3 }, []],
  ])('%s %o', (code, facts, wanted) => {
    expect(repair(code, facts)).toEqual(wanted)
  })

  test('is nothing where the finding is not about a topic', () => {
    expect(repair('topic.uncleanLeaderElection', {}, 'broker')).toEqual([])
  })
})

describe('what RocketMQ’s brokers keep, each for itself', () => {
  const told = (setting: string, ...values: (string | null)[]): TopicSetting[] =>
    values.map((override, index) => ({
      name: `b${index}:0 ${setting}`,
      override,
      effective: override ? [override] : [],
    }))
  const finding = (code: FindingCode, facts: Facts = {}) => ({
    ...{ code, subject: { type: code.startsWith('topic') ? 'topic' : 'group', name: 'billing' } as const, facts },
  })

  test.each<[FindingCode, Facts, string, string, (string | null)[], number[]]>([
    // Queues that somebody empties stay as they are, and brokers without it.
    ['topic.writeOnly', {}, 'perm', '6', ['2', '3', '4', '6', '0', null], [0, 1]],
    ['topic.notWritable', { count: 2, of: 2 }, 'perm', '6', ['4', '0'], [0, 1]],
    ['group.retryQueuesZero', {}, 'retryQueueNums', '1', ['0', '-1', '1', '4', null], [0, 1]],
    ['group.retriesZero', {}, 'retryMaxTimes', '16', ['0', '1', '2', '-1'], [0, 1, 3]],
  ])('%s %o', (code, facts, setting, value, values, amiss) => {
    expect(repairOf('rocketmq', finding(code, facts))).toEqual([{ name: setting, value }])
    const wanted = amiss.map((index) => ({ name: `b${index}:0 ${setting}`, value }))
    expect(brokerRepairs(finding(code, facts), told(setting, ...values))).toEqual(wanted)
  })

  test.each<[FindingCode, Facts]>([
    ['topic.notWritable', { count: 1, of: 2 }],
    ['group.consumeDisabled', {}],
    ['topic.minIsrOne', { replicas: 3 }],
  ])('%s %o is for a person to decide', (code, facts) => {
    expect(repairOf('rocketmq', finding(code, facts))).toEqual([])
    expect(brokerRepairs(finding(code, facts), told('perm', '4'))).toEqual([])
  })
})

const MIN_ISR = [{ name: 'min.insync.replicas', value: '2' }]
const known = (override: string | null, ...effective: string[]): TopicSetting[] => [
  { name: 'min.insync.replicas', override, effective },
]
const topic = (...isr: (string[] | null)[]) => ({ partitions: isr.map((one) => ({ isr: one })) }) as never
const plan = (settings: TopicSetting[], ...isr: (string[] | null)[]) => planRepair(MIN_ISR, settings, topic(...isr))

describe('a plan', () => {
  test('says what is there, by whom, and what it becomes', () => {
    expect(plan(known(null, '1'), ['1', '2'])).toEqual({
      ...{ refusal: null, stoppedPartitions: 0 },
      settings: [{ name: 'min.insync.replicas', before: null, effectiveBefore: ['1'], after: '2' }],
    })
    expect(plan(known('1', '1'), ['1', '2']).settings[0]).toMatchObject({ before: '1' })
  })

  test('is refused where partitions would refuse writes at once, or nobody knows', () => {
    const isr = [['1', '2'], ['1'], null]
    expect(plan(known('1', '1'), ...isr)).toMatchObject({ refusal: 'repair_stops_writes', stoppedPartitions: 2 })
  })

  test('changes nothing that is so already, by a default too', () => {
    expect(plan(known('2', '2'), ['1'])).toMatchObject({ refusal: 'repair_not_needed', settings: [] })
    expect(plan(known(null, '2'), ['1'])).toMatchObject({ refusal: 'repair_not_needed' })
    expect(plan(known(null, '2', '1'), ['1', '2'])).toMatchObject({ refusal: null })
    const remove = [{ name: 'flush.ms', value: null }]
    const flush = (override: string | null) => [{ name: 'flush.ms', override, effective: ['9'] }]
    expect(planRepair(remove, flush(null), topic()).refusal).toBe('repair_not_needed')
    expect(planRepair(remove, flush('9'), topic()).refusal).toBeNull()
  })

  test('of what was not seen is made all the same: the cluster is asked before anything is changed', () => {
    expect(plan([], ['1', '2']).settings).toEqual([
      { name: 'min.insync.replicas', before: null, effectiveBefore: [], after: '2' },
    ])
  })
})
