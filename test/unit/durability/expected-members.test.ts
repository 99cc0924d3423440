import { describe, expect, it } from 'vitest'
import type { BrokerState, PartitionState } from '../../../lib/cluster/snapshot.ts'
import { withExpectedMembers } from '../../../lib/durability/expected-members.ts'
import type { ExpectedBroker } from '../../../lib/durability/observe-brokers.ts'
import { aRocketmqBroker } from '../../builders/rocketmq.ts'
import { aGroup, aGroupPartition, aPartition, aSnapshot, aTopic, NOW_MS } from '../../builders/snapshots.ts'

function aQueue(broker: string, members: string[]): PartitionState {
  return aPartition({ broker, leader: members[0] ?? null, replicas: members, isr: members, minIsr: 2 })
}

function expected(id: string): ExpectedBroker {
  return { id, host: '127.0.0.1', port: 10_911, rack: null, role: 'SLAVE', lastSeenAtMs: NOW_MS }
}

function complete(brokers: BrokerState[], queues: PartitionState[], expectedIds: string[]) {
  const groups = [aGroup({ partitions: queues.map(({ broker }) => aGroupPartition({ broker })) })]
  const snapshot = aSnapshot({ kind: 'rocketmq', brokers, topics: [aTopic({ partitions: queues })], groups })
  return withExpectedMembers(snapshot, expectedIds.map(expected))
}

describe('withExpectedMembers', () => {
  it('adds a slave that left the route to the replicas, not to the ISR', () => {
    const { topics } = complete([aRocketmqBroker('a:0')], [aQueue('a', ['a:0'])], ['a:0', 'a:1'])
    expect(topics[0]?.partitions[0]).toMatchObject({
      replicas: ['a:0', 'a:1'],
      isr: ['a:0'],
      offlineReplicas: ['a:1'],
      minIsr: 2,
    })
  })

  it('does not count the members of a name that merely begins alike', () => {
    const brokers = [aRocketmqBroker('a:0'), aRocketmqBroker('a:b:0')]
    const { topics } = complete(brokers, [aQueue('a', ['a:0'])], ['a:0', 'a:b:0', 'a:b:1', 'ab:1'])
    expect(topics[0]?.partitions[0]?.replicas).toEqual(['a:0'])
  })

  it('keeps the queues of a broker that is gone as long as it is expected', () => {
    const gone = aPartition({ broker: 'b', leader: null, replicas: ['b:0'], isr: [] })
    const { topics, groups } = complete([aRocketmqBroker('a:0')], [aQueue('a', ['a:0']), gone], ['a:0', 'b:0'])
    expect(topics[0]?.partitions.map(({ broker }) => broker)).toEqual(['a', 'b'])
    expect(groups[0]?.partitions).toHaveLength(2)
  })

  it('drops them, and the topic that has no others, once it is retired', () => {
    const gone = aPartition({ broker: 'b', leader: null, replicas: ['b:0'], isr: [] })
    const { topics, groups } = complete([aRocketmqBroker('a:0')], [gone], ['a:0'])
    expect(topics).toEqual([])
    expect(groups[0]?.partitions).toEqual([])
  })

  it('leaves a Kafka snapshot as it is', () => {
    const snapshot = aSnapshot()
    expect(withExpectedMembers(snapshot, [expected('9')])).toBe(snapshot)
  })
})
