import { describe, expect, it } from 'vitest'
import type { ClusterSnapshot, PartitionState } from '../../../lib/cluster/snapshot.ts'
import { samplesOf } from '../../../lib/collector/samples.ts'
import { topicKindClassifier } from '../../../lib/dlq/topic-kind.ts'
import type { ObservedDlq } from '../../../lib/durability/observation.ts'
import { observe } from '../../../lib/durability/observe.ts'
import { ObserveMemory } from '../../../lib/durability/observe-memory.ts'
import { HOUR_MS } from '../../../lib/units.ts'
import { aQueue, aRocketmqBroker, aRocketmqSnapshot, aRocketmqTopic } from '../../builders/rocketmq.ts'
import { aGroup, aGroupPartition, aPartition, aSnapshot, aTopic } from '../../builders/snapshots.ts'

function dlqOf(snapshot: ClusterSnapshot): ObservedDlq | undefined {
  const kindOf = topicKindClassifier({ include: [], exclude: [] })
  return observe({ snapshot, previous: null, expectedBrokers: [], kindOf, memory: new ObserveMemory() }).dlqs[0]
}

function keepsFor(id: string, retentionMs: number | null) {
  const broker = aRocketmqBroker(id)
  return { ...broker, rocketmq: broker.rocketmq && { ...broker.rocketmq, retentionMs } }
}

/** Broker a keeps messages for 72 hours, b for 24, c for nobody knows how long. */
function withQueues(...partitions: PartitionState[]): ClusterSnapshot {
  return aRocketmqSnapshot({
    brokers: [keepsFor('a:0', 72 * HOUR_MS), keepsFor('b:0', 24 * HOUR_MS), keepsFor('c:0', null)],
    topics: [aRocketmqTopic('%DLQ%billing', { partitions })],
  })
}

const AT_MS = 1_000_000
const EMPTY = { startOffset: 5n, endOffset: 5n }
const UNKNOWN = { startOffset: null, endOffset: null }
const unknown = (because: string) => ({ state: 'unknown', earliestAtMs: null, latestAtMs: null, because })
const from = (earliestAtMs: number) => ({ state: 'forecast', earliestAtMs, latestAtMs: null, because: 'retention' })

describe('the oldest dead letter and the first to expire', () => {
  it.each([
    ['are of any queue', [aQueue('a', 0, { oldestAtMs: AT_MS })], AT_MS, from(AT_MS + 72 * HOUR_MS)],
    [
      'need not be the same: each broker keeps its own for as long as it likes',
      [aQueue('a', 0, { oldestAtMs: AT_MS }), aQueue('b', 0, { oldestAtMs: AT_MS + HOUR_MS })],
      AT_MS,
      from(AT_MS + 25 * HOUR_MS),
    ],
    [
      'are not looked for in queues that hold nothing',
      [aQueue('a', 0, { oldestAtMs: AT_MS }), aQueue('b', 0, EMPTY)],
      AT_MS,
      from(AT_MS + 72 * HOUR_MS),
    ],
    ['are unknown where a queue was not asked', [aQueue('a', 0)], null, unknown('oldestUnknown')],
    [
      'are unknown where one of two queues is: it may be older',
      [aQueue('a', 0, { oldestAtMs: AT_MS }), aQueue('b', 0, UNKNOWN)],
      null,
      unknown('oldestUnknown'),
    ],
    [
      'may be in a queue that is unknown, where the other one is empty',
      [aQueue('a', 0, EMPTY), aQueue('b', 0, UNKNOWN)],
      null,
      unknown('oldestUnknown'),
    ],
    [
      'part where nobody knows for how long it is kept',
      [aQueue('c', 0, { oldestAtMs: AT_MS })],
      AT_MS,
      unknown('retentionUnknown'),
    ],
    [
      'part where the queue has no master',
      [aQueue('a', 0, { oldestAtMs: AT_MS, leader: null, isr: [] })],
      AT_MS,
      unknown('retentionUnknown'),
    ],
    ['are not there in an empty topic', [aQueue('a', 0, EMPTY)], null, { ...unknown('empty'), state: 'none' }],
  ])('%s', (_, queues, oldestAtMs, expiry) => {
    expect(dlqOf(withQueues(...queues))).toMatchObject({ oldestAtMs, expiry })
  })

  it('are unknown on Kafka', () => {
    const topics = [aTopic({ name: 'orders-dlt', partitions: [aPartition()] })]
    expect(dlqOf(aSnapshot({ topics }))).toMatchObject({ oldestAtMs: null, expiry: unknown('oldestUnknown') })
  })

  it('are unknown of a topic of which only the name is known', () => {
    const hidden = aTopic({ name: 'orders-dlt', partitions: [], fault: { code: 'authorizationFailed', facts: {} } })
    expect(dlqOf(aSnapshot({ topics: [hidden] }))).toMatchObject({ expiry: unknown('oldestUnknown') })
  })
})

describe('whose dead letters a queue takes', () => {
  const topics = ['orders', 'refunds', 'ledger-rejects', 'orders-dlt'].map((name) => aTopic({ name }))
  const declared = { topic: 'ledger-rejects', groups: ['connect-ledger'], sourceTopics: ['orders', 'gone'] }
  const reads = (id: string, ...read: string[]) =>
    aGroup({ id, partitions: read.map((topic) => aGroupPartition({ topic })) })

  it('is told by settings, and by what their groups have read', () => {
    const groups = [reads('connect-ledger', 'refunds', 'orders-dlt'), reads('billing', 'orders')]
    expect(dlqOf(aSnapshot({ topics, groups, declaredDlqs: [declared] }))).toMatchObject({
      ...{ topic: 'ledger-rejects', groups: ['connect-ledger'], sourceTopics: ['orders', 'refunds'] },
    })
  })

  it('is unknown where only the name tells that it is one', () => {
    expect(dlqOf(aSnapshot({ topics }))).toMatchObject({ topic: 'orders-dlt', groups: [], sourceTopics: [] })
  })
})

describe('what a queue stores', () => {
  it('is a lower bound where a part is unknown, and the cluster’s sum with it', () => {
    const kindOf = topicKindClassifier({ include: [], exclude: [] })
    const see = (...queues: PartitionState[]) =>
      observe({
        ...{ snapshot: withQueues(...queues), previous: null, expectedBrokers: [], kindOf },
        memory: new ObserveMemory(),
      })
    const known = aQueue('a', 0, { startOffset: 0n, endOffset: 7n })
    const whole = see(known, aQueue('b', 0, EMPTY))
    expect(whole.dlqs).toMatchObject([{ stored: 7n, isPartial: false }])
    expect(whole.totals).toMatchObject({ dlqDepth: 7n, dlqDepthIsPartial: false })
    const part = see(known, aQueue('b', 0, UNKNOWN))
    expect(part.dlqs).toMatchObject([{ stored: 7n, isPartial: true }])
    expect(part.totals).toMatchObject({ dlqDepth: 7n, dlqDepthIsPartial: true })
    const depths = samplesOf(part).filter(({ metric }) => metric === 'dlqDepth' || metric === 'clusterDlqDepth')
    expect(depths.map(({ value }) => value)).toEqual([null, null])
  })
})
