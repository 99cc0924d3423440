'use client'

import { useQueries } from '@tanstack/react-query'
import { useMemo } from 'react'
import { seriesQuery } from '../../lib/client/queries/series.ts'
import { firstRecordMs, recordedBounds } from '../../lib/client/recorded-range.ts'
import type { Bounds, TimeRange } from '../../lib/client/time-range.ts'
import type { StoredSeries } from '../charts/series-model.ts'
import { SPARKLINE_POINTS } from '../charts/use-series.ts'

export interface DepthHistory {
  series: StoredSeries | null
  stepSeconds: number
  bounds: Bounds
}

export type DepthHistoryOf = (clusterId: string, topic: string) => DepthHistory | 'loading' | 'failed'

/** One question per cluster instead of one per queue: a page of a hundred queues stays at a few requests. */
export function useDepthHistory(clusterIds: readonly string[], range: TimeRange): DepthHistoryOf {
  const results = useQueries({
    queries: clusterIds.map((cluster) => seriesQuery({ metric: 'dlqDepth', cluster, range, points: SPARKLINE_POINTS })),
  })
  const answers = results.map((result) => result.data)
  const failed = results.map((result) => result.data === undefined && result.error !== null)
  const updatedAtMs = results.reduce((latest, result) => Math.max(latest, result.dataUpdatedAt), 0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the lists are new on every render, their members are not.
  return useMemo(() => {
    const bounds = recordedBounds(range, updatedAtMs, firstRecordMs(answers))
    return (clusterId, topic) => {
      const index = clusterIds.indexOf(clusterId)
      const answer = answers[index]
      if (answer === undefined) return failed[index] ? 'failed' : 'loading'
      const series = answer.series.find((one) => one.labels.topic === topic) ?? null
      return { series, stepSeconds: answer.stepSeconds, bounds }
    }
  }, [...answers, ...failed, clusterIds, range, updatedAtMs])
}
