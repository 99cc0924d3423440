'use client'

import { Lock } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { BytesAnswer } from '../../lib/api/schemas/messages.ts'
import { useFormat } from '../../lib/client/use-format.ts'

export function isWithheld(payload: BytesAnswer | null): boolean {
  return payload?.masking === 'withheld'
}

/** Bytes that are there and not for this token: how many, and why nothing else is told. Never looks like an empty value. */
export function Withheld({ payload, isLong = false }: { payload: BytesAnswer; isLong?: boolean }): ReactElement {
  const t = useTranslations('ui.withheld')
  const size = useFormat().bytes(payload.sizeBytes)
  return (
    <span className="inline-flex items-baseline gap-1.5 font-sans text-ink3" title={isLong ? undefined : t('why')}>
      <Lock aria-hidden className="size-3 shrink-0 self-center" />
      <span>{t(isLong ? 'long' : 'mark', { size })}</span>
    </span>
  )
}
