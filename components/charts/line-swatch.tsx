import './charts.css'
import type { ReactElement } from 'react'
import type { LineLook } from './line-look.ts'

export function LineSwatch({ look }: { look: LineLook }): ReactElement {
  return (
    <svg width="16" height="8" aria-hidden="true" className="shrink-0">
      <line x1="0" x2="16" y1="4" y2="4" stroke={look.stroke} strokeWidth="2" strokeDasharray={look.dash} />
    </svg>
  )
}
