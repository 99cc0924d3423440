'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { GroupDetailAnswer } from '../../lib/api/schemas/groups.ts'
import { heaviest, partitionLabels } from '../../lib/client/partition-views.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { MAX_LINES } from '../charts/line-look.ts'
import { LineChart, SeriesChart } from '../charts/series-chart.tsx'
import { usePartitionName } from '../charts/use-partition-name.ts'

interface GroupChartProps {
  clusterId: string
  groupId: string
}

/** A group's lag in time is its worst partition's. */
export function LagSecondsChart({ clusterId, groupId }: GroupChartProps): ReactElement {
  const t = useTranslations('groups.lagSecondsChart')
  const format = useFormat()
  return (
    <LineChart
      title={t('title')}
      unit={t('unit')}
      question={{ metric: 'groupLagSeconds', cluster: clusterId, group: groupId }}
      name={t('series')}
      statistic="max"
      scale="duration"
      formatValue={(seconds) => format.duration(Math.round(seconds) * 1_000)}
    />
  )
}

export function LagMessagesChart({ clusterId, groupId }: GroupChartProps): ReactElement {
  const t = useTranslations('groups.lagMessagesChart')
  const format = useFormat()
  return (
    <LineChart
      title={t('title')}
      unit={t('unit')}
      question={{ metric: 'groupLagMessages', cluster: clusterId, group: groupId }}
      name={t('series')}
      statistic="max"
      formatValue={format.number}
      formatTick={format.compact}
      scale="wholeNumber"
    />
  )
}

const SCALES = { lagSeconds: 'duration', lagMessages: 'wholeNumber', consumeRatePerSecond: 'number' } as const

type PartitionMetric = 'lagSeconds' | 'lagMessages' | 'consumeRatePerSecond'

interface WorstPartitionsChartProps {
  clusterId: string
  group: GroupDetailAnswer
  metric: PartitionMetric
}

/** One line per partition, for the few that are furthest behind: a single stuck one must not drown in a sum. */
export function WorstPartitionsChart({ clusterId, group, metric }: WorstPartitionsChartProps): ReactElement {
  const t = useTranslations('groups')
  const format = useFormat()
  const nameOf = usePartitionName()
  const partitions = group.partitions ?? []
  const worst = heaviest(partitions, (partition) => partition[metric], MAX_LINES)
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
      questions={worst.map((one) => ({ metric, cluster: clusterId, group: group.id, ...partitionLabels(one) }))}
      label={({ labels }) => `${labels.topic ?? ''} · ${nameOf(labels)}`}
      statistic={metric === 'consumeRatePerSecond' ? 'avg' : 'max'}
      formatValue={formats[metric]}
      scale={SCALES[metric]}
      {...(partitions.length > MAX_LINES
        ? { note: t('noteWorst', { shown: MAX_LINES, total: partitions.length }) }
        : {})}
    />
  )
}
