'use client'

import { Check, Link2 } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { Button } from '../ui/button.tsx'
import { useClipboard } from '../ui/use-clipboard.ts'

/** The address says everything that the page shows. Says so when the browser does not let it be copied. */
export function CopyLink(): ReactElement {
  const t = useTranslations('explore')
  const { state, copy, reset } = useClipboard(() => window.location.href)
  const Icon = state === 'copied' ? Check : Link2
  return (
    <>
      <Button onClick={copy} onBlur={reset}>
        <Icon aria-hidden className="size-4" />
        {t(state === 'copied' ? 'copied' : 'copyLink')}
      </Button>
      <span role="status" className={state === 'refused' ? 'text-ink2 text-xs' : 'sr-only'}>
        {state === 'refused' ? t('copyByHand') : state === 'copied' ? t('copied') : ''}
      </span>
    </>
  )
}
