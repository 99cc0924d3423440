import { describe, expect, it, test } from 'vitest'
import type { BrokerState, ClusterSnapshot, PartitionState } from '../../../../lib/cluster/snapshot.ts'
import { DAY_MS } from '../../../../lib/units.ts'
import { LossLab } from '../../../builders/losses.ts'
import {
  aQueue,
  aReplication,
  aRocketmqBroker,
  aRocketmqBrokerState,
  aRocketmqGroup,
  aRocketmqTopic,
  aRuntime,
} from '../../../builders/rocketmq.ts'
import { aGroup, aGroupPartition, aPartition, aTopic } from '../../../builders/snapshots.ts'

/** Two partitions, each with 100 messages; `billing` has 30 to read, `audit` none. */
function see(topicId: string | null, end = 100n): Partial<ClusterSnapshot> {
  const at = (offsets: bigint[]) =>
    offsets.map((committedOffset, partition) => aGroupPartition({ partition, committedOffset }))
  const partitions = [0, 1].map((partition) => aPartition({ partition, endOffset: end }))
  return {
    topics: topicId === null ? [] : [aTopic({ topicId, partitions }), aTopic({ name: 'rest' })],
    groups: [aGroup({ partitions: at([90n, 80n]) }), aGroup({ id: 'audit', partitions: at([100n, 100n]) })],
  }
}

const none = (over: Partial<ClusterSnapshot>): Partial<ClusterSnapshot> => ({ ...over, groups: [] })
const ANEW = { ...none(see('two', 0n)) }

test('what groups had not read of it is lost, for each of them', () => {
  const lab = new LossLab()
  lab.poll(see('one'))
  const seenAtMs = lab.atMs
  expect(lab.poll(ANEW)).toEqual([
    {
      ...{ kind: 'topicRecreated', topic: 'orders', partition: null, broker: null, group: 'billing' },
      ...{ episode: 'one/two', fromOffset: null, toOffset: null, count: 30n, countBound: 'upper' },
      ...{ windowFromMs: seenAtMs, windowToMs: lab.atMs, isAbandoned: false },
      evidence: { topicIdBefore: 'one', topicIdNow: 'two', partitions: 2 },
    },
  ])
  expect(lab.poll(ANEW)).toEqual([])
})

test('also when it was gone for a while, over a restart', () => {
  const lab = new LossLab()
  lab.poll(see('one'))
  lab.poll(none(see(null)))
  lab.restart()
  lab.poll(none(see(null)))
  expect(lab.poll(ANEW)).toMatchObject([{ group: 'billing', count: 30n, episode: 'one/two' }])
  expect(lab.memory.gone.size).toBe(0)
})

test('while the console was down', () => {
  const lab = new LossLab()
  lab.poll(see('one'))
  lab.restart()
  expect(lab.poll(ANEW, DAY_MS)).toMatchObject([{ group: 'billing', count: 30n }])
})

test('what was deleted is no loss, nor what comes back the same, or much later', () => {
  const lab = new LossLab()
  lab.poll(see('one'))
  expect(lab.poll(none(see(null)))).toEqual([])
  expect(lab.poll(see('one'))).toEqual([])
  lab.poll(none(see(null)))
  expect(lab.poll(none(see(null)), 2 * DAY_MS)).toEqual([])
  expect(lab.poll(ANEW)).toEqual([])
})

test('a topic whose id is not told, or never was, is not known to be another one', () => {
  const lab = new LossLab()
  const untold = { ...see('one'), topics: [aTopic({ topicId: null, partitions: [aPartition()] })] }
  lab.poll(untold)
  expect(lab.poll(see('one'))).toEqual([])
  expect(lab.poll(untold)).toEqual([])
  expect(lab.poll(ANEW)).toMatchObject([{ count: 30n }])
})

test('the group’s commits may have been hidden when it was seen last', () => {
  const lab = new LossLab()
  lab.poll(see('one'))
  lab.poll({ ...see('one'), groups: [aGroup({ partitions: null })] })
  lab.restart()
  expect(lab.poll(ANEW)).toMatchObject([{ group: 'billing', count: 30n }])
})

test('of a group that is nobody’s any more it says so', () => {
  const lab = new LossLab()
  const group = aGroup({
    id: 'console-consumer-123',
    members: [],
    partitions: [aGroupPartition({ committedOffset: 1n })],
  })
  lab.poll({ ...see('one'), groups: [group] })
  expect(lab.poll(ANEW)).toMatchObject([{ isAbandoned: true, count: 99n }])
})

