/** Which marks share a place on the axis because there is no room for each. No React. */
import type { Bounds } from '../../lib/client/time-range.ts'

export interface ChartMark {
  key: string
  atMs: number
  /** What happened, in words. */
  label: string
}

export interface MarkGroup {
  /** From the left of the plot. */
  xPx: number
  marks: ChartMark[]
}

/** From left to right; no two groups are nearer to each other than `leastPx`, so that each can be pointed at. */
export function markGroups(marks: readonly ChartMark[], bounds: Bounds, widthPx: number, leastPx: number): MarkGroup[] {
  const spanMs = bounds.toMs - bounds.fromMs
  if (spanMs <= 0 || widthPx <= 0) return []
  const groups: MarkGroup[] = []
  const inRange = marks.filter(({ atMs }) => atMs >= bounds.fromMs && atMs <= bounds.toMs)
  for (const mark of inRange.sort((one, other) => one.atMs - other.atMs)) {
    const xPx = ((mark.atMs - bounds.fromMs) / spanMs) * widthPx
    const last = groups.at(-1)
    if (last !== undefined && xPx - last.xPx < leastPx) last.marks.push(mark)
    else groups.push({ xPx, marks: [mark] })
  }
  return groups
}
