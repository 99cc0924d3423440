import { describe, expect, it } from 'vitest'
import type { NameServerState } from '../../../lib/cluster/rocketmq-state.ts'
import type { ClusterSnapshot } from '../../../lib/cluster/snapshot.ts'
import { topicKindClassifier } from '../../../lib/dlq/topic-kind.ts'
import type { Observation } from '../../../lib/durability/observation.ts'
import { observe } from '../../../lib/durability/observe.ts'
import { ObserveMemory } from '../../../lib/durability/observe-memory.ts'
import { aQueue, aRocketmqBroker, aRocketmqGroup, aRocketmqSnapshot, aRocketmqTopic } from '../../builders/rocketmq.ts'
import { aGroupPartition } from '../../builders/snapshots.ts'

function see(over: Partial<ClusterSnapshot>, previous: Observation | null = null): Observation {
  const snapshot = aRocketmqSnapshot({
    brokers: [aRocketmqBroker('a:0'), aRocketmqBroker('a:1')],
    topics: [aRocketmqTopic('orders', { partitions: [aQueue('a', 0), aQueue('a', 1)] })],
    nameServers: [],
    ...over,
  })
  const kindOf = topicKindClassifier({ include: [], exclude: [] })
  return observe({ snapshot, previous, expectedBrokers: [], kindOf, memory: new ObserveMemory() })
}

function nameServer(address: string, over: Partial<NameServerState> = {}): NameServerState {
  const same = { missingBrokers: [], missingTopicCount: 0 }
  return { address, online: true, fault: null, brokers: ['a:0', 'a:1'], topicCount: 5, ...same, ...over }
}

describe('NameServers', () => {
  const silent = {
    online: null,
    fault: { code: 'connectionRefused', facts: {} },
    ...{ brokers: null, topicCount: null, missingBrokers: null, missingTopicCount: null },
  } as const

  it.each([
    ['agree', {}, []],
    ['are not read to the end', { topicCount: null, missingTopicCount: null }, []],
    ['lack a broker', { missingBrokers: ['a:1'] }, [['nameServer.differs', { brokers: 1, topics: 0 }]]],
    ['lack topics', { missingTopicCount: 3 }, [['nameServer.differs', { brokers: 0, topics: 3 }]]],
    ['do not answer', silent, [['nameServer.unreachable', { reason: 'connectionRefused' }]]],
  ] as const)('that %s', (_, over, expected) => {
    const { verdict } = see({ nameServers: [nameServer('n:1'), nameServer('n:2', over as Partial<NameServerState>)] })
    const reasons = verdict.reasons.filter(({ code }) => code.startsWith('nameServer.'))
    expect(reasons).toMatchObject(
      expected.map(([code, facts]) => ({
        code,
        facts,
        severity: 'warning',
        subject: { type: 'nameServer', name: 'n:2' },
      })),
    )
    expect(reasons).toHaveLength(expected.length)
  })
})

describe('a commit that could not be read', () => {
  const known = aGroupPartition({ broker: 'a', partition: 0, committedOffset: 90n })
  const whole = see({ groups: [aRocketmqGroup({ partitions: [known, { ...known, partition: 1 }] })] })
  const silent = { ...known, partition: 1, committedOffset: null, isCommitUnknown: true }
  const [group] = see({ groups: [aRocketmqGroup({ partitions: [known, silent] })] }, whole).groups

  it('makes the sum partial, not smaller', () => {
    expect(group).toMatchObject({ lagMessages: 10n, lagIsPartial: true, evaluation: 'unknown' })
  })

  it('leaves nobody at a lag of 0 seconds who may be behind where nothing is known', () => {
    const caughtUp = { ...known, committedOffset: 100n }
    const seen = see({ groups: [aRocketmqGroup({ partitions: [caughtUp, { ...silent }] })] })
    expect(seen.groups[0]).toMatchObject({ lagMessages: 0n, lagIsPartial: true, lagSeconds: null })
    expect(seen.totals.lagSecondsMax).toBeNull()
    const all = see({ groups: [aRocketmqGroup({ partitions: [caughtUp] })] })
    expect([all.groups[0]?.lagSeconds, all.totals.lagSecondsMax]).toEqual([0, 0])
  })

  it('is no commit that was lost', () => {
    expect(group?.partitions?.[1]).toMatchObject({ lagMessages: null, commitLostSinceMs: null, evaluation: 'unknown' })
  })
})

it('a queue of which only the member knows that it owns it has no known owner', () => {
  const partitions = [aGroupPartition({ broker: 'a', committedOffset: 90n })]
  const assignments = [{ topic: 'orders', broker: null, partitions: null }]
  const member = { memberId: 'm', clientId: 'm', host: '10.0.0.7', assignments }
  const [group] = see({ groups: [aRocketmqGroup({ partitions, members: [member] })] }).groups
  expect(group).toMatchObject({ memberCount: 1, topics: ['orders'], partitions: [{ member: null }] })
})

describe('a group that never committed', () => {
  it.each([
    ['anything', []],
    ['in any of its queues', [aGroupPartition({ broker: 'a', committedOffset: null })]],
  ])('%s has an unknown lag', (_, partitions) => {
    expect(see({ groups: [aRocketmqGroup({ partitions })] }).groups[0]?.lagMessages).toBeNull()
  })
})
