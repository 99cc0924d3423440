import { describe, expect, it, test } from 'vitest'
import type {
  ClusterSnapshot,
  FactStatus,
  GroupPartition,
  PartitionState,
  TopicState,
} from '../../../../lib/cluster/snapshot.ts'
import { placeOfLetters } from '../../../../lib/durability/losses/purged-places.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../../lib/units.ts'
import { LossLab, OFFSETS, onePartition, TRANSACTIONS } from '../../../builders/losses.ts'
import { aGroup, aGroupPartition, aPartition, aTopic } from '../../../builders/snapshots.ts'

const see = (
  startOffset: bigint | null,
  committedOffset: bigint | null,
  more: { partition?: Partial<PartitionState>; commit?: Partial<GroupPartition>; topic?: Partial<TopicState> } = {},
): Partial<ClusterSnapshot> =>
  onePartition({ startOffset, endOffset: 10_000n, ...more.partition }, { committedOffset, ...more.commit }, more.topic)

/** A group that stands still while retention passes it, seen by two polls. */
function overrun(over: Parameters<typeof see>[2] = {}): ReturnType<LossLab['poll']> {
  const lab = new LossLab()
  lab.poll(see(0n, 90n))
  lab.poll(see(500n, 90n, over))
  return lab.poll(see(500n, 90n, over))
}

test('is told by the second poll that sees it, with what is gone', () => {
  const lab = new LossLab()
  expect(lab.poll(see(0n, 90n))).toEqual([])
  const beganAtMs = lab.atMs
  expect(lab.poll(see(500n, 90n))).toEqual([])
  expect(lab.poll(see(500n, 90n))).toEqual([
    {
      ...{ kind: 'retentionOverranGroup', topic: 'orders', partition: 0, broker: null, group: 'billing' },
      ...{ episode: 'id-orders/90', fromOffset: 90n, toOffset: 500n, count: 410n, countBound: 'exact' },
      ...{ windowFromMs: beganAtMs, windowToMs: lab.atMs, isAbandoned: false },
      evidence: { committedOffset: 90, startOffset: 500, members: 1, groupState: 'Stable' },
    },
  ])
})

test('grows as one, is told again only when it grew, and ends when the group reads on', () => {
  const lab = new LossLab()
  const counts = (start: bigint, committed: bigint): (bigint | null)[] =>
    lab.poll(see(start, committed)).map((l) => l.count)
  lab.poll(see(0n, 90n))
  lab.poll(see(500n, 90n))
  expect(counts(500n, 90n)).toEqual([410n])
  expect(counts(500n, 90n)).toEqual([])
  const [grown] = lab.poll(see(700n, 90n))
  expect(grown).toMatchObject({ episode: 'id-orders/90', count: 610n })
  expect(counts(700n, 900n)).toEqual([])
  expect(lab.memory.episodes.size).toBe(0)
  lab.poll(see(2_000n, 900n))
  expect(lab.poll(see(2_000n, 900n))).toMatchObject([{ episode: 'id-orders/900', count: 1_100n }])
})

test('a poll that does not see the partition is neither a loss nor the end of one', () => {
  const lab = new LossLab()
  lab.poll(see(0n, 90n))
  lab.poll(see(500n, 90n))
  expect(lab.poll(see(null, 90n))).toEqual([])
  expect(lab.poll(see(500n, null, { commit: { isCommitUnknown: true } }))).toEqual([])
  expect(lab.poll({ ...see(500n, 90n), groups: [aGroup({ partitions: null })] })).toEqual([])
  expect(lab.poll(see(500n, 90n))).toMatchObject([{ count: 410n }])
})

test('what polls in between did not see happened after the last that saw it', () => {
  const lab = new LossLab()
  lab.poll(see(0n, 90n))
  const seenAtMs = lab.atMs
  lab.poll(see(null, 90n))
  lab.poll({ ...see(null, 90n), groups: [aGroup({ partitions: null })] })
  lab.restart()
  lab.poll(see(500n, null, { commit: { isCommitUnknown: true } }))
  // The commit stood for a minute by then.
  expect(lab.poll(see(500n, 90n))).toMatchObject([{ count: 410n, windowFromMs: seenAtMs }])
})

