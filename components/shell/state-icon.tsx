'use client'

import type { ReactElement } from 'react'
import type { StateLevel } from '../../lib/client/states.ts'
import { useWorstVerdict } from './window-title.tsx'

/** The browser's tab shows the worst state. The files are of one shape each, as everywhere else. */
const ICONS: Record<StateLevel, string> = {
  losing: '/icons/losing.svg',
  atRisk: '/icons/at-risk.svg',
  watch: '/icons/watch.svg',
  safe: '/icons/safe.svg',
  unknown: '/icons/unknown.svg',
}

export function StateIcon(): ReactElement {
  const level = useWorstVerdict()?.level ?? 'unknown'
  return <link rel="icon" type="image/svg+xml" href={ICONS[level]} />
}
