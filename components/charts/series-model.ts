/** From stored series to what a chart draws: a common time grid, breaks at gaps, and the figures of the legend. No React. */
import type { SeriesAnswer } from '../../lib/api/schemas/series.ts'
import type { Bounds } from '../../lib/client/time-range.ts'
import type { LineLook } from './line-look.ts'

export type StoredSeries = SeriesAnswer['series'][number]
export type SeriesPoint = StoredSeries['points'][number]
export type SeriesGap = StoredSeries['gaps'][number]
export type Statistic = 'min' | 'max' | 'avg' | 'last'

export interface ChartSeries {
  /** Stable and unique within its chart. */
  key: string
  label: string
  labels?: StoredSeries['labels']
  points: SeriesPoint[]
  gaps: SeriesGap[]
  /** How much later than its samples were taken it is drawn, to be compared with the present. */
  shiftMs?: number
  /** Left out: by its place among the lines. */
  look?: LineLook
}

export interface GapBlock {
  fromMs: number
  toMs: number
  reason: string
}

export interface ChartRow {
  t: number
  /** What was stored for this step, per series; null when nothing was. */
  values: (number | null)[]
  /** What the line passes through: also between two samples of a series whose steps are further apart than the grid's. */
  drawn: (number | null)[]
}

export interface LegendRow {
  key: string
  label: string
  /** The last value when it is not older than a gap; null: unknown now. */
  current: number | null
  min: number | null
  max: number | null
}

/**
 * The same answer, moved to where it is compared: later by `shiftMs`, less the part of a step, so that its steps fall on
 * those of the present. Says by how much.
 */
export function shiftedAnswer(answer: SeriesAnswer, shiftMs: number): { answer: SeriesAnswer; shiftMs: number } {
  const stepMs = answer.stepSeconds * 1_000
  const byMs = Math.floor(shiftMs / stepMs) * stepMs
  const later = (iso: string): string => new Date(Date.parse(iso) + byMs).toISOString()
  const series = answer.series.map(({ labels, points, gaps }) => ({
    labels,
    points: points.map((point) => ({ ...point, t: point.t + byMs })),
    gaps: gaps.map(({ from, to, reason }) => ({ from: later(from), to: later(to), reason })),
  }))
  return { answer: { ...answer, series }, shiftMs: byMs }
}

export function gapBlocks(series: readonly ChartSeries[]): GapBlock[] {
  const blocks = new Map<string, GapBlock>()
  for (const one of series) {
    for (const gap of one.gaps) {
      const block = { fromMs: Date.parse(gap.from), toMs: Date.parse(gap.to), reason: gap.reason }
      blocks.set(`${block.fromMs}-${block.toMs}-${block.reason}`, block)
    }
  }
  return [...blocks.values()].sort((a, b) => a.fromMs - b.fromMs)
}

/** Gaps that every series shares: only there is the whole chart without knowledge. */
export function sharedGapBlocks(series: readonly ChartSeries[]): GapBlock[] {
  const [first, ...rest] = series.map((one) => gapBlocks([one]))
  if (first === undefined) return []
  return first.filter((block) =>
    rest.every((others) => others.some((other) => other.fromMs <= block.fromMs && other.toMs >= block.toMs)),
  )
}

function breaksBetween(gaps: readonly GapBlock[], fromT: number, toT: number): boolean {
  return gaps.some((gap) => gap.fromMs < toT && gap.toMs > fromT)
}

/** Fills the grid between two samples that no gap parts: the poll interval may be longer than the step. */
function drawnValues(
  grid: readonly number[],
  points: Map<number, number>,
  gaps: readonly GapBlock[],
  stepMs: number,
): (number | null)[] {
  const drawn: (number | null)[] = grid.map((t) => points.get(t) ?? null)
  let previous = -1
  for (let index = 0; index < drawn.length; index += 1) {
    const value = drawn[index]
    if (value === null || value === undefined) continue
    const before = previous >= 0 ? drawn[previous] : null
    const fromT = grid[previous] ?? 0
    const toT = grid[index] ?? 0
    if (index - previous > 1 && before !== null && before !== undefined && !breaksBetween(gaps, fromT + stepMs, toT)) {
      for (let between = previous + 1; between < index; between += 1) {
        drawn[between] = before + ((value - before) * ((grid[between] ?? 0) - fromT)) / (toT - fromT)
      }
    }
    previous = index
  }
  return drawn
}

