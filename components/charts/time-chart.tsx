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
import { EventMarks } from './event-marks.tsx'
import type { ChartMark } from './mark-groups.ts'
import type { ChartSeries, Statistic } from './series-model.ts'
import type { ChartSpan, ChartThreshold, PlotWords } from './time-chart-plot.tsx'
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
  /** Stretches of time that are shaded; the note says what for. */
  spans?: readonly ChartSpan[]
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
  /** Buttons in its corner. */
  actions?: ReactNode
  /** What happened, along the bottom; left out, there is no strip for it. */
  marks?: readonly ChartMark[]
}

const NO_THRESHOLDS: ChartThreshold[] = []
const NO_SPANS: readonly ChartSpan[] = []

export function TimeChart(props: TimeChartProps): ReactElement {
  const titleId = useId()
  const [view, setView] = useState<'chart' | 'table'>('chart')
  const words = usePlotWords(props)
  const { data } = props
  const hasSamples = data?.series.some((one) => one.points.length > 0 || one.gaps.length > 0) === true
  return (
    <section aria-labelledby={titleId} className="panel flex min-w-0 flex-col" aria-busy={props.isDimmed === true}>
      <ChartHead
        titleId={titleId}
        title={props.title}
        unit={props.unit}
        data={data}
        view={view}
        onView={setView}
        actions={props.actions}
      />
      {props.note !== undefined && <p className="px-3 text-xs text-ink3">{props.note}</p>}
      <div className={cn(props.legend === 'beside' && 'lg:grid lg:grid-cols-[minmax(0,1fr)_auto]')}>
        <div className={cn('min-w-0 transition-opacity', props.isDimmed === true && 'opacity-60')}>
          <ChartBody chart={props} words={words} hasSamples={hasSamples} view={view} />
          {props.marks !== undefined && (
            <MarkStrip marks={props.marks} data={hasSamples && view === 'chart' ? data : null} words={words} />
          )}
        </div>
        {(data === null ? props.error === undefined : hasSamples) && <ChartLegend data={data} words={words} />}
      </div>
    </section>
  )
}

interface ChartBodyProps {
  chart: TimeChartProps
  words: PlotWords
  hasSamples: boolean
  view: 'chart' | 'table'
}

/** What stands in the chart's own space, of one height in every state. */
function ChartBody({ chart, words, hasSamples, view }: ChartBodyProps): ReactElement {
  const t = useTranslations('charts')
  const timeZone = useTimeZone() ?? 'UTC'
  const { data, statistic } = chart
  if (chart.error !== undefined) return <ChartBox>{chart.error}</ChartBox>
  if (data === null) {
    return (
      <ChartBox>
        <PlotSkeleton />
      </ChartBox>
    )
  }
  if (!hasSamples) {
    return (
      <ChartBox>
        <p className="flex h-full items-center justify-center px-4 text-center text-ink3">{t('noSamples')}</p>
      </ChartBox>
    )
  }
  if (view === 'table') return <ChartDataTable data={data} statistic={statistic} words={words} label={chart.title} />
  return (
    <ChartBox>
      <Plot
        series={data.series}
        stepSeconds={data.stepSeconds}
        bounds={data.bounds}
        timeZone={timeZone}
        statistic={statistic}
        thresholds={chart.thresholds ?? NO_THRESHOLDS}
        spans={chart.spans ?? NO_SPANS}
        syncId={chart.syncId}
        scale={chart.scale ?? 'number'}
        words={words}
        onZoom={chart.onZoom ?? null}
      />
    </ChartBox>
  )
}

interface MarkStripProps {
  marks: readonly ChartMark[]
  /** Null: there is no plot that the marks could stand under. */
  data: ChartData | null
  words: PlotWords
}

/** Of one height for every state, as the plot above it. */
function MarkStrip({ marks, data, words }: MarkStripProps): ReactElement {
  return (
    <div className="-mt-1 h-6 pr-1">
      {data !== null && <EventMarks marks={marks} bounds={data.bounds} formatTime={words.formatExactTime} />}
    </div>
  )
}

interface ChartHeadProps {
  titleId: string
  title: string
  unit: string
  data: ChartData | null
  view: 'chart' | 'table'
  onView: (view: 'chart' | 'table') => void
  actions: ReactNode
}

/** The question, the unit and the zone; the switch keeps its corner when they wrap. */
function ChartHead({ titleId, title, unit, data, view, onView, actions }: ChartHeadProps): ReactElement {
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
      <div className="flex shrink-0 items-center">
        {actions}
        <ViewSwitch view={view} onChange={onView} />
      </div>
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
  const bounds = props.data?.bounds
  const isLong = bounds !== undefined && bounds.toMs - bounds.fromMs > DAYS_ONLY_MS
  return useMemo(
    () => ({
      label: title,
      formatValue,
      formatTick,
      formatAxisTime: (atMs) => axisTime(format, atMs, isLong),
      formatExactTime: format.exact,
      gapReason: (reason) => t('gap', { reason: isGapReason(reason) ? reason : 'unknown' }),
      noSample: t('noSampleHere'),
      more: (count) => t('more', { count }),
    }),
    [t, format, title, formatValue, formatTick, isLong],
  )
}

/** Beyond it, the hour of a tick says nothing but that clocks were changed in between. */
const DAYS_ONLY_MS = 14 * DAY_MS

/** The time of day, and at midnight the day that begins. */
function axisTime(format: Format, atMs: number, isLong: boolean): string {
  const clock = format.clock(atMs, atMs)
  return isLong || clock === '00:00' ? (format.clock(atMs, atMs + 2 * DAY_MS).split(' ')[0] ?? clock) : clock
}

const GAP_REASONS = ['pollFailed', 'unknown', 'consoleDown', 'damaged'] as const

function isGapReason(reason: string): reason is (typeof GAP_REASONS)[number] {
  return GAP_REASONS.some((known) => known === reason)
}
