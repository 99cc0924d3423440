import type { MetricListAnswer } from '../../api/schemas/series.ts'
import { type ResourceQuery, resourceQuery } from './resource.ts'

/** Every metric there is; it changes with the version of the console alone. */
export function metricsQuery(): ResourceQuery<MetricListAnswer> {
  const query = resourceQuery<MetricListAnswer>(['metrics'], () => '/api/v1/series/metrics')
  return { ...query, refetchInterval: false, staleTime: Number.POSITIVE_INFINITY }
}
