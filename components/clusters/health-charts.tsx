'use client'

import { useTranslations } from 'next-intl'
import { type ReactElement, useCallback, useMemo } from 'react'
import { useFormat } from '../../lib/client/use-format.ts'
import { SeriesChart, type SeriesQuestion } from '../charts/series-chart.tsx'
import type { StoredSeries } from '../charts/series-model.ts'

/** Unknown ones have a line too: without it, not knowing would look like all being well. */
const LADDER_METRICS = ['offline', 'underMinIsr', 'atMinIsr', 'underReplicated', 'unknownPartitions'] as const

/** How the ladder, the worst lag, the disks and the dead letters of one cluster went. */
export function HealthCharts({ clusterId }: { clusterId: string }): ReactElement {
  const t = useTranslations('clusters.charts')
  return (
    <section aria-label={t('title')} className="grid gap-4 xl:grid-cols-2">
      <LadderChart clusterId={clusterId} />
      <LagChart clusterId={clusterId} />
      <DiskChart clusterId={clusterId} />
      <DeadLetterChart clusterId={clusterId} />
    </section>
  )
}

function LadderChart({ clusterId }: { clusterId: string }): ReactElement {
  const t = useTranslations('clusters.charts')
  const states = useTranslations('states.durability')
  const format = useFormat()
  const questions = useMemo(
    () => LADDER_METRICS.map((metric): SeriesQuestion => ({ metric, cluster: clusterId })),
    [clusterId],
  )
  const label = useCallback(
    (_series: StoredSeries, metric: string) => {
      const step = LADDER_METRICS.find((name) => name === metric)
      return step === undefined ? metric : states(step === 'unknownPartitions' ? 'unknown' : step)
    },
    [states],
  )
  return (
    <SeriesChart
      title={t('ladder')}
      unit={t('partitions')}
      questions={questions}
      label={label}
      statistic="max"
      formatValue={format.number}
      scale="wholeNumber"
    />
  )
}

function useOne(clusterId: string, metric: SeriesQuestion['metric']): SeriesQuestion[] {
  return useMemo(() => [{ metric, cluster: clusterId }], [clusterId, metric])
}

function LagChart({ clusterId }: { clusterId: string }): ReactElement {
  const t = useTranslations('clusters.charts')
  const format = useFormat()
  const name = t('worstGroup')
  return (
    <SeriesChart
      title={t('lag')}
      unit={t('time')}
      questions={useOne(clusterId, 'clusterLagSecondsMax')}
      label={useCallback(() => name, [name])}
      statistic="max"
      scale="duration"
      formatValue={(value) => format.duration(Math.round(value) * 1000)}
    />
  )
}

function DiskChart({ clusterId }: { clusterId: string }): ReactElement {
  const t = useTranslations('clusters.charts')
  const format = useFormat()
  const name = t('fullestVolume')
  return (
    <SeriesChart
      title={t('disk')}
      unit={t('ofVolume')}
      questions={useOne(clusterId, 'clusterDiskUsedRatioMax')}
      label={useCallback(() => name, [name])}
      statistic="max"
      formatValue={format.percent}
    />
  )
}

function DeadLetterChart({ clusterId }: { clusterId: string }): ReactElement {
  const t = useTranslations('clusters.charts')
  const format = useFormat()
  const name = t('allQueues')
  return (
    <SeriesChart
      title={t('deadLetters')}
      unit={t('messages')}
      questions={useOne(clusterId, 'clusterDlqDepth')}
      label={useCallback(() => name, [name])}
      statistic="last"
      formatValue={format.number}
      scale="wholeNumber"
    />
  )
}
