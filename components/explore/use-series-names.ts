'use client'

import { useTranslations } from 'next-intl'
import type { Comparison, SeriesPick } from '../../lib/client/explore-view.ts'
import { usePartitionName } from '../charts/use-partition-name.ts'
import type { SeriesLabel } from '../charts/use-series.ts'
import type { ListedMetric } from './metric-look.ts'

/** The chart is named by what was picked, a line by what tells it from the others. */
export function useSeriesNames(
  pick: SeriesPick,
  { metric, labels: known }: ListedMetric,
  clusters: readonly { id: string; name: string }[],
  comparison: Comparison | null,
): { title: string; series: SeriesLabel } {
  const t = useTranslations('explore')
  const nameOfPartition = usePartitionName()
  const nameOfCluster = (id: string): string => clusters.find((cluster) => cluster.id === id)?.name ?? id
  const title = t(`metrics.${metric}`)
  const { group, topic, broker, partition, logDir } = pick.labels
  const picked = [
    ...[pick.cluster === '' ? t('allClusters') : nameOfCluster(pick.cluster), group, topic],
    partition === undefined
      ? broker
      : nameOfPartition({ cluster: '', partition: Number(partition), broker: broker ?? null }),
    logDir,
  ].filter((part) => part !== undefined)
  return {
    title: [title, ...picked].join(' · '),
    series: ({ labels }, _metric, { shiftMs }) => {
      const parts = [
        pick.cluster === '' ? nameOfCluster(labels.cluster) : undefined,
        group === undefined ? labels.group : undefined,
        topic === undefined ? labels.topic : undefined,
        known.includes('partition') && partition === undefined
          ? nameOfPartition(labels)
          : broker === undefined
            ? labels.broker
            : undefined,
        logDir === undefined ? labels.logDir : undefined,
      ].filter((part) => part !== undefined && part !== null)
      const name = parts.length === 0 ? title : parts.join(' · ')
      return shiftMs === undefined || comparison === null ? name : t(`compare.named${comparison}`, { name })
    },
  }
}
