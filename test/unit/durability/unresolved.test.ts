import { expect, test } from 'vitest'
import { topicKindClassifier } from '../../../lib/dlq/topic-kind.ts'
import { observe } from '../../../lib/durability/observe.ts'
import { ObserveMemory } from '../../../lib/durability/observe-memory.ts'
import { dlqDepth, type OpenCount, storedNow, withUnresolved } from '../../../lib/durability/unresolved.ts'
import { aPartition, aSnapshot, aTopic } from '../../builders/snapshots.ts'

const QUEUE = { stored: 100n, isPartial: false, endSum: 500n, topicId: 'id-1' }
const COUNT: OpenCount = {
  ...{ topicId: 'id-1', open: 30n, scannedEnds: 500n, isComplete: true, oldestOpenAtMs: 1 },
  ...{ format: 'spring', originTopics: [], groups: [] },
}
const stored = { depth: 100n, isUpperBound: true, isCounted: false }

test.each([
  ['a queue that nobody counted has at most what it stores', QUEUE, null, stored],
  ['counted to its end it is exact', QUEUE, COUNT, { depth: 30n, isUpperBound: false, isCounted: true }],
  [
    'counted after the poll it is exact, too',
    { ...QUEUE, endSum: 480n },
    COUNT,
    { depth: 30n, isUpperBound: false, isCounted: true },
  ],
  [
    'what came since is open, or no record',
    { ...QUEUE, endSum: 520n },
    COUNT,
    { depth: 50n, isUpperBound: true, isCounted: true },
  ],
  [
    'never more than what it stores',
    { ...QUEUE, endSum: 900n },
    COUNT,
    { depth: 100n, isUpperBound: true, isCounted: true },
  ],
  ['what could not be read may be open', QUEUE, { ...COUNT, isComplete: false }, stored],
  ['the count of an earlier life says nothing', { ...QUEUE, topicId: 'id-2' }, COUNT, stored],
  [
    'without a known end nothing is known',
    { ...QUEUE, endSum: null, isPartial: true },
    COUNT,
    { ...stored, depth: null },
  ],
])('%s', (_, queue, count, expected) => {
  expect(dlqDepth(queue, count)).toEqual(expected)
})

test('the sums of a cluster count what is known to be open, and of others what is stored', () => {
  const topics = ['a-dlt', 'b-dlt'].map((name) =>
    aTopic({ name, topicId: name, partitions: [aPartition({ startOffset: 0n, endOffset: 10n })] }),
  )
  const kindOf = topicKindClassifier({ include: [], exclude: [] })
  const seen = observe({
    ...{ snapshot: aSnapshot({ topics }), previous: null, expectedBrokers: [], kindOf, memory: new ObserveMemory() },
  })
  const counted = withUnresolved(seen, new Map([['a-dlt', { ...COUNT, topicId: 'a-dlt', open: 3n, scannedEnds: 10n }]]))
  expect(counted.dlqs.map(({ unresolved }) => unresolved)).toEqual([3n, null])
  expect([seen.totals.dlqDepth, counted.totals.dlqDepth]).toEqual([20n, 13n])
})

test('what is counted is stored, also when it came after the poll', () => {
  const counted = { depth: 65n, isUpperBound: false, isCounted: true }
  expect(storedNow(64n, counted)).toBe(65n)
  expect(storedNow(100n, counted)).toBe(100n)
  expect(storedNow(null, counted)).toBe(null)
  expect(storedNow(64n, { ...counted, depth: null })).toBe(64n)
  expect(storedNow(64n, { ...counted, isUpperBound: true })).toBe(64n)
})
