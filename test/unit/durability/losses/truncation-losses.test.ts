import { describe, expect, it, test } from 'vitest'
import type { ClusterSnapshot, PartitionState } from '../../../../lib/cluster/snapshot.ts'
import type { Loss } from '../../../../lib/durability/losses/loss.ts'
import { LossLab, onePartition } from '../../../builders/losses.ts'
import { aQueue, aRocketmqBroker, aRocketmqTopic } from '../../../builders/rocketmq.ts'

const see = (over: Partial<PartitionState>, topicId: string | null = 'id-orders'): Partial<ClusterSnapshot> =>
  onePartition(over, null, { topicId })

const BEFORE = { endOffset: 100n, leader: '1', leaderEpoch: 4, isr: ['1', '2'] }

function after(before: Partial<PartitionState>, ...later: Partial<PartitionState>[]): Loss[] {
  const lab = new LossLab()
  lab.poll(see({ ...BEFORE, ...before }))
  return later.flatMap((over) => lab.poll(see({ ...BEFORE, ...before, ...over })))
}

test('a log that ends before where it ended has lost at least the difference', () => {
  const lab = new LossLab()
  lab.poll(see(BEFORE))
  const beforeMs = lab.atMs
  expect(lab.poll(see({ ...BEFORE, endOffset: 80n }))).toEqual([
    {
      ...{ kind: 'logTruncated', topic: 'orders', partition: 0, broker: null, group: null },
      ...{ episode: 'id-orders/4/100', fromOffset: 80n, toOffset: 100n, count: 20n, countBound: 'lower' },
      ...{ windowFromMs: beforeMs, windowToMs: lab.atMs, isAbandoned: false },
      evidence: {
        ...{ endBefore: 100, endNow: 80, leaderBefore: '1', leaderNow: '1' },
        ...{ epochBefore: 4, epochNow: 4, inSyncBefore: '1, 2' },
      },
    },
  ])
})

test.each<[string, Partial<PartitionState>, Partial<PartitionState>[], Partial<Loss>[]]>([
  ['growing', {}, [{ endOffset: 120n }], []],
  ['resting', {}, [{ isr: ['1'] }], []],
  ['a new leader from the ISR', {}, [{ leader: '2', leaderEpoch: 5, endOffset: 80n }], [{ kind: 'logTruncated' }]],
  ['a new leader from outside', {}, [{ leader: '3', leaderEpoch: 5, endOffset: 80n }], [{ kind: 'uncleanElection' }]],
  ['a new leader from outside that lacks nothing', {}, [{ leader: '3', leaderEpoch: 5 }], []],
  [
    'a new leader that was kept as eligible',
    { eligibleLeaders: ['3'] },
    [{ leader: '3', leaderEpoch: 5, endOffset: 80n }],
    [{ kind: 'logTruncated' }],
  ],
  [
    'the ISR was not known',
    { isr: null },
    [{ leader: '3', leaderEpoch: 5, endOffset: 80n }],
    [{ kind: 'logTruncated' }],
  ],
  [
    'nobody led it for a while',
    {},
    [
      { leader: null, endOffset: null },
      { leader: null, isr: null, endOffset: null },
      { leader: '3', leaderEpoch: 6, isr: ['3'], endOffset: 80n },
    ],
    [
      {
        kind: 'uncleanElection',
        toOffset: 100n,
        fromOffset: 80n,
        evidence: expect.objectContaining({ inSyncBefore: '1, 2' }),
      },
    ],
  ],
  ['an end that was not read', {}, [{ endOffset: null }, { endOffset: 130n }], []],
  [
    'twice',
    {},
    [{ endOffset: 80n }, { endOffset: 70n }, { endOffset: 75n }],
    [{ episode: 'id-orders/4/100' }, { episode: 'id-orders/4/80', count: 10n }],
  ],
  ['never seen before', { endOffset: null }, [{ endOffset: 10n }], []],
])('%s', (_, before, later, losses) => {
  expect(after(before, ...later)).toMatchObject(losses)
})

test('a log that begins anew has lost what lay in it, not what had expired before', () => {
  expect(after({ startOffset: 40n }, { startOffset: 0n, endOffset: 0n })).toMatchObject([
    { fromOffset: 40n, toOffset: 100n, count: 60n, evidence: expect.objectContaining({ endNow: 0 }) },
  ])
  expect(after({ startOffset: 100n }, { startOffset: 0n, endOffset: 0n })).toEqual([])
})

