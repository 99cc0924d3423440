/** Two brokers both have a queue 0: nothing that is concluded of one may be shown of the other. */
import { describe, expect, it } from 'vitest'
import type { ClusterSnapshot, TopicState } from '../../../lib/cluster/snapshot.ts'
import { topicKindClassifier } from '../../../lib/dlq/topic-kind.ts'
import type { Observation } from '../../../lib/durability/observation.ts'
import { observe } from '../../../lib/durability/observe.ts'
import { ObserveMemory } from '../../../lib/durability/observe-memory.ts'
import { MINUTE_MS } from '../../../lib/units.ts'
import { aQueue, aRocketmqGroup, aRocketmqSnapshot, aRocketmqTopic } from '../../builders/rocketmq.ts'
import { aGroupPartition } from '../../builders/snapshots.ts'

const kindOf = topicKindClassifier({ include: [], exclude: [] })

function see(snapshot: ClusterSnapshot, previous: Observation | null, memory: ObserveMemory): Observation {
  return observe({ snapshot, previous, expectedBrokers: [], kindOf, memory })
}

/** Queue 0 on both: a's ends at `endA`, b's at `endB`; the group has committed the other way round. */
function crossed(endA: bigint, endB: bigint, committedA: bigint, committedB: bigint, atMs: number): ClusterSnapshot {
  const partitions = [aQueue('a', 0, { endOffset: endA }), aQueue('b', 0, { endOffset: endB })]
  const read = [
    aGroupPartition({ broker: 'a', committedOffset: committedA }),
    aGroupPartition({ broker: 'b', committedOffset: committedB }),
  ]
  return aRocketmqSnapshot({
    ...{ startedAtMs: atMs - 10, finishedAtMs: atMs },
    topics: [aRocketmqTopic('orders', { partitions })],
    groups: [aRocketmqGroup({ partitions: read.toReversed() })],
  })
}

/** As a place in a list does not do: brokers answer in any order. */
function fromTheEnd(topic: TopicState): TopicState {
  return { ...topic, partitions: topic.partitions.toReversed() }
}

describe('queues of two brokers', () => {
  const memory = new ObserveMemory()
  const first = crossed(100n, 1_000n, 100n, 400n, MINUTE_MS)
  const before = see({ ...first, topics: first.topics.map(fromTheEnd) }, null, memory)
  const now = see(crossed(160n, 1_600n, 130n, 400n, 2 * MINUTE_MS), before, memory)
  const read = (broker: string) => now.groups[0]?.partitions?.find((one) => one.broker === broker)

  it('have their own lag, rate and time', () => {
    expect(read('a')).toMatchObject({ lagMessages: 30n, consumeRatePerSecond: 0.5, lagSeconds: 30 })
    expect(read('b')).toMatchObject({ lagMessages: 1_200n, consumeRatePerSecond: 0, lagSeconds: null })
  })

  it('have their own member', () => {
    expect(read('a')?.member).toBe('m-a')
    expect(read('b')?.member).toBe('m-b')
  })

  it('have their own produce rate', () => {
    expect(now.topics[0]?.partitions.map((one) => [one.broker, one.produceRatePerSecond])).toEqual([
      ['a', 1],
      ['b', 10],
    ])
  })
})

describe('a cluster of RocketMQ', () => {
  const now = see(aRocketmqSnapshot(), null, new ObserveMemory())

  it('stands where the slave that is behind puts it', () => {
    expect(now.totals).toMatchObject({ brokersOnline: 4, underMinIsr: 2, offline: 0, diskUsedRatioMax: 0.81 })
    expect(now.topics.find(({ name }) => name === 'orders')?.durability).toBe('underMinIsr')
  })

  it('tells what its internal topics are for', () => {
    expect(now.topics.map(({ kind }) => kind)).toEqual(['normal', 'dlq', 'retry', 'half', 'internal', 'delay'])
  })

  it('has dead letters that nobody may read', () => {
    expect(now.dlqs).toMatchObject([
      { topic: '%DLQ%billing', stored: 200n, arrivalsPerMinute: null, isReadable: false },
    ])
  })
})
