import { describe, expect, it } from 'vitest'
import type { NameServerAnswer, RocketmqBrokerAnswer } from '../../../lib/api/schemas/rocketmq.ts'
import { heaviest, partitionKey, partitionLabels } from '../../../lib/client/partition-views.ts'
import { commitLogLevel, copyGaps, delayedMessages, nameServerLevel } from '../../../lib/client/rocketmq-views.ts'

describe('partitions of two brokers', () => {
  it('have keys and questions of their own', () => {
    const queues = ['a', 'b', null].map((broker) => ({ topic: 'orders', broker, partition: 0 }))
    expect(new Set(queues.map(partitionKey)).size).toBe(3)
    expect(queues.map(partitionLabels)).toEqual([
      { topic: 'orders', partition: 0, broker: 'a' },
      { topic: 'orders', partition: 0, broker: 'b' },
      { topic: 'orders', partition: 0 },
    ])
  })

  it('are chosen by weight, unknown last', () => {
    const queues = [null, 3, 9].map((rate, partition) => ({ partition, broker: 'a', rate }))
    expect(heaviest(queues, ({ rate }) => rate, 2).map(({ partition }) => partition)).toEqual([2, 1])
  })
})

describe('a NameServer', () => {
  it.each([
    ['that does not answer is unknown, whatever it lists', { online: null, missingTopics: 3 }, 'unknown'],
    ['that lacks a broker differs', { missingBrokers: ['a:0'] }, 'watch'],
    ['that lacks topics differs', { missingTopics: 1 }, 'watch'],
    ['that lists all is safe', {}, 'safe'],
  ] as const)('%s', (_, over, level) => {
    const all: NameServerAnswer = {
      ...{ address: 'n:9876', online: true, fault: null, brokers: [], topics: 1 },
      ...{ missingBrokers: [], missingTopics: 0 },
    }
    expect(nameServerLevel({ ...all, ...over } as NameServerAnswer)).toBe(level)
  })
})

describe('the disk of a commit log', () => {
  it.each([
    [0.7499, undefined],
    [0.75, 'deletesExpired'],
    [0.85, 'deletesUnexpired'],
    [0.9, 'refusesMessages'],
    [1, 'refusesMessages'],
  ])('at %f: %s', (ratio, code) => {
    expect(commitLogLevel(ratio, null)?.code).toBe(code)
  })

  it('counts by the broker’s own marks', () => {
    const marks = { deletesExpired: 0.1, deletesUnexpired: null, refusesMessages: 0.8 }
    expect([0.09, 0.1, 0.79, 0.8].map((ratio) => commitLogLevel(ratio, marks)?.code)).toEqual([
      undefined,
      'deletesExpired',
      'deletesExpired',
      'refusesMessages',
    ])
  })
})

describe('unknown parts', () => {
  it('are no delayed messages and no gaps, but not zero either', () => {
    expect(delayedMessages({ delayLevels: null } as RocketmqBrokerAnswer)).toBeNull()
    expect(delayedMessages({ delayLevels: [] as unknown } as RocketmqBrokerAnswer)).toBe(0)
    const copy = { readAt: '', missingTopics: 0, missingGroups: 0, missingOffsets: 0, staleOffsets: null }
    expect(copyGaps(copy)).toBeNull()
    expect(copyGaps({ ...copy, staleOffsets: 0 })).toBe(0)
    expect(copyGaps({ ...copy, missingTopics: 2 })).toBe(2)
  })
})
