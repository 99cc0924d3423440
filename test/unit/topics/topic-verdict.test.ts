import { describe, expect, test } from 'vitest'
import { missingReplicas, topicVerdict } from '../../../components/topics/topic-verdict.ts'
import type { PartitionAnswer, TopicDetailAnswer } from '../../../lib/api/schemas/topics.ts'

function partition(number: number, isr: string[] | null, durability: PartitionAnswer['durability']): PartitionAnswer {
  return {
    partition: number,
    broker: null,
    minIsr: null,
    leader: isr?.[0] ?? null,
    leaderEpoch: 1,
    replicas: ['1', '2', '3'],
    isr,
    eligibleLeaders: null,
    offlineReplicas: [],
    startOffset: 0,
    endOffset: 0,
    lastStableOffset: 0,
    sizeBytes: 0,
    leaderSizeBytes: 0,
    produceRatePerSecond: 0,
    reassignment: null,
    durability,
  }
}

function topic(partitionStates: PartitionAnswer[], part: Partial<TopicDetailAnswer>): TopicDetailAnswer {
  return {
    name: 'orders',
    kind: 'normal',
    internal: false,
    partitions: partitionStates.length,
    replicationFactor: 3,
    minIsr: 2,
    durability: 'healthy',
    isPartial: false,
    durabilityIsPartial: false,
    messagesIsPartial: false,
    sizeIsPartial: false,
    messages: 0,
    sizeBytes: 0,
    leaderSizeBytes: 0,
    produceRatePerSecond: 0,
    retention: { timeMs: -1, sizeBytes: -1 },
    findings: 0,
    fault: null,
    topicId: null,
    cleanupPolicy: null,
    uncleanLeaderElection: null,
    partitionStates,
    config: null,
    group: null,
    rocketmq: null,
    asOf: null,
    ...part,
  }
}

const FULL = ['1', '2', '3']

describe('the verdict on a topic', () => {
  test.each([
    ['healthy with two copies demanded', { minIsr: 2 }, 'healthy'],
    ['healthy but acknowledged by the leader alone', { minIsr: 1 }, 'healthyLeaderOnly'],
    ['healthy with a single replica', { replicationFactor: 1, minIsr: 1 }, 'healthySingleCopy'],
  ] as const)('%s', (_, part, code) => {
    expect(topicVerdict(topic([partition(0, FULL, 'healthy')], part)).code).toBe(code)
  })

  test('at min ISR with two copies differs from the last copy', () => {
    const two = topic([partition(0, ['1', '2'], 'atMinIsr')], { durability: 'atMinIsr' })
    const one = topic([partition(0, ['1'], 'atMinIsr')], { durability: 'atMinIsr', minIsr: 1 })
    expect(topicVerdict(two).code).toBe('atMinIsr')
    expect(topicVerdict(one)).toMatchObject({ code: 'lastCopy', copies: 1 })
  })

  test('counts the partitions of the worst state and names the brokers that are missing, worst first', () => {
    const verdict = topicVerdict(
      topic(
        [
          partition(0, ['1'], 'underMinIsr'),
          partition(1, ['1', '2'], 'atMinIsr'),
          partition(4, ['1', '2'], 'underMinIsr'),
          partition(2, FULL, 'healthy'),
          partition(3, null, 'unknown'),
        ],
        { durability: 'underMinIsr' },
      ),
    )
    expect(verdict).toMatchObject({ code: 'underMinIsr', count: 2, total: 5, unknownCount: 1, copies: 1 })
    expect(verdict.missingBrokers).toEqual(['3', '2'])
  })

  test('names those to start that are down, where nobody leads', () => {
    const leaderless = { ...partition(0, [], 'offline'), offlineReplicas: ['1'] }
    const unknown = { ...leaderless, offlineReplicas: null }
    const brokersOf = (state: PartitionAnswer) => topicVerdict(topic([state], { durability: 'offline' })).missingBrokers
    expect([brokersOf(leaderless), brokersOf(unknown)]).toEqual([['1'], FULL])
  })

  test('knows no copies where the ISR is unknown, rather than none', () => {
    expect(topicVerdict(topic([partition(0, null, 'unknown')], { durability: 'unknown' })).copies).toBeNull()
  })

  test('does not miss a replica that a reassignment is only adding', () => {
    const moving = { ...partition(0, ['1', '2'], 'healthy'), reassignment: { adding: ['3'], removing: ['1'] } }
    expect(missingReplicas(moving)).toEqual([])
  })
})
