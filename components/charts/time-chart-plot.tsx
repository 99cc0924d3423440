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
import { type LineLook, lineLook } from './line-look.ts'
import { LineSwatch } from './line-swatch.tsx'
import { PLOT_LEFT_PX, PLOT_RIGHT_PX } from './plot-frame.ts'
import type { ChartRow, ChartSeries, GapBlock, Statistic } from './series-model.ts'
import { chartRows, gapAt, gapBlocks, sharedGapBlocks } from './series-model.ts'
import { nearestIndex, timeTicks, zoomedBounds } from './time-axis.ts'
import { type AxisScale, valueTicks } from './value-axis.ts'

export interface ChartThreshold {
  value: number
  label: string
  tone: 'losing' | 'risk' | 'neutral'
}

/** A stretch of time that is shaded. */
export interface ChartSpan extends Bounds {
  key: string
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
  more: (count: number) => string
}

export interface TimeChartPlotProps {
  series: ChartSeries[]
  stepSeconds: number
  bounds: Bounds
  timeZone: string
  statistic: Statistic
  thresholds: ChartThreshold[]
  spans: readonly ChartSpan[]
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
  // The past that is compared has samples where the present has none: that does not fill the gap.
  const blocks = useMemo(() => sharedGapBlocks(series.filter(({ shiftMs }) => shiftMs === undefined)), [series])
  const ticks = useMemo(() => timeTicks(bounds, 7, props.timeZone), [bounds, props.timeZone])
  const yTicks = useMemo(() => valueTicks(highest(rows, thresholds), props.scale), [rows, thresholds, props.scale])
  const top = yTicks.at(-1) ?? 1
  const drag = useDragToZoom(props.onZoom)
  return (
    <ResponsiveContainer width="100%" height="100%">
      <ComposedChart
        data={rows}
        syncId={props.syncId}
        syncMethod={sameMoment}
        margin={{ top: 14, right: PLOT_RIGHT_PX, bottom: 0, left: 0 }}
        title={words.label}
        {...drag.handlers}
      >
        <CartesianGrid stroke="var(--line2)" vertical={false} />
        {blocks.map((block) => gapArea(block, bounds))}
        {props.spans.map((span) => spanArea(span, bounds))}
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
          width={PLOT_LEFT_PX}
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
            stroke={lookOf(one, index).stroke}
            strokeDasharray={lookOf(one, index).dash}
            strokeWidth={1.5}
            dot={false}
            activeDot={{ r: 3, strokeWidth: 0, fill: lookOf(one, index).stroke }}
            isAnimationActive={false}
            connectNulls={false}
          />
        ))}
        {drag.selection && (
          <ReferenceArea x1={drag.selection.fromMs} x2={drag.selection.toMs} fill="var(--accent)" fillOpacity={0.14} />
        )}
        <Tooltip
          isAnimationActive={false}
          // Where nothing has a value it says why.
          filterNull={false}
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

function lookOf(series: ChartSeries, index: number): LineLook {
  return series.look ?? lineLook(index)
}

/** Charts of one page may have steps of their own: each points at its step nearest to the moment. */
function sameMoment(
  ticks: readonly { value: number }[],
  { activeLabel }: { activeLabel?: string | number | undefined },
): number {
  const times = ticks.map(({ value }) => value)
  return nearestIndex(times, Number(activeLabel))
}

/** The highest value drawn, thresholds included. */
function highest(rows: readonly ChartRow[], thresholds: readonly ChartThreshold[]): number {
  let most = thresholds.reduce((high, { value }) => Math.max(high, value), 0)
  for (const { drawn } of rows) for (const value of drawn) if (value !== null && value > most) most = value
  return most
}

/** Recharts breaks labels at spaces; "1 h 30 min" is one. A narrow space, or it does not fit in Chinese. */
function unbroken(text: string): string {
  return text.replaceAll(' ', '\u202f')
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

/** With an edge, so that a moment shows in a week. */
function spanArea({ key, fromMs, toMs }: ChartSpan, bounds: Bounds): ReactElement {
  return (
    <ReferenceArea
      key={key}
      x1={Math.max(fromMs, bounds.fromMs)}
      x2={Math.min(toMs, bounds.toMs)}
      fill="var(--risk)"
      fillOpacity={0.16}
      stroke="var(--risk)"
      strokeOpacity={0.5}
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

/** A tooltip that covers the chart hides what it explains. */
const MOST_IN_TOOLTIP = 12

function PlotTooltip({ atMs, rows, series, stepMs, words }: PlotTooltipProps): ReactElement {
  const row = rows.find((candidate) => candidate.t === atMs)
  const entries = series
    .map((one, index) => ({
      ...{ one, look: lookOf(one, index), value: row?.values[index] ?? row?.drawn[index] ?? null },
      gap: gapAt(gapBlocks([one]), atMs, stepMs),
    }))
    .filter(({ value, gap: own }) => value !== null || own !== null)
  const known = entries.filter(({ value }) => value !== null)
  const reason = entries[0]?.gap?.reason
  const shown = entries.length > MOST_IN_TOOLTIP ? highestFirst(entries).slice(0, MOST_IN_TOOLTIP) : entries
  return (
    <div className="rounded-md border border-line bg-panel px-2.5 py-1.5 text-xs text-ink">
      <div className="text-ink3">{words.formatExactTime(atMs)}</div>
      {known.length === 0 ? (
        <div>{reason === undefined ? words.noSample : words.gapReason(reason)}</div>
      ) : (
        shown.map(({ one, look, value, gap: own }) => (
          <div key={one.key} className="flex items-center gap-2">
            <LineSwatch look={look} />
            <span className="max-w-56 truncate text-ink2">{one.label}</span>
            <span className="ml-auto pl-4 font-medium">
              {value !== null ? words.formatValue(value) : own === null ? words.noSample : words.gapReason(own.reason)}
            </span>
          </div>
        ))
      )}
      {known.length > 0 && entries.length > shown.length && (
        <div className="text-ink3">{words.more(entries.length - shown.length)}</div>
      )}
    </div>
  )
}

function highestFirst<T extends { value: number | null }>(entries: readonly T[]): T[] {
  return [...entries].sort((one, other) => (other.value ?? -Infinity) - (one.value ?? -Infinity))
}
