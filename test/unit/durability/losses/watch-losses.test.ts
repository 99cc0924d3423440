import { expect, test } from 'vitest'
import type { ClusterSnapshot } from '../../../../lib/cluster/snapshot.ts'
import { lossIdentity } from '../../../../lib/durability/losses/loss.ts'
import { LossLab, OFFSETS, onePartition } from '../../../builders/losses.ts'
import { aGroup, aPartition, aTopic } from '../../../builders/snapshots.ts'

test('what rests is remembered as the very same, and not looked at again', () => {
  const lab = new LossLab()
  const quiet: Partial<ClusterSnapshot> = { topics: [OFFSETS, aTopic()], groups: [aGroup()] }
  lab.poll(quiet)
  lab.poll(quiet)
  const before = lab.memory.topics.get('orders')
  const group = lab.memory.groups.get('billing')
  lab.poll(quiet)
  expect(lab.memory.topics.get('orders')).toBe(before)
  expect(lab.memory.groups.get('billing')).toBe(group)
  expect(lab.carried).toEqual([])
})

test('one event that may be taken for two kinds has one identity; others have their own', () => {
  const place = { topic: 't', partition: 0, broker: null, group: null, episode: 'e' }
  const idOf = (kind: 'logTruncated' | 'uncleanElection' | 'dlqExpired', over = {}): string =>
    lossIdentity('c', { ...place, kind, ...over })
  expect(idOf('logTruncated')).toBe(idOf('uncleanElection'))
  expect(new Set([idOf('logTruncated'), idOf('dlqExpired'), idOf('logTruncated', { partition: 1 })]).size).toBe(3)
})

test('another cluster behind the same name has lost nothing; one that does not tell who it is, is the same', () => {
  const lab = new LossLab()
  const see = (end: bigint, systemClusterId: string | null): unknown[] =>
    lab.poll({ ...onePartition({ endOffset: end }, { committedOffset: 1n }), systemClusterId })
  see(100n, 'one')
  lab.restart()
  expect(see(50n, 'two')).toEqual([])
  expect(see(40n, null)).toHaveLength(1)
  expect(see(30n, 'two')).toHaveLength(1)
})

test('each loss of a poll is told, whatever else happened', () => {
  const lab = new LossLab()
  lab.poll(onePartition({ endOffset: 1_000n, startOffset: 0n }, { committedOffset: 5n }))
  lab.poll(onePartition({ endOffset: 1_000n, startOffset: 10n }, { committedOffset: 5n }))
  const found = lab.poll(onePartition({ endOffset: 900n, startOffset: 10n }, { committedOffset: 5n }))
  expect(found.map(({ kind }) => kind)).toEqual(['logTruncated', 'retentionOverranGroup'])
})

test('a partition that was added, or is listed in another order, is compared with nothing else', () => {
  const lab = new LossLab()
  const one = aPartition({ endOffset: 100n })
  const two = aPartition({ partition: 1, endOffset: 5n })
  lab.poll({ topics: [aTopic({ partitions: [one] })], groups: [] })
  expect(lab.poll({ topics: [aTopic({ partitions: [two, one] })], groups: [] })).toEqual([])
})
