'use client'

import { useQueries } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { ReactElement, ReactNode } from 'react'
import type { ClusterAnswer } from '../../lib/api/schemas/clusters.ts'
import { belowFullIsr } from '../../lib/client/cluster-views.ts'
import { overviewSeries } from '../../lib/client/queries/overview-series.ts'
import { firstRecordMs, type RecordedBounds, recordedBounds } from '../../lib/client/recorded-range.ts'
import { type StoredSeries, seriesOfCluster, sumSeries } from '../../lib/client/series-views.ts'
import { useTimeRange } from '../../lib/client/time-range.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { Sparkline } from '../charts/sparkline.tsx'
import { cn } from '../ui/cn.ts'
import { Duration, Num, Percent, Unknown } from '../ui/values.tsx'

type Tone = 'neutral' | 'losing' | 'risk' | 'watch'

interface Lines {
  belowFull: StoredSeries | null
  lag: StoredSeries | null
  disk: StoredSeries | null
  deadLetters: StoredSeries | null
  bounds: RecordedBounds
  stepSeconds: number
}

function useLines(clusterId: string): Lines {
  const [range] = useTimeRange()
  const results = useQueries({ queries: overviewSeries(range) })
  const of = (index: number): StoredSeries | null => seriesOfCluster(results[index]?.data, clusterId)
  const updatedAtMs = Math.max(...results.map((result) => result.dataUpdatedAt))
  return {
    belowFull: sumSeries([of(0), of(1), of(2), of(3)]),
    lag: of(4),
    disk: of(5),
    deadLetters: of(6),
    bounds: recordedBounds(range, updatedAtMs, firstRecordMs(results.map((result) => result.data))),
    stepSeconds: Math.max(...results.map((result) => result.data?.stepSeconds ?? 1)),
  }
}

/** As the verdict judges it: each system, and each RocketMQ broker, has marks of its own. */
function diskTone({ verdict }: ClusterAnswer): Tone {
  const full = verdict.reasons.filter(({ code }) => code === 'broker.diskFull' || code === 'broker.commitLogFull')
  if (full.some(({ severity }) => severity === 'critical')) return 'losing'
  if (full.some(({ severity }) => severity === 'high')) return 'risk'
  return full.length > 0 ? 'watch' : 'neutral'
}

/** Of a volume: what changes by less looks flat. */
const DISK_LEAST_SPAN = 0.05

function isrTone(cluster: ClusterAnswer): Tone {
  if ((cluster.offline ?? 0) > 0) return 'losing'
  if ((cluster.underMinIsr ?? 0) > 0) return 'risk'
  return (belowFullIsr(cluster) ?? 0) > 0 ? 'watch' : 'neutral'
}

function lagTone(cluster: ClusterAnswer): Tone {
  return cluster.verdict.reasons.some((reason) => reason.code === 'group.unreadDeleted') ? 'losing' : 'neutral'
}

/** ISR, lag, disk and dead letters of the last hours: the four ways in which messages come to harm. */
export function SmallMultiples({ cluster }: { cluster: ClusterAnswer }): ReactElement {
  const t = useTranslations('overview.multiples')
  const lines = useLines(cluster.id)
  const why = cluster.lastPollAt === null ? t('neverPolled') : cluster.verdict.stale ? t('stale') : t('unreadable')
  const present = <T,>(value: T | null): T | null => (cluster.verdict.stale ? null : value)
  const below = present(belowFullIsr(cluster))
  const frame = { bounds: lines.bounds, stepSeconds: lines.stepSeconds }
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-4">
      <Multiple
        {...frame}
        title={t('belowFullIsr')}
        tone={cluster.verdict.stale ? 'neutral' : isrTone(cluster)}
        series={lines.belowFull}
      >
        {below === null || cluster.partitions === null ? (
          <Unknown why={why} />
        ) : (
          <BelowFull below={below} of={cluster.partitions} isPartial={(cluster.unknownPartitions ?? 0) > 0} />
        )}
      </Multiple>
      <Multiple {...frame} title={t('worstLag')} tone={lagTone(cluster)} series={lines.lag}>
        <Duration ms={seconds(present(cluster.lagSecondsMax))} why={why} />
      </Multiple>
      <Multiple
        {...frame}
        title={t('fullestDisk')}
        tone={cluster.verdict.stale ? 'neutral' : diskTone(cluster)}
        series={lines.disk}
        leastSpan={DISK_LEAST_SPAN}
      >
        <Percent value={present(cluster.diskUsedRatioMax)} why={why} />
      </Multiple>
      <Multiple {...frame} title={t('deadLetters')} tone="neutral" series={lines.deadLetters}>
        <Num value={present(cluster.dlqDepth)} why={why} isPartial={cluster.isPartial} />
      </Multiple>
    </dl>
  )
}

function seconds(value: number | null): number | null {
  return value === null ? null : value * 1000
}

function BelowFull({ below, of, isPartial }: { below: number; of: number; isPartial: boolean }): ReactElement {
  const t = useTranslations('overview.multiples')
  const format = useFormat()
  const text = t('belowOf', { below: format.number(below), of: format.number(of) })
  return <span title={isPartial ? t('partial') : undefined}>{isPartial ? t('atLeast', { value: text }) : text}</span>
}

interface MultipleProps {
  title: string
  tone: Tone
  leastSpan?: number
  series: StoredSeries | null
  bounds: RecordedBounds
  stepSeconds: number
  children: ReactNode
}

const TONE_TEXT: Record<Tone, string> = { neutral: '', losing: 'text-losing', risk: 'text-risk', watch: 'text-watch' }

function Multiple({ title, tone, leastSpan = 0, series, bounds, stepSeconds, children }: MultipleProps): ReactElement {
  const t = useTranslations('overview.multiples')
  const format = useFormat()
  const { recordedSinceMs, toMs } = bounds
  const label =
    recordedSinceMs === null
      ? t('history', { title })
      : t('historySince', { title, time: format.clock(recordedSinceMs, toMs) })
  return (
    <div className="min-w-0">
      <dt className="truncate text-ink3 text-xs">{title}</dt>
      <dd>
        <div className={cn('truncate font-semibold', TONE_TEXT[tone])}>{children}</div>
        <div className="mt-1 h-[26px]" title={series === null ? undefined : label}>
          {series === null ? null : (
            <Sparkline
              points={series.points}
              gaps={series.gaps}
              bounds={bounds}
              stepSeconds={stepSeconds}
              tone={tone}
              leastSpan={leastSpan}
              label={label}
              className="w-full"
            />
          )}
        </div>
      </dd>
    </div>
  )
}
