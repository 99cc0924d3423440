import { describe, expect, it } from 'vitest'
import { samplesOf } from '../../../lib/collector/samples.ts'
import { topicKindClassifier } from '../../../lib/dlq/topic-kind.ts'
import { observe } from '../../../lib/durability/observe.ts'
import { ObserveMemory } from '../../../lib/durability/observe-memory.ts'
import type { OpenCount } from '../../../lib/durability/unresolved.ts'
import { entityKey, shardKindOf } from '../../../lib/history/shard-kinds.ts'
import { HOUR_MS } from '../../../lib/units.ts'
import { aRocketmqSnapshot } from '../../builders/rocketmq.ts'
import { aPartition, aSnapshot, aTopic, NOW_MS } from '../../builders/snapshots.ts'

describe('the samples of a RocketMQ cluster', () => {
  const kindOf = topicKindClassifier({ include: [], exclude: [] })
  const memory = new ObserveMemory()
  const snapshot = aRocketmqSnapshot()
  const samples = samplesOf(observe({ snapshot, previous: null, expectedBrokers: [], kindOf, memory }))

  it('keep every series apart, also those of queues of one number', () => {
    const series = samples.map(({ metric, labels }) => `${metric} ${entityKey(labels)}`)
    expect(series.filter((one, index) => series.indexOf(one) !== index)).toEqual([])
    const lags = samples.filter(({ metric, labels }) => metric === 'lagMessages' && labels.partition === 0)
    expect(lags.map(({ labels, value }) => [labels.broker, value])).toEqual([
      ['a', 10n],
      ['b', 60n],
    ])
  })

  it('tell how far slaves are behind, and what masters hold back', () => {
    const of = (metric: string): unknown[] =>
      samples.filter((sample) => sample.metric === metric).map(({ labels, value }) => [labels.broker, value])
    expect(of('replicationBehindBytes')).toEqual([
      ['a:1', 0n],
      ['b:1', 52_428_800n],
    ])
    expect(of('delayedMessages')).toEqual([
      ['a:0', 40n],
      ['b:0', 40n],
    ])
    expect(of('diskUsedRatio').slice(0, 2)).toEqual([
      ['a:0', 0.81],
      ['a:1', 0.62],
    ])
  })

  it('all have a place in the history', () => {
    expect(samples.filter(({ metric }) => shardKindOf(metric) === undefined)).toEqual([])
  })
})

describe('the times of a dead-letter queue', () => {
  const kindOf = topicKindClassifier({ include: [], exclude: [] })
  const settings = { ...aTopic().settings, retentionMs: BigInt(4 * HOUR_MS) }
  const count = (over: Partial<OpenCount> = {}): OpenCount => ({
    ...{ topicId: 'id-1', open: 7n, scannedEnds: 100n, isComplete: true, oldestOpenAtMs: NOW_MS - 90_500 },
    ...{ format: null, originTopics: [], groups: [], ...over },
  })
  const timesOf = (retentionMs: bigint | null, counted: OpenCount | null) => {
    const partitions = [aPartition({ startOffset: 0n, endOffset: 100n })]
    const topics = [aTopic({ name: 'a-dlt', topicId: 'id-1', partitions, settings: { ...settings, retentionMs } })]
    const observation = observe({
      ...{ snapshot: aSnapshot({ topics, groups: [] }), previous: null, expectedBrokers: [], kindOf },
      memory: new ObserveMemory(),
    })
    const samples = samplesOf(observation, new Map(counted === null ? [] : [['a-dlt', counted]]))
    return Object.fromEntries(
      samples.flatMap(({ metric, value }) => (/^dlq.*Seconds$/.test(metric) ? [[metric, value]] : [])),
    )
  }
  const RETENTION = BigInt(4 * HOUR_MS)

  it.each<[string, bigint | null, OpenCount | null, Record<string, number | null>]>([
    ['are whole minutes', RETENTION, count(), { dlqOldestSeconds: 60, dlqExpiresInSeconds: 4 * 3_600 - 120 }],
    ['are none where nobody has to do anything', RETENTION, count({ open: 0n, oldestOpenAtMs: null }), {}],
    ['are unknown until it was counted', RETENTION, null, { dlqOldestSeconds: null, dlqExpiresInSeconds: null }],
    ['tell of no end where nothing ends', -1n, count(), { dlqOldestSeconds: 60 }],
    ['tell of no end that is not known', null, count(), { dlqOldestSeconds: 60, dlqExpiresInSeconds: null }],
    [
      'are never below zero',
      RETENTION,
      count({ oldestOpenAtMs: NOW_MS - 5 * HOUR_MS }),
      { dlqOldestSeconds: 5 * 3_600, dlqExpiresInSeconds: 0 },
    ],
  ])('%s', (_, retentionMs, counted, expected) => {
    expect(timesOf(retentionMs, counted)).toEqual(expected)
  })
})
