import { describe, expect, it } from 'vitest'
import { samplesOf } from '../../../lib/collector/samples.ts'
import { topicKindClassifier } from '../../../lib/dlq/topic-kind.ts'
import { observe } from '../../../lib/durability/observe.ts'
import { ObserveMemory } from '../../../lib/durability/observe-memory.ts'
import { entityKey, shardKindOf } from '../../../lib/history/shard-kinds.ts'
import { aRocketmqSnapshot } from '../../builders/rocketmq.ts'

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
