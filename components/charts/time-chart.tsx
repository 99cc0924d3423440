'use client'

import { ChartLine, Table2 } from 'lucide-react'
import dynamic from 'next/dynamic'
import { useTimeZone, useTranslations } from 'next-intl'
import { type ReactElement, type ReactNode, useId, useMemo, useState } from 'react'
import type { RecordedBounds } from '../../lib/client/recorded-range.ts'
import type { Bounds } from '../../lib/client/time-range.ts'
import { type Format, useFormat } from '../../lib/client/use-format.ts'
import { DAY_MS } from '../../lib/units.ts'
import { cn } from '../ui/cn.ts'
import { ChartDataTable } from './chart-data-table.tsx'
import { ChartLegend } from './chart-legend.tsx'
import type { ChartSeries, Statistic } from './series-model.ts'
import type { ChartThreshold, PlotWords } from './time-chart-plot.tsx'
import type { AxisScale } from './value-axis.ts'

const Plot = dynamic(() => import('./time-chart-plot.tsx'), { ssr: false, loading: () => <PlotSkeleton /> })

export interface ChartData {
  series: ChartSeries[]
  stepSeconds: number
  bounds: RecordedBounds
}

export interface TimeChartProps {
  /** The question the chart answers. */
  title: string
  /** In words, as the axis says it. */
  unit: string
  /** Null while nothing was ever loaded. */
  data: ChartData | null
  statistic: Statistic
  formatValue: (value: number) => string
  /** Short form for the axis; the unit stands above it. */
  formatTick?: (value: number) => string
  thresholds?: ChartThreshold[]
  /** Shown instead of the chart: what went wrong and what to do. */
  error?: ReactNode
  /** Old data is shown while newer is on its way. */
  isDimmed?: boolean
  /** Charts with the same id point at the same moment. */
  syncId: string
  scale?: AxisScale
  /** Where the legend stands on wide screens. */
  legend?: 'below' | 'beside'
  onZoom?: (bounds: Bounds) => void
  /** What is left out or added up, in one sentence. */
  note?: ReactNode
}

const NO_THRESHOLDS: ChartThreshold[] = []

export function TimeChart(props: TimeChartProps): ReactElement {
  const t = useTranslations('charts')
  const titleId = useId()
  const [view, setView] = useState<'chart' | 'table'>('chart')
  const timeZone = useTimeZone() ?? 'UTC'
  const words = usePlotWords(props)
  const { data } = props
  const hasSamples = data?.series.some((one) => one.points.length > 0 || one.gaps.length > 0) === true
  return (
    <section aria-labelledby={titleId} className="panel flex min-w-0 flex-col" aria-busy={props.isDimmed === true}>
      <ChartHead titleId={titleId} title={props.title} unit={props.unit} data={data} view={view} onView={setView} />
      {props.note !== undefined && <p className="px-3 text-xs text-ink3">{props.note}</p>}
      <div className={cn(props.legend === 'beside' && 'lg:grid lg:grid-cols-[minmax(0,1fr)_auto]')}>
        <div className={cn('min-w-0 transition-opacity', props.isDimmed === true && 'opacity-60')}>
          {props.error !== undefined ? (
            <ChartBox>{props.error}</ChartBox>
          ) : data === null ? (
            <ChartBox>
              <PlotSkeleton />
            </ChartBox>
          ) : !hasSamples ? (
            <ChartBox>
              <p className="flex h-full items-center justify-center px-4 text-center text-ink3">{t('noSamples')}</p>
            </ChartBox>
          ) : view === 'table' ? (
            <ChartDataTable data={data} statistic={props.statistic} words={words} label={props.title} />
          ) : (
            <ChartBox>
              <Plot
                series={data.series}
                stepSeconds={data.stepSeconds}
                bounds={data.bounds}
                timeZone={timeZone}
                statistic={props.statistic}
                thresholds={props.thresholds ?? NO_THRESHOLDS}
                syncId={props.syncId}
                scale={props.scale ?? 'number'}
                words={words}
                onZoom={props.onZoom ?? null}
              />
            </ChartBox>
          )}
        </div>
        {(data === null || hasSamples) && <ChartLegend data={data} words={words} />}
      </div>
    </section>
  )
}

