/** The numbers of a chart as CSV. No React. */
import { type CsvCell, csvLine } from '../../lib/csv.ts'
import type { ChartSeries } from './series-model.ts'

export interface CsvSubject {
  metric: string
  unit: string
}

const LABELS = ['cluster', 'topic', 'partition', 'group', 'broker', 'logDir'] as const
const COLUMNS = [
  ...['time', 'metric', 'unit', ...LABELS, 'drawnLaterBySeconds'],
  ...['min', 'avg', 'max', 'last', 'gapUntil', 'gapReason'],
]

interface Row {
  atMs: number
  cells: CsvCell[]
}

/** Samples and gaps in the order of time. Times are those of the samples, also where they are drawn later. */
function rowsOf(series: ChartSeries, { metric, unit }: CsvSubject): Row[] {
  const { labels, shiftMs = 0 } = series
  const head = [metric, unit, ...LABELS.map((label) => labels?.[label]), shiftMs / 1_000]
  const samples = series.points.map(({ t, min, avg, max, last }) => ({
    atMs: t - shiftMs,
    cells: [...head, min, avg, max, last, null, null],
  }))
  const gaps = series.gaps.map(({ from, to, reason }) => ({
    atMs: Date.parse(from) - shiftMs,
    cells: [...head, null, null, null, null, isoTime(Date.parse(to) - shiftMs), reason],
  }))
  return [...samples, ...gaps].sort((one, other) => one.atMs - other.atMs)
}

function isoTime(atMs: number): string {
  return new Date(atMs).toISOString()
}

export function seriesCsv(series: readonly ChartSeries[], subject: CsvSubject): string {
  const rows = series.flatMap((one) => rowsOf(one, subject))
  const lines = [csvLine(COLUMNS), ...rows.map(({ atMs, cells }) => csvLine([isoTime(atMs), ...cells]))]
  return `${lines.join('\r\n')}\r\n`
}

/** A name for the file that every file system takes. */
export function csvName(parts: readonly string[]): string {
  const words = parts.map((part) => part.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-').replaceAll(/^[-.]+|[-.]+$/g, ''))
  return `${words
    .filter((word) => word !== '')
    .join('_')
    .slice(0, 120)}.csv`
}
