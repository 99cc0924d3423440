import { expect, test } from 'vitest'
import type { ClusterSnapshot } from '../../../../lib/cluster/snapshot.ts'
import { DAY_MS } from '../../../../lib/units.ts'
import { LossLab } from '../../../builders/losses.ts'
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
