import { METRICS, type MetricName } from '../../history/metrics.ts'
import { defineRoute } from '../route-declaration.ts'
import { metricList, seriesAnswer } from '../schemas/series.ts'
import { readSeries } from './series-operations.ts'
import { seriesQuery } from './series-query.ts'

export const listMetricsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/series/metrics',
  summary: 'Every metric that is kept, with its unit and labels',
  permission: 'series:read',
  answer: metricList,
  handler: () => ({
    items: (Object.keys(METRICS) as MetricName[]).map((metric) => ({
      metric,
      unit: METRICS[metric].unit,
      labels: ['cluster', ...METRICS[metric].labels],
    })),
  }),
})

export const readSeriesRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/series',
  summary: 'Series of one metric; a label that is left out gives several',
  permission: 'series:read',
  query: seriesQuery,
  answer: seriesAnswer,
  errors: ['cluster_not_found', 'range_too_large'],
  handler: ({ query }, { services }) => readSeries(services, query),
})
