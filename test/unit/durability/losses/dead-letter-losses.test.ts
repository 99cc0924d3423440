import { expect, test } from 'vitest'
import type { ClusterSnapshot, TopicState } from '../../../../lib/cluster/snapshot.ts'
import { placeOfLetters } from '../../../../lib/durability/losses/purged-places.ts'
import { LossLab } from '../../../builders/losses.ts'
import { aPartition, aTopic } from '../../../builders/snapshots.ts'

function see(startOffset: bigint | null, over: Partial<TopicState> = {}): Partial<ClusterSnapshot> {
  const partitions = [aPartition({ startOffset, endOffset: 100n })]
  return { topics: [aTopic({ name: 'orders-dlt', topicId: 'id', partitions, ...over })], groups: [] }
}

const poll = (lab: LossLab, start: bigint | null, open: bigint | null, over: Partial<TopicState> = {}) =>
  lab.poll(see(start, over), undefined, open)

test('what expired before anybody handled it is lost: as many as were open, at most', () => {
  const lab = new LossLab()
  poll(lab, 10n, 25n)
  const beforeMs = lab.atMs
  expect(poll(lab, 50n, 5n)).toEqual([
    {
      ...{ kind: 'dlqExpired', topic: 'orders-dlt', partition: 0, broker: null, group: null },
      ...{ episode: 'id/10', fromOffset: 10n, toOffset: 50n, count: 25n, countBound: 'upper' },
      ...{ windowFromMs: beforeMs, windowToMs: lab.atMs, isAbandoned: false },
      evidence: { startBefore: 10, startNow: 50, openBefore: 25 },
    },
  ])
})

test('grows as one until nothing is open any more', () => {
  const lab = new LossLab()
  poll(lab, 10n, 90n)
  poll(lab, 20n, 80n)
  lab.restart()
  expect(poll(lab, 30n, 70n)).toMatchObject([{ episode: 'id/10', count: 20n, fromOffset: 10n, toOffset: 30n }])
  expect(poll(lab, 30n, 0n)).toEqual([])
  expect(poll(lab, 40n, 5n)).toEqual([])
  expect(poll(lab, 50n, 4n)).toMatchObject([{ episode: 'id/40', count: 5n }])
})

test.each<[string, bigint | null, bigint | null, Partial<TopicState>, number]>([
  ['nobody counted them', 50n, null, {}, 1],
  ['all were handled', 50n, 0n, {}, 0],
  ['nothing expired', 10n, 25n, {}, 0],
  ['the start was not read', null, 25n, {}, 0],
  ['another life of the queue', 50n, 25n, { topicId: 'other' }, 0],
  [
    'kept for ever: somebody deleted them',
    50n,
    25n,
    { settings: { ...aTopic().settings, retentionMs: -1n, retentionBytes: -1n } },
    0,
  ],
])('%s', (_, start, open, over, losses) => {
  const lab = new LossLab()
  poll(lab, 10n, open)
  expect(poll(lab, start, open, over)).toHaveLength(losses)
})

test('an ordinary topic loses nothing when its records expire', () => {
  const lab = new LossLab()
  const name = 'orders'
  poll(lab, 10n, null, { name })
  expect(poll(lab, 50n, null, { name })).toEqual([])
})

test('what a person had deleted is not lost; what expires behind it is', () => {
  const lab = new LossLab()
  poll(lab, 10n, 25n)
  lab.purged = new Map([[placeOfLetters('orders-dlt', 'id', { broker: null, partition: 0 }), 40n]])
  expect(poll(lab, 40n, 25n)).toEqual([])
  expect(poll(lab, 43n, 25n)).toMatchObject([{ count: 3n, fromOffset: 40n, toOffset: 43n }])
})
