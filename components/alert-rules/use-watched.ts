'use client'

import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { metricsQuery } from '../../lib/client/queries/metrics.ts'
import {
  DISK_FULL_HOURS,
  DISK_FULL_LABELS,
  FINDING_LABELS,
  RULE_LABELS,
  type RuleForm,
  type RuleLabel,
} from '../../lib/client/rule-form.ts'
import { type ListedMetric, listedMetrics } from '../explore/metric-look.ts'

export interface Watched {
  metrics: readonly ListedMetric[]
  /** Undefined: none is chosen, it is not kept, or the rule is about a check. */
  metric: ListedMetric | undefined
  /** What it can be narrowed down by. */
  labels: readonly RuleLabel[]
}

/** What a rule watches. */
export function useWatched({ about, series }: Pick<RuleForm, 'about' | 'series'>): Watched {
  const { data } = useQuery(metricsQuery())
  return useMemo(() => {
    const metrics = listedMetrics(data)
    if (about === 'finding') return { metrics, metric: undefined, labels: FINDING_LABELS }
    if (series === DISK_FULL_HOURS) return { metrics, metric: undefined, labels: DISK_FULL_LABELS }
    const metric = metrics.find((one) => one.metric === series)
    const labels = RULE_LABELS.filter((label) => label === 'cluster' || metric?.labels.includes(label) === true)
    return { metrics, metric, labels }
  }, [data, about, series])
}
