'use client'

import { useTranslations } from 'next-intl'
import { type ReactElement, useCallback, useMemo } from 'react'
import type { PartitionAnswer, TopicDetailAnswer } from '../../lib/api/schemas/topics.ts'
import type { Format } from '../../lib/client/use-format.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { MAX_LINES } from '../charts/line-look.ts'
import { SeriesChart, type SeriesQuestion } from '../charts/series-chart.tsx'
import { aggregateSeries, type StoredSeries } from '../charts/series-model.ts'
import type { ChartData } from '../charts/time-chart.tsx'
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
  cluster: string,
  topic: TopicDetailAnswer,
  weight: (partition: PartitionAnswer) => number,
): SeriesQuestion[] {
  if (topic.partitionStates.length <= WHOLE_UP_TO_PARTITIONS) return [{ metric, cluster, topic: topic.name }]
  return heaviest(topic, weight).map((partition) => ({ metric, cluster, topic: topic.name, partition }))
}

function heaviest(topic: TopicDetailAnswer, weight: (partition: PartitionAnswer) => number): number[] {
  return [...topic.partitionStates]
    .sort((a, b) => weight(b) - weight(a) || a.partition - b.partition)
    .slice(0, MAX_LINES)
    .map((state) => state.partition)
}

/** Questions keep their identity through refreshes as long as they ask for the same partitions. */
function useQuestions(
  metric: PartitionMetric,
  clusterId: string,
  topic: TopicDetailAnswer,
  weight: (partition: PartitionAnswer) => number,
): SeriesQuestion[] {
  const wanted = JSON.stringify(questionsFor(metric, clusterId, topic, weight))
  return useMemo(() => JSON.parse(wanted) as SeriesQuestion[], [wanted])
}

function usePartitionLabel(): (series: StoredSeries) => string {
  const t = useTranslations('topics.isrChart')
  return useCallback(
    ({ labels }) => {
      const partition = t('partition', { partition: String(labels.partition ?? 0) })
      return labels.broker ? `${labels.broker} · ${partition}` : partition
    },
    [t],
  )
}

/** In-sync replicas over time against min ISR: every partition where they can be told apart, else the lowest. */
export function IsrChart({
  clusterId,
  topic,
  legend = 'below',
}: TopicChartProps & { legend?: 'below' | 'beside' }): ReactElement {
  const t = useTranslations('topics.isrChart')
  const format = useFormat()
  const label = usePartitionLabel()
  const questions = useQuestions('isrSize', clusterId, topic, badness)
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
      questions={questions}
      label={label}
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
  const questions = useMemo<SeriesQuestion[]>(
    () => [{ metric: 'topicProduceRatePerSecond', cluster: clusterId, topic: topic.name }],
    [clusterId, topic.name],
  )
  const label = useCallback(() => t('series'), [t])
  return (
    <SeriesChart
      title={t('title')}
      unit={t('unit')}
      questions={questions}
      label={label}
      statistic="avg"
      formatValue={format.perSecond}
      formatTick={useRateTick(format)}
    />
  )
}

export function PartitionRateChart({ clusterId, topic }: TopicChartProps): ReactElement {
  const t = useTranslations('topics.offsetChart')
  const format = useFormat()
  const label = usePartitionLabel()
  const names = useMemo(() => new Set(heaviest(topic, (state) => state.produceRatePerSecond ?? -1)), [topic])
  const questions = useQuestions('produceRatePerSecond', clusterId, topic, (state) => state.produceRatePerSecond ?? -1)
  const shape = useCallback((data: ChartData) => onlyPartitions(data, names), [names])
  const total = topic.partitionStates.length
  return (
    <SeriesChart
      title={t('title')}
      unit={t('unit')}
      questions={questions}
      label={label}
      shape={shape}
      statistic="avg"
      formatValue={format.perSecond}
      formatTick={useRateTick(format)}
      {...(total > MAX_LINES ? { note: t('noteTop', { shown: MAX_LINES, total }) } : {})}
    />
  )
}

export function SizeChart({ clusterId, topic }: TopicChartProps): ReactElement {
  const t = useTranslations('topics.sizeChart')
  const format = useFormat()
  const label = usePartitionLabel()
  const questions = useQuestions('logSizeBytes', clusterId, topic, (state) => state.sizeBytes ?? -1)
  const total = topic.partitionStates.length
  const isTop = total > WHOLE_UP_TO_PARTITIONS
  const shape = useCallback((data: ChartData) => (isTop ? data : combined(data, 'sum', t('series'))), [isTop, t])
  return (
    <SeriesChart
      title={t('title')}
      unit={t('unit')}
      questions={questions}
      label={label}
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

function onlyPartitions(data: ChartData, partitions: ReadonlySet<number>): ChartData {
  if (data.series.length <= MAX_LINES) return data
  const kept = data.series.filter((one) => partitions.has(one.labels?.partition ?? -1))
  return { ...data, series: kept }
}

function combined(data: ChartData, how: 'sum' | 'min', label: string): ChartData {
  if (data.series.length === 0) return data
  const one = aggregateSeries(data.series, how, { key: how, label }, data.stepSeconds * 1_000, data.bounds)
  return { ...data, series: [one] }
}