test('a consumer at the edge of the log that commits in time has lost nothing', () => {
  const lab = new LossLab()
  lab.poll(see(0n, 90n))
  lab.poll(see(500n, 95n))
  expect(lab.poll(see(500n, 600n))).toEqual([])
})

test('what was lost while the console was down is found by its first poll, since the last one before', () => {
  const lab = new LossLab()
  lab.poll(see(0n, 90n))
  const stoppedAtMs = lab.atMs
  lab.restart()
  expect(lab.poll(see(500n, 90n), HOUR_MS)).toMatchObject([
    { count: 410n, windowFromMs: stoppedAtMs, windowToMs: lab.atMs, episode: 'id-orders/90' },
  ])
})

test('goes on over a restart as the same', () => {
  const lab = new LossLab()
  lab.poll(see(0n, 90n))
  lab.poll(see(500n, 90n))
  lab.poll(see(500n, 90n))
  lab.restart()
  expect(lab.poll(see(500n, 90n))).toEqual([])
  expect(lab.poll(see(800n, 95n))).toMatchObject([{ episode: 'id-orders/90', count: 705n, countBound: 'upper' }])
})

test('what a first poll finds happened at an unknown time', () => {
  const lab = new LossLab()
  lab.poll(see(500n, 90n))
  expect(lab.poll(see(500n, 90n))).toMatchObject([{ windowFromMs: null, count: 410n }])
})

describe('a group that a person set back to where the log does not reach any more', () => {
  const lab = new LossLab()
  it('has lost nothing', () => {
    lab.poll(see(500n, 900n))
    expect(lab.poll(see(500n, 90n))).toEqual([])
    expect(lab.poll(see(500n, 90n))).toEqual([])
  })
  it('loses what goes from then on', () => {
    expect(lab.poll(see(800n, 90n))).toMatchObject([{ fromOffset: 500n, toOffset: 800n, count: 300n }])
  })
})

test('a group set back further while it was overrun begins anew', () => {
  const lab = new LossLab()
  lab.poll(see(500n, 400n))
  expect(lab.poll(see(500n, 400n))).toMatchObject([{ count: 100n }])
  lab.poll(see(500n, 10n))
  expect(lab.poll(see(500n, 10n))).toEqual([])
})

const settings = (over: object): Partial<TopicState> => ({ settings: { ...aTopic().settings, ...over } })

test.each([
  ['deleted by time', settings({ retentionBytes: -1n }), 1],
  ['deleted by size', settings({ retentionMs: -1n, retentionBytes: 1n }), 1],
  ['settings that are not known', settings({ retentionMs: null, retentionBytes: null, cleanupPolicy: null }), 1],
  ['kept for ever: somebody deleted them', settings({ retentionMs: -1n, retentionBytes: -1n }), 0],
  ['compacted only: somebody deleted them', settings({ cleanupPolicy: 'compact' }), 0],
])('%s', (_, topic, losses) => {
  expect(overrun({ topic })).toHaveLength(losses)
})

test('what a person had deleted of a dead-letter queue is not lost for its readers; what goes behind it is', () => {
  const lab = new LossLab()
  lab.poll(see(0n, 90n))
  lab.purged = new Map([[placeOfLetters('orders', 'id-orders', { broker: null, partition: 0 }), 500n]])
  lab.poll(see(500n, 90n))
  expect(lab.poll(see(500n, 90n))).toEqual([])
  lab.poll(see(530n, 90n))
  expect(lab.poll(see(530n, 90n))).toMatchObject([{ fromOffset: 500n, toOffset: 530n, count: 30n }])
})

test('a compacted log has gaps: the count is at most that', () => {
  expect(overrun({ topic: settings({ cleanupPolicy: 'compact,delete' }) })).toMatchObject([{ countBound: 'upper' }])
})

