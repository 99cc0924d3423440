import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { StateLevel } from '../../lib/client/states.ts'

/** Each state has its own outline as well as its own colour, so that it is told apart without colour. */
const SHAPES: Record<StateLevel, ReactElement> = {
  losing: (
    <>
      <path d="M5 1h6l4 4v6l-4 4H5l-4-4V5z" fill="var(--losing)" />
      <path d="M8 4v5M8 11.2v.6" stroke="var(--panel)" strokeWidth="1.8" strokeLinecap="round" />
    </>
  ),
  atRisk: (
    <>
      <path d="M8 1.8 15 14H1z" fill="var(--riskbg)" stroke="var(--risk)" strokeWidth="1.5" strokeLinejoin="round" />
      <path d="M8 6v4M8 12v.2" stroke="var(--risk)" strokeWidth="1.5" strokeLinecap="round" />
    </>
  ),
  watch: <circle cx="8" cy="8" r="5.5" fill="none" stroke="var(--watch)" strokeWidth="1.8" />,
  safe: (
    <path
      d="m2.8 8.6 3.4 3.4 7-7.6"
      fill="none"
      stroke="var(--safe)"
      strokeWidth="1.7"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  ),
  unknown: (
    <>
      <rect x="2" y="2" width="12" height="12" rx="1.5" fill="none" stroke="var(--unknown)" strokeWidth="1.2" />
      <path d="m2.5 7 4.5-4.5M2.5 11.5l9-9M4.5 13.5l9-9M9 13.5 13.5 9" stroke="var(--unknown)" strokeWidth="1" />
    </>
  ),
}

export interface StateGlyphProps {
  level: StateLevel
  /** What it says to those who do not see it; the state's own word when left out, nothing when empty. */
  label?: string
  sizePx?: number
  className?: string
}

export function StateGlyph({ level, label, sizePx = 16, className }: StateGlyphProps): ReactElement {
  const t = useTranslations('states')
  const name = label ?? t(`level.${level}`)
  const frame = { width: sizePx, height: sizePx, viewBox: '0 0 16 16', className, 'data-state-level': level }
  if (name === '') {
    return (
      <svg aria-hidden="true" {...frame}>
        {SHAPES[level]}
      </svg>
    )
  }
  return (
    <svg role="img" aria-label={name} {...frame}>
      <title>{name}</title>
      {SHAPES[level]}
    </svg>
  )
}