test('what polls in between did not see happened after the last that saw it', () => {
  const lab = new LossLab()
  lab.poll(see(BEFORE))
  const seenAtMs = lab.atMs
  lab.poll(see({ ...BEFORE, leader: null, endOffset: null }))
  lab.poll(see({ ...BEFORE, endOffset: null }))
  lab.restart()
  const hidden = { code: 'authorizationFailed', facts: {} } as const
  lab.poll(onePartition({}, null, { topicId: null, partitions: [], fault: hidden }))
  expect(lab.poll(see({ ...BEFORE, endOffset: 80n }))).toMatchObject([{ windowFromMs: seenAtMs, count: 20n }])
  lab.poll(see({ ...BEFORE, endOffset: 80n }))
  const againAtMs = lab.atMs
  lab.poll(onePartition({}, null, { topicId: null, partitions: [], fault: hidden }))
  expect(lab.poll(see({ ...BEFORE, endOffset: 70n }))).toMatchObject([{ windowFromMs: againAtMs }])
})

test('another life of the topic is no truncation; one that is not told which does not hide it', () => {
  const lab = new LossLab()
  lab.poll(see(BEFORE))
  expect(lab.poll(see({ ...BEFORE, endOffset: 5n }, 'another'))).toEqual([])
  const hidden = { code: 'authorizationFailed', facts: {} } as const
  lab.poll(onePartition({}, null, { topicId: null, partitions: [], fault: hidden }))
  expect(lab.poll(see({ ...BEFORE, endOffset: 4n }, 'another'))).toMatchObject([{ count: 1n, toOffset: 5n }])
})

/** How far the old leader epoch reaches. */
const told = (endOffset: bigint | null, leaderEpoch = 4) => ({ earlierEpoch: { leaderEpoch, endOffset } })
const ELECTED = { leader: '3', leaderEpoch: 6, isr: ['3'], endOffset: 300n }

test('a log that was filled up again has lost what its old leader epoch does not reach any more', () => {
  expect(after({}, { ...ELECTED, ...told(80n) })).toMatchObject([
    {
      ...{ kind: 'uncleanElection', episode: 'id-orders/4/100', fromOffset: 80n, toOffset: 100n, count: 20n },
      evidence: { endBefore: 100, endNow: 80, filledUpTo: 300, epochBefore: 4, epochNow: 6 },
    },
  ])
})

test.each<[string, Partial<PartitionState>[], Partial<Loss>[]]>([
  ['a new leader that has all of it', [{ ...ELECTED, ...told(100n) }], []],
  ['and more than was seen of it', [{ ...ELECTED, ...told(140n) }], []],
  ['a high watermark that is behind the end of the epoch', [{ ...ELECTED, endOffset: 90n, ...told(100n) }], []],
  ['what is told of another epoch', [{ ...ELECTED, ...told(80n, 5) }], []],
  ['a leader that does not know the epoch any more', [{ ...ELECTED, ...told(null) }], []],
  ['such a leader of a log that ends earlier', [{ ...ELECTED, endOffset: 90n, ...told(null) }], [{ count: 10n }]],
  ['the end of the log is not known', [{ ...ELECTED, endOffset: null, ...told(80n) }], [{ count: 20n }]],
  ['a leader from the ISR', [{ ...ELECTED, leader: '2', ...told(80n) }], [{ kind: 'logTruncated' }]],
  ['told by a later poll', [ELECTED, ELECTED, { ...ELECTED, ...told(80n) }], [{ kind: 'uncleanElection', count: 20n }]],
  ['told once', [{ ...ELECTED, ...told(80n) }, ELECTED, { ...ELECTED, endOffset: 310n }], [{ count: 20n }]],
  [
    'told after nobody led it',
    [
      { leader: null, leaderEpoch: 5, endOffset: null },
      { ...ELECTED, endOffset: null },
      { ...ELECTED, ...told(80n) },
    ],
    [{ kind: 'uncleanElection', episode: 'id-orders/4/100' }],
  ],
  [
    'lower at first, and then told: one event under one name',
    [
      { ...ELECTED, endOffset: 90n },
      { ...ELECTED, ...told(80n) },
    ],
    [
      { episode: 'id-orders/4/100', count: 10n },
      { episode: 'id-orders/4/100', count: 20n },
    ],
  ],
  [
    'twice',
    [
      { ...ELECTED, ...told(80n) },
      { leader: '1', leaderEpoch: 8, endOffset: 400n, ...told(250n, 6) },
    ],
    [{ toOffset: 100n }, { episode: 'id-orders/6/300', fromOffset: 250n, toOffset: 300n, kind: 'uncleanElection' }],
  ],
  [
    'not known any more, and lower later',
    [
      { ...ELECTED, ...told(null) },
      { ...ELECTED, endOffset: 290n },
    ],
    [{ episode: 'id-orders/6/300', count: 10n }],
  ],
])('a log under another leader epoch: %s', (_, later, losses) => {
  expect(after({}, ...later)).toMatchObject(losses)
})

