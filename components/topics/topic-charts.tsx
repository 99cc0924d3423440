'use client'

import { useTranslations } from 'next-intl'
import { type ReactElement, useCallback } from 'react'
import type { PartitionAnswer, TopicDetailAnswer } from '../../lib/api/schemas/topics.ts'
import { heaviest, partitionKey, partitionLabels } from '../../lib/client/partition-views.ts'
import { type Format, useFormat } from '../../lib/client/use-format.ts'
import { MAX_LINES } from '../charts/line-look.ts'
import { LineChart, SeriesChart, type SeriesQuestion } from '../charts/series-chart.tsx'
import { aggregateSeries } from '../charts/series-model.ts'
import type { ChartData } from '../charts/time-chart.tsx'
import { usePartitionName } from '../charts/use-partition-name.ts'
import { badness } from './partition-columns.tsx'

/**
 * Up to here all partitions are asked for at once and added up. A topic with a thousand would send megabytes for
 * lines that share a pixel: of those the few that matter now are asked for one by one.
 */
const WHOLE_UP_TO_PARTITIONS = 48

interface TopicChartProps {
  clusterId: string
  topic: TopicDetailAnswer
}

type PartitionMetric = 'isrSize' | 'logSizeBytes' | 'produceRatePerSecond'

function questionsFor(
  metric: PartitionMetric,
  { clusterId: cluster, topic }: TopicChartProps,
  weight: (partition: PartitionAnswer) => number | null,
): SeriesQuestion[] {
  const { name, partitionStates } = topic
  if (partitionStates.length <= WHOLE_UP_TO_PARTITIONS) return [{ metric, cluster, topic: name }]
  return heaviest(partitionStates, weight, MAX_LINES).map((state) => ({
    ...{ metric, cluster },
    ...partitionLabels({ ...state, topic: name }),
  }))
}

/** In-sync replicas over time against min ISR: every partition where they can be told apart, else the lowest. */
export function IsrChart({
  legend = 'below',
  ...subject
}: TopicChartProps & { legend?: 'below' | 'beside' }): ReactElement {
  const { topic } = subject
  const t = useTranslations('topics.isrChart')
  const format = useFormat()
  const nameOf = usePartitionName()
  const total = topic.partitionStates.length
  const isTop = total > WHOLE_UP_TO_PARTITIONS
  const shape = useCallback(
    (data: ChartData) => (isTop || data.series.length <= MAX_LINES ? data : combined(data, 'min', t('least'))),
    [isTop, t],
  )
  const note = isTop ? t('noteTop', { shown: MAX_LINES, total }) : total > MAX_LINES ? t('noteLeast') : undefined
  return (
    <SeriesChart
      title={t('title')}
      unit={t('unit')}
      questions={questionsFor('isrSize', subject, badness)}
      label={({ labels }) => nameOf(labels)}
      shape={shape}
      statistic="min"
      formatValue={format.number}
      scale="wholeNumber"
      legend={legend}
      thresholds={
        topic.minIsr === null
          ? []
          : [{ value: topic.minIsr, label: t('minIsr', { minIsr: String(topic.minIsr) }), tone: 'risk' }]
      }
      {...(note === undefined ? {} : { note })}
    />
  )
}

export function ProduceRateChart({ clusterId, topic }: TopicChartProps): ReactElement {
  const t = useTranslations('topics.rateChart')
  const format = useFormat()
  return (
    <LineChart
      title={t('title')}
      unit={t('unit')}
      question={{ metric: 'topicProduceRatePerSecond', cluster: clusterId, topic: topic.name }}
      name={t('series')}
      statistic="avg"
      formatValue={format.perSecond}
      formatTick={useRateTick(format)}
    />
  )
}

export function PartitionRateChart(subject: TopicChartProps): ReactElement {
  const { topic } = subject
  const t = useTranslations('topics.offsetChart')
  const format = useFormat()
  const nameOf = usePartitionName()
  const shape = useCallback((data: ChartData) => onlyBusiest(data, topic.partitionStates), [topic])
  const total = topic.partitionStates.length
  return (
    <SeriesChart
      title={t('title')}
      unit={t('unit')}
      questions={questionsFor('produceRatePerSecond', subject, rateOf)}
      label={({ labels }) => nameOf(labels)}
      shape={shape}
      statistic="avg"
      formatValue={format.perSecond}
      formatTick={useRateTick(format)}
      {...(total > MAX_LINES ? { note: t('noteTop', { shown: MAX_LINES, total }) } : {})}
    />
  )
}

function rateOf(state: PartitionAnswer): number | null {
  return state.produceRatePerSecond
}

export function SizeChart(subject: TopicChartProps): ReactElement {
  const { topic } = subject
  const t = useTranslations('topics.sizeChart')
  const format = useFormat()
  const nameOf = usePartitionName()
  const total = topic.partitionStates.length
  const isTop = total > WHOLE_UP_TO_PARTITIONS
  const shape = useCallback((data: ChartData) => (isTop ? data : combined(data, 'sum', t('series'))), [isTop, t])
  return (
    <SeriesChart
      title={t('title')}
      unit={t('unit')}
      questions={questionsFor('logSizeBytes', subject, (state) => state.sizeBytes)}
      label={({ labels }) => nameOf(labels)}
      shape={shape}
      statistic="last"
      formatValue={format.bytes}
      scale="bytes"
      {...(isTop ? { note: t('noteTop', { shown: MAX_LINES, total }) } : {})}
    />
  )
}

function useRateTick(format: Format): (value: number) => string {
  return useCallback(
    (value) => (value >= 10_000 ? format.compact(value) : String(Math.round(value * 100) / 100)),
    [format],
  )
}

function onlyBusiest(data: ChartData, partitions: readonly PartitionAnswer[]): ChartData {
  if (data.series.length <= MAX_LINES) return data
  const busiest = new Set(heaviest(partitions, rateOf, MAX_LINES).map(partitionKey))
  const series = data.series.filter(({ labels }) =>
    busiest.has(partitionKey({ partition: labels?.partition ?? -1, broker: labels?.broker ?? null })),
  )
  return { ...data, series }
}

function combined(data: ChartData, how: 'sum' | 'min', label: string): ChartData {
  if (data.series.length === 0) return data
  const one = aggregateSeries(data.series, how, { key: how, label }, data.stepSeconds * 1_000, data.bounds)
  return { ...data, series: [one] }
}
