'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { useFormat } from '../../lib/client/use-format.ts'
import { LineChart, SeriesChart } from '../charts/series-chart.tsx'

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
  return (
    <SeriesChart
      title={t('ladder')}
      unit={t('partitions')}
      questions={LADDER_METRICS.map((metric) => ({ metric, cluster: clusterId }))}
      label={(_series, metric) => {
        const step = LADDER_METRICS.find((name) => name === metric)
        return step === undefined ? metric : states(step === 'unknownPartitions' ? 'unknown' : step)
      }}
      statistic="max"
      formatValue={format.number}
      scale="wholeNumber"
    />
  )
}

function LagChart({ clusterId }: { clusterId: string }): ReactElement {
  const t = useTranslations('clusters.charts')
  const format = useFormat()
  return (
    <LineChart
      title={t('lag')}
      unit={t('time')}
      question={{ metric: 'clusterLagSecondsMax', cluster: clusterId }}
      name={t('worstGroup')}
      statistic="max"
      scale="duration"
      formatValue={(value) => format.duration(Math.round(value) * 1000)}
    />
  )
}

function DiskChart({ clusterId }: { clusterId: string }): ReactElement {
  const t = useTranslations('clusters.charts')
  const format = useFormat()
  return (
    <LineChart
      title={t('disk')}
      unit={t('ofVolume')}
      question={{ metric: 'clusterDiskUsedRatioMax', cluster: clusterId }}
      name={t('fullestVolume')}
      statistic="max"
      formatValue={format.percent}
    />
  )
}

function DeadLetterChart({ clusterId }: { clusterId: string }): ReactElement {
  const t = useTranslations('clusters.charts')
  const format = useFormat()
  return (
    <LineChart
      title={t('deadLetters')}
      unit={t('messages')}
      question={{ metric: 'clusterDlqDepth', cluster: clusterId }}
      name={t('allQueues')}
      statistic="last"
      formatValue={format.number}
      scale="wholeNumber"
    />
  )
}