/** One row per step of the range and per stored point, so that a hover also finds the empty steps. */
export function chartRows(
  series: readonly ChartSeries[],
  statistic: Statistic,
  stepMs: number,
  bounds: Bounds,
): ChartRow[] {
  const times = new Set<number>()
  const firstStep = Math.ceil(bounds.fromMs / stepMs) * stepMs
  for (let t = firstStep; t <= bounds.toMs; t += stepMs) times.add(t)
  for (const one of series) for (const point of one.points) times.add(point.t)
  const grid = [...times].sort((a, b) => a - b)
  const columns = series.map((one) => {
    const points = new Map(one.points.map((point) => [point.t, point[statistic]]))
    return { points, drawn: drawnValues(grid, points, gapBlocks([one]), stepMs) }
  })
  return grid.map((t, index) => ({
    t,
    values: columns.map((column) => column.points.get(t) ?? null),
    drawn: columns.map((column) => column.drawn[index] ?? null),
  }))
}

export function legendRow(series: ChartSeries, nowMs: number): LegendRow {
  const last = series.points.at(-1)
  const lastGap = series.gaps.at(-1)
  const lost =
    last !== undefined && lastGap !== undefined && Date.parse(lastGap.from) > last.t && Date.parse(lastGap.to) >= nowMs
  return {
    key: series.key,
    label: series.label,
    current: last === undefined || lost ? null : last.last,
    min:
      series.points.length === 0 ? null : series.points.reduce((least, point) => Math.min(least, point.min), Infinity),
    max:
      series.points.length === 0 ? null : series.points.reduce((most, point) => Math.max(most, point.max), -Infinity),
  }
}

/** Why a moment has no value; null when no gap covers it. */
export function gapAt(blocks: readonly GapBlock[], t: number, stepMs: number): GapBlock | null {
  return blocks.find((block) => block.fromMs < t + stepMs && block.toMs > t) ?? null
}

/** The `count` series with the highest current value, worst first; ties keep their order. */
export function topSeries(
  series: readonly ChartSeries[],
  count: number,
  order: 'highest' | 'lowest' = 'highest',
): ChartSeries[] {
  const sign = order === 'highest' ? -1 : 1
  const rank = (one: ChartSeries): number => one.points.at(-1)?.last ?? (order === 'highest' ? -Infinity : Infinity)
  return [...series].sort((a, b) => (rank(a) === rank(b) ? 0 : sign * (rank(a) - rank(b)))).slice(0, count)
}

/**
 * One line for many: the sum, least or greatest over the series at each step. A sum is only drawn where every series
 * that lives at that time has a sample, since a sum of a part looks like a drop.
 */
export function aggregateSeries(
  series: readonly ChartSeries[],
  how: 'sum' | 'min' | 'max',
  identity: { key: string; label: string },
  stepMs: number,
  bounds: Bounds,
): ChartSeries {
  const columns = series.map((one) => chartRows([one], 'last', stepMs, bounds))
  const byTime = new Map<number, number[]>()
  for (const rows of columns) {
    for (const row of rows) {
      const value = row.drawn[0]
      if (value === null || value === undefined) continue
      const known = byTime.get(row.t)
      if (known === undefined) byTime.set(row.t, [value])
      else known.push(value)
    }
  }
  const complete = series.length
  const points = [...byTime.entries()]
    .filter(([, values]) => how !== 'sum' || values.length === complete)
    .sort(([a], [b]) => a - b)
    .map(([t, values]) => {
      const value = combine(values, how)
      return { t, min: value, max: value, avg: value, last: value }
    })
  const gaps = how === 'sum' ? gapsOf(series) : gapsOfShared(series)
  return { ...identity, points, gaps }
}

function combine(values: readonly number[], how: 'sum' | 'min' | 'max'): number {
  if (how === 'sum') return values.reduce((total, value) => total + value, 0)
  return how === 'min' ? Math.min(...values) : Math.max(...values)
}

function gapsOf(series: readonly ChartSeries[]): SeriesGap[] {
  return gapBlocks(series).map(toGap)
}

function gapsOfShared(series: readonly ChartSeries[]): SeriesGap[] {
  return sharedGapBlocks(series).map(toGap)
}

function toGap(block: GapBlock): SeriesGap {
  return { from: new Date(block.fromMs).toISOString(), to: new Date(block.toMs).toISOString(), reason: block.reason }
}
