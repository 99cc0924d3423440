import { describe, expect, test } from 'vitest'
import type { TopicSetting } from '../../../../lib/cluster/topic-settings.ts'
import type { FindingCode } from '../../../../lib/durability/finding-codes.ts'
import { planRepair, repairOf } from '../../../../lib/durability/runbooks/repairs.ts'

type Facts = Record<string, string | number>
const repair = (code: FindingCode, facts: Facts, type: 'topic' | 'broker' = 'topic') =>
  repairOf({ code, subject: { type, name: 'orders' }, facts })

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