test('the epoch that an end was seen under is remembered until it is told, also over a restart', () => {
  const lab = new LossLab()
  lab.poll(see(BEFORE))
  const seenAtMs = lab.atMs
  lab.poll(see({ ...BEFORE, leader: null, leaderEpoch: 5, endOffset: null }))
  lab.restart()
  lab.poll(see(ELECTED))
  expect(lab.memory.topics.get('orders')?.known.partitions).toMatchObject([{ leaderEpoch: 4, endOffset: 100n }])
  lab.restart()
  expect(lab.poll(see({ ...ELECTED, ...told(80n) }))).toMatchObject([{ windowFromMs: seenAtMs, count: 20n }])
  expect(lab.carried).toEqual([])
  expect(lab.memory.topics.get('orders')?.known.partitions).toMatchObject([{ leaderEpoch: 6, endOffset: 300n }])
})

describe('over a restart of the console', () => {
  it('what the last poll saw is compared with', () => {
    const lab = new LossLab()
    lab.poll(see(BEFORE))
    const stoppedAtMs = lab.atMs
    lab.restart()
    const found = lab.poll(see({ ...BEFORE, leader: '3', leaderEpoch: 5, endOffset: 80n }))
    expect(found).toMatchObject([{ kind: 'uncleanElection', windowFromMs: stoppedAtMs, count: 20n }])
  })
  it('and what the last poll did not see, but one before', () => {
    const lab = new LossLab()
    lab.poll(see(BEFORE))
    lab.poll(see({ ...BEFORE, leader: null, endOffset: null }))
    lab.restart()
    expect(lab.poll(see({ ...BEFORE, endOffset: null }))).toEqual([])
    lab.restart()
    expect(lab.poll(see({ ...BEFORE, leader: '3', leaderEpoch: 5, endOffset: 80n }))).toMatchObject([{ count: 20n }])
  })
  it('what is all there needs no memory of its own', () => {
    const lab = new LossLab()
    lab.poll(see(BEFORE))
    lab.poll(see({ ...BEFORE, endOffset: 120n }))
    expect(lab.carried).toEqual([])
  })
  it('concludes the same again from the same past', () => {
    const lab = new LossLab()
    lab.poll(see(BEFORE))
    const past = lab.memory
    const [first] = lab.poll(see({ ...BEFORE, endOffset: 80n }))
    lab.memory = past
    const [again] = lab.poll(see({ ...BEFORE, endOffset: 85n }))
    expect([again?.episode, again?.count]).toEqual([first?.episode, 15n])
  })
})

describe('of a queue of RocketMQ', () => {
  const cluster = (end: bigint, leader: string | null): Partial<ClusterSnapshot> => ({
    ...{ kind: 'rocketmq', quorum: null, nameServers: [], groups: [] },
    brokers: [aRocketmqBroker('a:0'), aRocketmqBroker('a:1')],
    topics: [aRocketmqTopic('pay', { partitions: [aQueue('a', 0, { endOffset: end, leader })] })],
  })
  const found = (...polls: [end: bigint, leader: string | null][]): Loss[] => {
    const lab = new LossLab()
    return polls.flatMap(([end, leader]) => {
      const losses = lab.poll(cluster(end, leader))
      lab.restart()
      return losses
    })
  }

  it('whose slave took over, what the slave had not copied is gone', () => {
    expect(found([100n, 'a:0'], [90n, 'a:1'])).toMatchObject([
      { kind: 'replicaBehindAtFailover', broker: 'a', count: 10n },
    ])
    expect(found([100n, 'a:0'], [90n, 'a:0'])).toMatchObject([{ kind: 'logTruncated', episode: '//100' }])
    expect(found([100n, 'a:0'], [100n, 'a:1'])).toEqual([])
  })

  it('whose master is away, what its slave has not copied is not gone until the slave takes over', () => {
    expect(found([100n, 'a:0'], [90n, null], [90n, null], [105n, 'a:0'])).toEqual([])
    expect(found([100n, 'a:0'], [90n, null], [90n, null], [90n, 'a:1'])).toMatchObject([
      { kind: 'replicaBehindAtFailover', count: 10n, evidence: { leaderBefore: 'a:0' } },
    ])
  })
})
