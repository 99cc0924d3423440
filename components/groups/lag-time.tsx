'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { GroupPartitionAnswer } from '../../lib/api/schemas/groups.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { Unknown } from '../ui/values.tsx'

interface LagTimeProps {
  seconds: number | null
  source?: GroupPartitionAnswer['lagSecondsSource']
  why?: string | null
}

/** How old the first unread message is; where that number comes from stands in its title, and an estimate says so. */
export function LagTime({ seconds, source, why }: LagTimeProps): ReactElement {
  const t = useTranslations('groups')
  const format = useFormat()
  if (seconds === null) return <Unknown why={why ?? null} />
  const text = format.duration(Math.round(seconds) * 1_000)
  if (source === undefined || source === null) return <span>{text}</span>
  return (
    <span title={t(`lagSource.${source}`)}>
      {source === 'interpolated' || source === 'batch' ? t('about', { value: text }) : text}
    </span>
  )
}