interface ChartHeadProps {
  titleId: string
  title: string
  unit: string
  data: ChartData | null
  view: 'chart' | 'table'
  onView: (view: 'chart' | 'table') => void
}

/** The question, the unit and the zone; the switch keeps its corner when they wrap. */
function ChartHead({ titleId, title, unit, data, view, onView }: ChartHeadProps): ReactElement {
  const t = useTranslations('charts')
  const format = useFormat()
  return (
    <header className="flex items-start justify-between gap-3 px-3 pt-2.5">
      <div className="flex min-w-0 flex-wrap items-baseline gap-x-3">
        <h3 id={titleId} className="text-sm font-semibold">
          {title}
        </h3>
        <span className="text-xs text-ink3">
          {t('unitAndZone', { unit, zone: format.zone(data?.bounds.toMs ?? 0) })}
          {data !== null && <RecordedSince bounds={data.bounds} />}
        </span>
      </div>
      <ViewSwitch view={view} onChange={onView} />
    </header>
  )
}

/** Why the axis is shorter than the range that was chosen. */
function RecordedSince({ bounds }: { bounds: RecordedBounds }): ReactElement | null {
  const t = useTranslations('charts')
  const format = useFormat()
  const { recordedSinceMs, toMs } = bounds
  if (recordedSinceMs === null) return null
  return (
    <span title={t('recordedSinceHelp', { time: format.exact(recordedSinceMs) })}>
      {t('recordedSince', { time: format.clock(recordedSinceMs, toMs) })}
    </span>
  )
}

/** One height for every state, so that nothing below it moves. */
function ChartBox({ children }: { children: ReactNode }): ReactElement {
  return <div className="h-52 w-full pr-1">{children}</div>
}

function PlotSkeleton(): ReactElement {
  return <div className="skeleton mx-3 mt-3 h-44" aria-hidden="true" />
}

interface ViewSwitchProps {
  view: 'chart' | 'table'
  onChange: (view: 'chart' | 'table') => void
}

function ViewSwitch({ view, onChange }: ViewSwitchProps): ReactElement {
  const t = useTranslations('charts')
  const other = view === 'chart' ? 'table' : 'chart'
  const Icon = other === 'table' ? Table2 : ChartLine
  return (
    <button
      type="button"
      onClick={() => onChange(other)}
      className="flex shrink-0 items-center gap-1 rounded px-1.5 py-0.5 text-xs text-ink2 hover:bg-line2 hover:text-ink"
    >
      <Icon size={13} aria-hidden="true" />
      {t(other === 'table' ? 'showTable' : 'showChart')}
    </button>
  )
}

function usePlotWords(props: TimeChartProps): PlotWords {
  const t = useTranslations('charts')
  const format = useFormat()
  const { title, formatValue, formatTick = formatValue } = props
  return useMemo(
    () => ({
      label: title,
      formatValue,
      formatTick,
      formatAxisTime: (atMs) => axisTime(format, atMs),
      formatExactTime: format.exact,
      gapReason: (reason) => t('gap', { reason: isGapReason(reason) ? reason : 'unknown' }),
      noSample: t('noSampleHere'),
    }),
    [t, format, title, formatValue, formatTick],
  )
}

/** The time of day, and at midnight the day that begins. */
function axisTime(format: Format, atMs: number): string {
  const clock = format.clock(atMs, atMs)
  return clock === '00:00' ? (format.clock(atMs, atMs + 2 * DAY_MS).split(' ')[0] ?? clock) : clock
}

function isGapReason(reason: string): reason is 'pollFailed' | 'unknown' | 'consoleDown' {
  return reason === 'pollFailed' || reason === 'unknown' || reason === 'consoleDown'
}
