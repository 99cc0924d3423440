'use client'

import { type ReactElement, useMemo, useState } from 'react'
import {
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceArea,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts'
import type { Bounds } from '../../lib/client/time-range.ts'
import { lineLook } from './line-look.ts'
import { LineSwatch } from './line-swatch.tsx'
import type { ChartRow, ChartSeries, GapBlock, Statistic } from './series-model.ts'
import { chartRows, gapAt, sharedGapBlocks } from './series-model.ts'
import { timeTicks, zoomedBounds } from './time-axis.ts'
import { type AxisScale, valueTicks } from './value-axis.ts'

export interface ChartThreshold {
  value: number
  label: string
  tone: 'losing' | 'risk' | 'neutral'
}

/** What the plot needs said in words; it knows no language itself. */
export interface PlotWords {
  label: string
  formatValue: (value: number) => string
  formatTick: (value: number) => string
  formatAxisTime: (atMs: number) => string
  formatExactTime: (atMs: number) => string
  gapReason: (reason: string) => string
  noSample: string
}

export interface TimeChartPlotProps {
  series: ChartSeries[]
  stepSeconds: number
  bounds: Bounds
  timeZone: string
  statistic: Statistic
  thresholds: ChartThreshold[]
  syncId: string
  scale: AxisScale
  words: PlotWords
  onZoom: ((bounds: Bounds) => void) | null
}

const AXIS_TICK = { fill: 'var(--ink3)', fontSize: 11 }
const THRESHOLD_COLOURS = { losing: 'var(--losing)', risk: 'var(--risk)', neutral: 'var(--ink3)' } as const

/** The drawing alone, in a chunk of its own: pages without charts do not load the chart library. */
function TimeChartPlot(props: TimeChartPlotProps): ReactElement {
  const { series, bounds, words, thresholds, statistic } = props
  const stepMs = props.stepSeconds * 1_000
  const rows = useMemo(() => chartRows(series, statistic, stepMs, bounds), [series, statistic, stepMs, bounds])
  const blocks = useMemo(() => sharedGapBlocks(series), [series])
  const ticks = useMemo(() => timeTicks(bounds, 7, props.timeZone), [bounds, props.timeZone])
  const yTicks = useMemo(() => valueTicks(highest(rows, thresholds), props.scale), [rows, thresholds, props.scale])
  const top = yTicks.at(-1) ?? 1
  const drag = useDragToZoom(props.onZoom)
  return (
    <ResponsiveContainer width="100%" height="100%">
      <ComposedChart
        data={rows}
        syncId={props.syncId}
        syncMethod="value"
        margin={{ top: 14, right: 12, bottom: 0, left: 0 }}
        title={words.label}
        {...drag.handlers}
      >
        <CartesianGrid stroke="var(--line2)" vertical={false} />
        {blocks.map((block) => gapArea(block, bounds))}
        <XAxis
          dataKey="t"
          type="number"
          domain={[bounds.fromMs, bounds.toMs]}
          allowDataOverflow
          ticks={ticks}
          tickFormatter={words.formatAxisTime}
          tick={AXIS_TICK}
          tickLine={{ stroke: 'var(--line)' }}
          axisLine={{ stroke: 'var(--line)' }}
          minTickGap={24}
        />
        <YAxis
          domain={[0, top]}
          ticks={yTicks}
          interval={0}
          tickFormatter={(value: number) => unbroken(words.formatTick(value))}
          tick={AXIS_TICK}
          tickLine={false}
          axisLine={false}
          width={60}
        />
        {thresholds.map((threshold) => (
          <ReferenceLine
            key={threshold.label}
            y={threshold.value}
            stroke={THRESHOLD_COLOURS[threshold.tone]}
            strokeDasharray="4 3"
            label={{
              value: threshold.label,
              position: 'insideBottomLeft',
              offset: 3,
              fill: THRESHOLD_COLOURS[threshold.tone],
              fontSize: 11,
            }}
          />
        ))}
        {series.map((one, index) => (
          <Line
            key={one.key}
            dataKey={(row: ChartRow) => row.drawn[index] ?? null}
            name={one.label}
            type="linear"
            stroke={lineLook(index).stroke}
            strokeDasharray={lineLook(index).dash}
            strokeWidth={1.5}
            dot={false}
            activeDot={{ r: 3, strokeWidth: 0, fill: lineLook(index).stroke }}
            isAnimationActive={false}
            connectNulls={false}
          />
        ))}
        {drag.selection && (
          <ReferenceArea x1={drag.selection.fromMs} x2={drag.selection.toMs} fill="var(--accent)" fillOpacity={0.14} />
        )}
        <Tooltip
          isAnimationActive={false}
          cursor={{ stroke: 'var(--control)', strokeWidth: 1 }}
          wrapperStyle={{ zIndex: 20, outline: 'none' }}
          content={({ active, label }) =>
            active && typeof label === 'number' ? (
              <PlotTooltip atMs={label} rows={rows} series={series} stepMs={stepMs} words={words} />
            ) : null
          }
        />
      </ComposedChart>
    </ResponsiveContainer>
  )
}

export default TimeChartPlot

/** The highest value drawn, thresholds included. */
function highest(rows: readonly ChartRow[], thresholds: readonly ChartThreshold[]): number {
  let most = thresholds.reduce((high, { value }) => Math.max(high, value), 0)
  for (const { drawn } of rows) for (const value of drawn) if (value !== null && value > most) most = value
  return most
}

/** Recharts breaks labels at spaces; "1 h 30 min" is one. */
function unbroken(text: string): string {
  return text.replaceAll(' ', '\u00a0')
}

function gapArea(block: GapBlock, bounds: Bounds): ReactElement {
  return (
    <ReferenceArea
      key={`${block.fromMs}-${block.reason}`}
      x1={Math.max(block.fromMs, bounds.fromMs)}
      x2={Math.min(block.toMs, bounds.toMs)}
      fill="var(--gap)"
      fillOpacity={1}
      ifOverflow="hidden"
    />
  )
}

interface DragToZoom {
  selection: Bounds | null
  handlers: {
    onMouseDown: (at: { activeLabel?: string | number | undefined }) => void
    onMouseMove: (at: { activeLabel?: string | number | undefined }) => void
    onMouseUp: () => void
    onMouseLeave: () => void
  }
}

function useDragToZoom(onZoom: ((bounds: Bounds) => void) | null): DragToZoom {
  const [ends, setEnds] = useState<{ a: number; b: number } | null>(null)
  const selection = ends === null ? null : { fromMs: Math.min(ends.a, ends.b), toMs: Math.max(ends.a, ends.b) }
  return {
    selection: selection !== null && selection.fromMs < selection.toMs ? selection : null,
    handlers: {
      onMouseDown: ({ activeLabel }) => {
        const at = Number(activeLabel)
        if (onZoom !== null && activeLabel !== undefined && Number.isFinite(at)) setEnds({ a: at, b: at })
      },
      onMouseMove: ({ activeLabel }) => {
        const at = Number(activeLabel)
        if (activeLabel !== undefined && Number.isFinite(at))
          setEnds((now) => (now === null ? null : { ...now, b: at }))
      },
      onMouseUp: () => {
        const zoomed = ends === null ? null : zoomedBounds(ends.a, ends.b)
        setEnds(null)
        if (zoomed !== null) onZoom?.(zoomed)
      },
      onMouseLeave: () => setEnds(null),
    },
  }
}

interface PlotTooltipProps {
  atMs: number
  rows: ChartRow[]
  series: ChartSeries[]
  stepMs: number
  words: PlotWords
}

function PlotTooltip({ atMs, rows, series, stepMs, words }: PlotTooltipProps): ReactElement {
  const row = rows.find((candidate) => candidate.t === atMs)
  const gap = gapAt(sharedGapBlocks(series), atMs, stepMs)
  const known = series
    .map((one, index) => ({ one, index, value: row?.values[index] ?? row?.drawn[index] ?? null }))
    .filter((entry) => entry.value !== null)
  return (
    <div className="rounded-md border border-line bg-panel px-2.5 py-1.5 text-xs text-ink">
      <div className="text-ink3">{words.formatExactTime(atMs)}</div>
      {known.length === 0 && <div>{gap === null ? words.noSample : words.gapReason(gap.reason)}</div>}
      {known.map(({ one, index, value }) => (
        <div key={one.key} className="flex items-center gap-2">
          <LineSwatch index={index} />
          <span className="max-w-56 truncate text-ink2">{one.label}</span>
          <span className="ml-auto pl-4 font-medium">{value === null ? words.noSample : words.formatValue(value)}</span>
        </div>
      ))}
    </div>
  )
}
