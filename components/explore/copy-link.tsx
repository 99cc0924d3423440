'use client'

import { Check, Link2 } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { type ReactElement, useState } from 'react'
import { Button } from '../ui/button.tsx'

/** The address says everything that the page shows. Says so when the browser does not let it be copied. */
export function CopyLink(): ReactElement {
  const t = useTranslations('explore')
  const [state, setState] = useState<'ready' | 'copied' | 'refused'>('ready')
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(window.location.href)
      setState('copied')
    } catch {
      // Without HTTPS there is no clipboard, or the person forbade it.
      setState('refused')
    }
  }
  const Icon = state === 'copied' ? Check : Link2
  return (
    <>
      <Button onClick={() => void copy()} onBlur={() => setState('ready')}>
        <Icon aria-hidden className="size-4" />
        {t(state === 'copied' ? 'copied' : 'copyLink')}
      </Button>
      <span role="status" className={state === 'refused' ? 'text-ink2 text-xs' : 'sr-only'}>
        {state === 'refused' ? t('copyByHand') : state === 'copied' ? t('copied') : ''}
      </span>
    </>
  )
}
