'use client'

import { Check, Copy } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { Button } from './button.tsx'
import { useClipboard } from './use-clipboard.ts'

/** Copies a text. Says so when the browser does not let it be copied. `label` says what is copied. */
export function CopyButton({ text, label }: { text: () => string; label: string }): ReactElement {
  const t = useTranslations('ui.copy')
  const { state, copy, reset } = useClipboard(text)
  const Icon = state === 'copied' ? Check : Copy
  return (
    <>
      <span role="status" className={state === 'refused' ? 'text-ink2 text-xs' : 'sr-only'}>
        {state === 'ready' ? '' : t(state)}
      </span>
      <Button look="quiet" square className="size-7" aria-label={label} title={label} onClick={copy} onBlur={reset}>
        <Icon aria-hidden className="size-3.5" />
      </Button>
    </>
  )
}
