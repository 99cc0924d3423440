import { expect, test } from 'vitest'
import { isKeptOf, worstOf } from '../../../components/explore/metric-look.ts'
import type { MetricName, MetricUnit } from '../../../lib/history/metrics.ts'

test.each<[MetricName, MetricUnit, string]>([
  ['isrSize', 'replicas', 'min'],
  ['brokersOnline', 'brokers', 'min'],
  ['groupLagSeconds', 'seconds', 'max'],
  ['diskUsedRatio', 'ratio', 'max'],
  ['topicProduceRatePerSecond', 'perSecond', 'avg'],
])('the worst of %s is not lost in a long step', (metric, unit, statistic) => {
  expect(worstOf({ metric, unit, labels: [] })).toBe(statistic)
})

test.each<[MetricName, string[], string, boolean]>([
  ['halfMessages', ['broker'], 'shop', false],
  ['halfMessages', ['broker'], 'trade', true],
  ['halfMessages', ['broker'], '', true],
  ['halfMessages', ['broker'], 'gone', true],
  ['diskUsedRatio', ['broker', 'logDir'], 'shop', true],
  ['logSizeBytes', ['topic', 'partition', 'broker'], 'trade', false],
  ['logSizeBytes', ['topic', 'partition', 'broker'], 'shop', true],
])('%s is offered only where there is one: %s %s', (metric, labels, cluster, expected) => {
  const clusters = [
    { id: 'shop', kind: 'kafka' as const },
    { id: 'trade', kind: 'rocketmq' as const },
  ]
  expect(isKeptOf({ metric, unit: 'messages', labels }, { metric, cluster, labels: {} }, clusters)).toBe(expected)
})
