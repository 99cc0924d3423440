/** Series of whole clusters for the overview's small charts. Pure. */
import type { SeriesAnswer } from '../api/schemas/series.ts'

export type StoredSeries = SeriesAnswer['series'][number]

export function seriesOfCluster(answer: SeriesAnswer | undefined, clusterId: string): StoredSeries | null {
  return answer?.series.find((series) => series.labels.cluster === clusterId) ?? null
}

/** Adds series step by step. A step that one of them lacks is left out: a sum of a part would look like an improvement. */
export function sumSeries(parts: readonly (StoredSeries | null)[]): StoredSeries | null {
  const [first, ...rest] = parts
  if (first === undefined || first === null) return null
  const others = rest.flatMap((part) => (part === null ? [] : [new Map(part.points.map((point) => [point.t, point]))]))
  if (others.length < rest.length) return null
  const points = first.points.flatMap((point) => {
    const same = others.flatMap((other) => other.get(point.t) ?? [])
    if (same.length < others.length) return []
    const sum = (field: 'min' | 'max' | 'avg' | 'last'): number =>
      same.reduce((all, one) => all + one[field], point[field])
    return [{ t: point.t, min: sum('min'), max: sum('max'), avg: sum('avg'), last: sum('last') }]
  })
  return { labels: first.labels, points, gaps: parts.flatMap((part) => part?.gaps ?? []) }
}
