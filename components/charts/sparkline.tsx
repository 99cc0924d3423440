import './charts.css'
import type { ReactElement } from 'react'
import type { Bounds } from '../../lib/client/time-range.ts'
import type { SeriesGap, SeriesPoint, Statistic } from './series-model.ts'
import { sparklineGeometry } from './sparkline-geometry.ts'

export interface SparklineProps {
  points: readonly SeriesPoint[]
  gaps: readonly SeriesGap[]
  stepSeconds: number
  bounds: Bounds
  /** What a person who cannot see the line is told: its name and how it went. */
  label: string
  statistic?: Statistic
  leastSpan?: number
  /** A state's colour only when the number itself is in that state. */
  tone?: 'neutral' | 'losing' | 'risk' | 'watch'
  width?: number
  height?: number
  className?: string
}

const STROKES = {
  neutral: 'var(--ink2)',
  losing: 'var(--losing)',
  risk: 'var(--risk)',
  watch: 'var(--watch)',
} as const

/** A line without axes for tables and rows. Plain SVG: a page with a hundred of them stays quick and needs no chart library. */
export function Sparkline(props: SparklineProps): ReactElement {
  const { label, tone = 'neutral', width = 136, height = 26, className } = props
  const geometry = sparklineGeometry({ ...props, statistic: props.statistic ?? 'last', width, height })
  return (
    <svg
      className={className}
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {geometry.blocks.map((block) => (
        <rect key={block.x} x={block.x} y={0} width={block.width} height={height} fill="var(--gap)" />
      ))}
      {geometry.lines.map((line) => (
        <polyline
          key={line}
          points={line}
          fill="none"
          stroke={STROKES[tone]}
          strokeWidth={1.25}
          strokeLinejoin="round"
          strokeLinecap="round"
          vectorEffect="non-scaling-stroke"
        />
      ))}
    </svg>
  )
}
