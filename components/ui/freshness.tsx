'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { useNowValue } from '../../lib/client/now.tsx'
import { useFormat } from '../../lib/client/use-format.ts'

/** How old what the page shows is, how often it is renewed, and in which zone its times are. */
export function Freshness({ at, intervalMs }: { at: string | null; intervalMs: number | null }): ReactElement {
  const t = useTranslations('ui.freshness')
  const format = useFormat()
  const atMs = at === null ? 0 : Date.parse(at)
  const ago = useNowValue((nowMs) => (at === null ? t('never') : t('polled', { ago: format.relative(atMs, nowMs) })))
  const zone = useNowValue((nowMs) => format.zone(nowMs))
  return (
    <span className="text-ink3 text-xs">
      <span title={at === null ? undefined : format.exact(atMs)}>{ago}</span>
      {intervalMs === null ? null : ` · ${t('every', { interval: format.duration(intervalMs) })}`}
      {` · ${zone}`}
    </span>
  )
}
