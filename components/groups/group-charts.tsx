'use client'

import { useTranslations } from 'next-intl'
import { type ReactElement, useCallback, useMemo } from 'react'
import type { GroupDetailAnswer, GroupPartitionAnswer } from '../../lib/api/schemas/groups.ts'
import type { SeriesView } from '../../lib/client/queries/series.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { MAX_LINES } from '../charts/line-look.ts'
import { SeriesChart, type SeriesQuestion } from '../charts/series-chart.tsx'
import type { StoredSeries } from '../charts/series-model.ts'

interface GroupChartProps {
  clusterId: string
  groupId: string
}

function useGroupQuestion(metric: SeriesView['metric'], { clusterId, groupId }: GroupChartProps): SeriesQuestion[] {
  return useMemo(() => [{ metric, cluster: clusterId, group: groupId }], [metric, clusterId, groupId])
}

/** A group's lag in time is its worst partition's. */
export function LagSecondsChart(props: GroupChartProps): ReactElement {
  const t = useTranslations('groups.lagSecondsChart')
  const format = useFormat()
  const questions = useGroupQuestion('groupLagSeconds', props)
  const label = useCallback(() => t('series'), [t])
  return (
    <SeriesChart
      title={t('title')}
      unit={t('unit')}
      questions={questions}
      label={label}
      statistic="max"
      scale="duration"
      formatValue={(seconds) => format.duration(Math.round(seconds) * 1_000)}
    />
  )
}

export function LagMessagesChart(props: GroupChartProps): ReactElement {
  const t = useTranslations('groups.lagMessagesChart')
  const format = useFormat()
  const questions = useGroupQuestion('groupLagMessages', props)
  const label = useCallback(() => t('series'), [t])
  return (
    <SeriesChart
      title={t('title')}
      unit={t('unit')}
      questions={questions}
      label={label}
      statistic="max"
      formatValue={format.number}
      formatTick={format.compact}
      scale="wholeNumber"
    />
  )
}

const SCALES = { lagSeconds: 'duration', lagMessages: 'wholeNumber', consumeRatePerSecond: 'number' } as const

type PartitionMetric = 'lagSeconds' | 'lagMessages' | 'consumeRatePerSecond'

/** One line per partition, for the few that are furthest behind: a single stuck one must not drown in a sum. */
export function WorstPartitionsChart(
  props: GroupChartProps & { group: GroupDetailAnswer; metric: PartitionMetric },
): ReactElement {
  const { clusterId, group, metric } = props
  const t = useTranslations('groups')
  const format = useFormat()
  const partitions = group.partitions ?? []
  const wanted = JSON.stringify(
    worstPartitions(partitions, metric).map((one) => questionOf(clusterId, group.id, metric, one)),
  )
  const questions = useMemo(() => JSON.parse(wanted) as SeriesQuestion[], [wanted])
  const label = useCallback(
    ({ labels }: StoredSeries) =>
      t('partitionLabel', { topic: labels.topic ?? '', partition: String(labels.partition ?? 0) }),
    [t],
  )
  const words = `${metric}Partitions` as const
  const formats = {
    lagSeconds: (seconds: number) => format.duration(Math.round(seconds) * 1_000),
    lagMessages: format.number,
    consumeRatePerSecond: format.perSecond,
  }
  return (
    <SeriesChart
      title={t(`${words}.title`)}
      unit={t(`${words}.unit`)}
      questions={questions}
      label={label}
      statistic={metric === 'consumeRatePerSecond' ? 'avg' : 'max'}
      formatValue={formats[metric]}
      scale={SCALES[metric]}
      {...(partitions.length > MAX_LINES
        ? { note: t('noteWorst', { shown: MAX_LINES, total: partitions.length }) }
        : {})}
    />
  )
}

function questionOf(
  cluster: string,
  group: string,
  metric: PartitionMetric,
  { topic, partition, broker }: GroupPartitionAnswer,
): SeriesQuestion {
  return { metric, cluster, group, topic, partition, ...(broker === null ? {} : { broker }) }
}

function worstPartitions(partitions: readonly GroupPartitionAnswer[], metric: PartitionMetric): GroupPartitionAnswer[] {
  return [...partitions].sort((a, b) => (b[metric] ?? -1) - (a[metric] ?? -1)).slice(0, MAX_LINES)
}
