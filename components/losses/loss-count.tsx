'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { LossAnswer } from '../../lib/api/schemas/losses.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { Unknown } from '../ui/values.tsx'

/** How many are gone, and whether that is exact. */
export function LossCount({ loss: { count, countBound } }: { loss: LossAnswer }): ReactElement {
  const t = useTranslations('losses.bound')
  const format = useFormat()
  if (count === null) return <Unknown />
  return (
    <span className="whitespace-nowrap">
      {countBound === 'exact' ? null : <span className="text-ink3 text-xs">{t(countBound)} </span>}
      {format.number(count)}
    </span>
  )
}
