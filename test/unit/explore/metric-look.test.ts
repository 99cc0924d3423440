import { expect, test } from 'vitest'
import { worstOf } from '../../../components/explore/metric-look.ts'
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