test('happened after the last poll that saw the topic', () => {
  const lab = new LossLab()
  lab.poll(see('one'))
  const seenAtMs = lab.atMs
  const hidden = { code: 'authorizationFailed', facts: {} } as const
  lab.poll({ ...see('one'), topics: [aTopic({ topicId: null, partitions: [], fault: hidden })] })
  expect(lab.poll(ANEW)).toMatchObject([{ count: 30n, windowFromMs: seenAtMs }])
})

test('what retention had deleted of it before is told by itself', () => {
  const lab = new LossLab()
  const partitions = [aPartition({ startOffset: 50n, endOffset: 100n })]
  const group = aGroup({ partitions: [aGroupPartition({ committedOffset: 10n })] })
  lab.poll({ topics: [aTopic({ topicId: 'one', partitions })], groups: [group] })
  expect(lab.poll(ANEW)).toMatchObject([{ kind: 'topicRecreated', count: 50n }])
})

describe('on RocketMQ, where topics have no ids', () => {
  const master = (
    name: string,
    { bootAtMs = 1 as number | null, logEnd = 9_000n, over = {} as Partial<BrokerState> } = {},
  ) =>
    aRocketmqBroker(`${name}:0`, {
      rocketmq: aRocketmqBrokerState({
        brokerName: name,
        runtime: aRuntime({ bootAtMs }),
        replication: aReplication(false, { commitLogMaxOffset: logEnd }),
      }),
      ...over,
    })
  const queue = (name: string, endOffset: bigint | null, over: Partial<PartitionState> = {}) =>
    aQueue(name, 0, { startOffset: 0n, endOffset, ...over })
  const cluster = (
    brokers: BrokerState[],
    queues: PartitionState[] | null,
    committed = 70n,
  ): Partial<ClusterSnapshot> => {
    const read = (broker: string) => aGroupPartition({ broker, partition: 0, committedOffset: committed })
    return {
      ...{ kind: 'rocketmq', quorum: null, nameServers: [], brokers },
      topics: queues === null ? [] : [aRocketmqTopic('orders', { partitions: queues })],
      groups: queues === null ? [] : [aRocketmqGroup({ partitions: queues.map(({ broker }) => read(broker ?? '')) })],
    }
  }
  const one = (endOffset: bigint | null, over: Parameters<typeof master>[1] = {}) =>
    cluster([master('a', over)], [queue('a', endOffset)])
  /** Its log reaches as far, too. */
  const fellow = (role: BrokerState['role']) => ({ ...master('a'), id: 'a:1', role })
  const silent = { over: { online: null, rocketmq: aRocketmqBrokerState({ brokerName: 'a' }) } }

  it('a queue that ends sooner at a master that has run all the time began anew', () => {
    const lab = new LossLab()
    lab.poll(one(100n))
    const seenAtMs = lab.atMs
    expect(lab.poll(one(4n, { logEnd: 9_100n }))).toEqual([
      {
        ...{ kind: 'topicRecreated', topic: 'orders', partition: null, broker: null, group: 'billing' },
        ...{ episode: JSON.stringify([seenAtMs, 'a']), fromOffset: null, toOffset: null },
        ...{ count: 30n, countBound: 'upper', windowFromMs: seenAtMs, windowToMs: lab.atMs, isAbandoned: false },
        evidence: { brokers: 'a', queues: 1 },
      },
    ])
    expect(lab.poll(one(5n))).toEqual([])
  })

  const anewAt = (endOffset: bigint, beganAnewAtMs: number | null, over: Parameters<typeof master>[1] = {}) =>
    cluster([master('a', over)], [queue('a', endOffset, { beganAnewAtMs })])

  it('one that was filled beyond its old end meanwhile is told by its first message, once', () => {
    const lab = new LossLab()
    lab.poll(one(100n))
    const seenAtMs = lab.atMs
    // Also where its master was started again, or polls before came to nothing.
    expect(lab.poll(anewAt(140n, 7_000, { bootAtMs: 2 }))).toMatchObject([
      { kind: 'topicRecreated', count: 30n, windowFromMs: seenAtMs, evidence: { brokers: 'a', queues: 1 } },
    ])
    expect(lab.poll(anewAt(150n, 7_000, { bootAtMs: 2 }))).toEqual([])
    lab.restart()
    expect(lab.poll(anewAt(160n, 7_000, { bootAtMs: 2 }))).toEqual([])
    expect(lab.poll(anewAt(170n, null, { bootAtMs: 2 }))).toEqual([])
    expect(lab.poll(anewAt(180n, 9_000, { bootAtMs: 2 }))).toMatchObject([{ kind: 'topicRecreated', count: 100n }])
  })

  it('one that was gone and is back beyond its old end, too', () => {
    const lab = new LossLab()
    lab.poll(anewAt(100n, 7_000))
    lab.poll(cluster([master('a')], null))
    lab.restart()
    expect(lab.poll(anewAt(140n, 9_000))).toMatchObject([{ kind: 'topicRecreated', count: 30n }])
    lab.poll(cluster([master('a')], null))
    expect(lab.poll(anewAt(140n, 9_000))).toEqual([])
  })

  it.each<[string, Partial<ClusterSnapshot>, Partial<ClusterSnapshot>, string[]]>([
    ['its master was started again', one(100n), one(4n, { bootAtMs: 2 }), ['logTruncated']],
    [
      'nobody tells since when its master runs',
      one(100n, { bootAtMs: null }),
      one(4n, { bootAtMs: null }),
      ['logTruncated'],
    ],
    ['the log of its master was cut off, too', one(100n), one(4n, { logEnd: 8_000n }), ['logTruncated']],
    [
      'another one is master',
      cluster([master('a'), fellow('SLAVE')], [queue('a', 100n)]),
      cluster([fellow('SYNC_MASTER')], [queue('a', 4n, { leader: 'a:1' })]),
      ['replicaBehindAtFailover'],
    ],
    ['it ends further', one(100n), one(101n), []],
    [
      'another master tells that it begins anew',
      anewAt(100n, null),
      cluster([fellow('SYNC_MASTER')], [queue('a', 140n, { leader: 'a:1', beganAnewAtMs: 7_000 })]),
      [],
    ],
    ['the group had read all of it', cluster([master('a')], [queue('a', 100n)], 100n), one(4n), []],
    ['where it ends now is not known', one(100n), one(null), []],
    ['its end was never known', one(null), one(4n), []],
  ])('%s', (_, before, now, kinds) => {
    const lab = new LossLab()
    lab.poll(before)
    expect(lab.poll(now).map(({ kind }) => kind)).toEqual(kinds)
  })

  it('the console that was down knows the start of the master from before', () => {
    const lab = new LossLab()
    lab.poll(one(100n))
    lab.poll(one(null, silent))
    lab.restart()
    expect(lab.poll(one(4n))).toMatchObject([{ kind: 'topicRecreated', count: 30n }])
  })

  it('two lives that end alike are two', () => {
    const lab = new LossLab()
    const episodes = [100n, 0n, 100n, 0n].flatMap((end) => lab.poll(one(end)).map(({ episode }) => episode))
    expect(new Set(episodes).size).toBe(2)
  })

  it('what was deleted from one broker, and from another later, is two, each with its own', () => {
    const lab = new LossLab()
    const both = [master('a'), master('b')]
    lab.poll(cluster(both, [queue('a', 100n), queue('b', 90n)]))
    const losses = [
      ...lab.poll(cluster(both, [queue('a', 0n), queue('b', null)])),
      ...lab.poll(cluster(both, [queue('a', 0n), queue('b', 90n)])),
      ...lab.poll(cluster(both, [queue('a', 0n), queue('b', 0n)])),
    ]
    expect(losses).toMatchObject([
      { count: 30n, evidence: { brokers: 'a', queues: 1 } },
      { count: 20n, evidence: { brokers: 'b', queues: 1 } },
    ])
    expect(losses[0]?.episode).not.toBe(losses[1]?.episode)
  })

  it('one that was gone while its masters answered is another one, over a restart of both', () => {
    const lab = new LossLab()
    lab.poll(one(100n))
    const seenAtMs = lab.atMs
    lab.poll(cluster([master('a')], null))
    lab.restart()
    expect(lab.poll(one(null))).toEqual([])
    lab.poll(cluster([master('a')], null))
    const anew = { kind: 'topicRecreated', count: 30n, windowFromMs: seenAtMs, evidence: { brokers: 'a', queues: 1 } }
    expect(lab.poll(one(4n, { bootAtMs: 2 }))).toMatchObject([anew])
    expect(lab.memory.gone.size).toBe(0)
  })

  it('one that is back as it was is the same', () => {
    const lab = new LossLab()
    lab.poll(one(100n))
    lab.poll(cluster([master('a')], null))
    expect(lab.poll(one(100n))).toEqual([])
    expect(lab.memory.gone.size).toBe(0)
  })

  it('one that its silent master may have all the time was not deleted', () => {
    const lab = new LossLab()
    lab.poll(one(100n))
    lab.poll(cluster([master('a', silent)], null))
    expect(lab.poll(one(4n))).toEqual([])
  })
})
