import type { Bounds } from '../../lib/client/time-range.ts'
import type { ChartSeries, SeriesGap, SeriesPoint, Statistic } from './series-model.ts'
import { gapBlocks } from './series-model.ts'

export interface SparklineInput {
  points: readonly SeriesPoint[]
  gaps: readonly SeriesGap[]
  stepSeconds: number
  bounds: Bounds
  statistic: Statistic
  /** A smaller change than this does not fill the height: the disk's hundredths are not to look like a landslide. */
  leastSpan?: number
  width: number
  height: number
}

export interface SparklineGeometry {
  /** One `points` attribute per unbroken stretch. */
  lines: string[]
  blocks: { x: number; width: number }[]
}

const PADDING = 2
/** A gap stays visible however short it is. */
const MIN_BLOCK_WIDTH = 2

export function sparklineGeometry(input: SparklineInput): SparklineGeometry {
  const { bounds, width } = input
  const x = (t: number): number => ((t - bounds.fromMs) / (bounds.toMs - bounds.fromMs)) * width
  const series: ChartSeries = { key: '', label: '', points: [...input.points], gaps: [...input.gaps] }
  const gaps = gapBlocks([series])
  const blocks = gaps.map((gap) => {
    const from = Math.max(0, x(gap.fromMs))
    const to = Math.min(width, x(gap.toMs))
    return { x: round(from), width: round(Math.max(MIN_BLOCK_WIDTH, to - from)) }
  })
  const stretches = unbrokenStretches(series.points, gaps, input.stepSeconds * 1_000)
  const y = scaleY(series.points, input)
  const lines = stretches.map((stretch) =>
    strokeOf(
      stretch.map((point) => [x(point.t), y(point)]),
      width,
    ),
  )
  return { lines, blocks: blocks.filter((block) => block.x < width) }
}

function unbrokenStretches(
  points: readonly SeriesPoint[],
  gaps: readonly { fromMs: number; toMs: number }[],
  stepMs: number,
): SeriesPoint[][] {
  const stretches: SeriesPoint[][] = []
  let current: SeriesPoint[] = []
  for (const point of points) {
    const before = current.at(-1)
    const isBroken = before !== undefined && gaps.some((gap) => gap.fromMs < point.t && gap.toMs > before.t + stepMs)
    if (isBroken) {
      stretches.push(current)
      current = []
    }
    current.push(point)
  }
  if (current.length > 0) stretches.push(current)
  return stretches
}

/** A constant line sits in the middle when it is above zero and on the ground when it is zero. */
function scaleY(points: readonly SeriesPoint[], input: SparklineInput): (point: SeriesPoint) => number {
  const values = points.map((point) => point[input.statistic])
  const least = values.reduce((a, b) => Math.min(a, b), Infinity)
  const most = values.reduce((a, b) => Math.max(a, b), -Infinity)
  const inner = input.height - 2 * PADDING
  if (least === most) {
    const flat = most === 0 ? input.height - PADDING : input.height / 2
    return () => flat
  }
  const span = Math.max(most - least, input.leastSpan ?? 0)
  const ground = (least + most - span) / 2
  return (point) => PADDING + inner - ((point[input.statistic] - ground) / span) * inner
}

/** A single sample becomes a short dash: a point of no length is not drawn by every browser. */
function strokeOf(places: readonly (readonly [number, number])[], width: number): string {
  const [first] = places
  if (places.length === 1 && first !== undefined) {
    const [x, y] = first
    return `${round(Math.max(0, x - 1))},${round(y)} ${round(Math.min(width, x + 1))},${round(y)}`
  }
  return places.map(([x, y]) => `${round(x)},${round(y)}`).join(' ')
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
