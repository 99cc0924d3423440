/** Which of the series that a pick gives are drawn, and how. No React. */
import { comparedLooks, lineLook } from '../charts/line-look.ts'
import { type ChartSeries, topSeries } from '../charts/series-model.ts'
import type { ChartData } from '../charts/time-chart.tsx'

/** More lines than this are a texture that nobody reads. */
export const MAX_DRAWN = 24

export interface DrawnSeries {
  data: ChartData
  /** Series of the present: those that are compared with them do not count. */
  shown: number
  total: number
}

/** The highest or lowest at present, in the order of the answer; each is followed by itself at the other time. */
export function drawnSeries(data: ChartData, order: 'highest' | 'lowest'): DrawnSeries {
  const now = data.series.filter(({ shiftMs }) => shiftMs === undefined)
  const before = new Map(data.series.flatMap((one) => (one.shiftMs === undefined ? [] : [[nameOf(one), one] as const])))
  // What is gone by now is drawn as well: it was there a day or a week before.
  const gone = [...before].filter(([name]) => !now.some((one) => nameOf(one) === name)).map(([, one]) => one)
  const all = [...now, ...gone]
  const chosen = new Set(topSeries(all, MAX_DRAWN, order))
  const series = all
    .filter((one) => chosen.has(one))
    .flatMap((one, index) => withLook(one, one.shiftMs === undefined ? before.get(nameOf(one)) : undefined, index))
  return { data: { ...data, series }, shown: chosen.size, total: all.length }
}

function withLook(one: ChartSeries, past: ChartSeries | undefined, index: number): ChartSeries[] {
  const looks = comparedLooks(index)
  if (one.shiftMs !== undefined) return [{ ...one, look: looks.before }]
  if (past === undefined) return [{ ...one, look: lineLook(index) }]
  return [
    { ...one, look: looks.now },
    { ...past, look: looks.before },
  ]
}

function nameOf({ labels }: ChartSeries): string {
  return JSON.stringify(labels)
}