describe('marks of transactions', () => {
  const twice = (over: Partial<ClusterSnapshot>): ReturnType<LossLab['poll']> => {
    const lab = new LossLab()
    lab.poll(over)
    return lab.poll(over)
  }
  const rest = (start: bigint, topics: TopicState[]): Partial<ClusterSnapshot> => ({
    topics: [...topics, aTopic({ partitions: [aPartition({ startOffset: start, endOffset: 100n })] })],
    groups: [aGroup({ partitions: [aGroupPartition({ committedOffset: 99n })] })],
  })
  it('make the count an upper bound where there ever was a transaction, or nobody can tell', () => {
    const late = { partitions: [aPartition({ startOffset: 500n, endOffset: 600n })] }
    const groups = [aGroup()]
    expect(twice({ topics: [OFFSETS, TRANSACTIONS, aTopic(late)], groups })).toMatchObject([{ countBound: 'upper' }])
    expect(twice({ topics: [aTopic(late)], groups })).toMatchObject([{ countBound: 'upper' }])
    expect(twice({ topics: [OFFSETS, aTopic(late)], groups })).toMatchObject([{ countBound: 'exact' }])
  })
  it('are no message, where one place is all that is left', () => {
    expect(twice(rest(100n, [OFFSETS, TRANSACTIONS]))).toEqual([])
    expect(twice(rest(100n, [OFFSETS]))).toMatchObject([{ count: 1n, countBound: 'exact' }])
  })
})

test('of a group that is nobody’s any more there is an entry that says so', () => {
  const lab = new LossLab()
  const left = (start: bigint): Partial<ClusterSnapshot> => ({
    ...see(start, 90n),
    groups: [aGroup({ members: [], state: 'Empty' })],
  })
  lab.poll(left(0n))
  lab.poll(left(0n), 8 * DAY_MS)
  // What stood for that long needs no second poll.
  expect(lab.poll(left(500n))).toMatchObject([{ isAbandoned: true }])
})

test('a group without members is told at once, and again when it has become nobody’s', () => {
  const lab = new LossLab()
  const empty = { ...see(500n, 90n), groups: [aGroup({ members: [], state: 'Empty' })] }
  lab.poll(empty)
  expect(lab.poll(empty)).toMatchObject([{ isAbandoned: false }])
  expect(lab.poll(empty, 8 * DAY_MS)).toMatchObject([{ isAbandoned: true, count: 410n }])
  expect(lab.poll(empty)).toEqual([])
})

test('of a group that is gone nothing is remembered; of one that is not listed while a broker is silent, all', () => {
  const lab = new LossLab()
  lab.poll(see(0n, 90n))
  lab.poll(see(500n, 90n))
  const silent: FactStatus = { kind: 'groups', paceMs: null, lastReadAtMs: 1, faults: [], faultCount: 1 }
  lab.poll({ ...see(500n, 90n), groups: [], facts: [silent] })
  expect(lab.memory.episodes.size).toBe(1)
  lab.restart()
  expect(lab.memory.groups.get('billing')?.known.partitions).toMatchObject([{ committedOffset: 90n }])
  lab.poll({ ...see(500n, 90n), groups: [] })
  expect([lab.memory.episodes.size, lab.memory.groups.size]).toEqual([0, 0])
})

test('a topic created anew starts over', () => {
  const lab = new LossLab()
  lab.poll(see(500n, 90n), MINUTE_MS)
  lab.poll(see(500n, 90n))
  const anew = { topicId: 'another' }
  expect(lab.poll(see(0n, 0n, { topic: anew })).filter(({ kind }) => kind === 'retentionOverranGroup')).toEqual([])
  lab.poll(see(10n, 0n, { topic: anew }))
  expect(lab.poll(see(10n, 0n, { topic: anew }))).toMatchObject([{ episode: 'another/0', count: 10n }])
})
