'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { CopyButton } from './copy-button.tsx'

/** A command to be copied into a shell. */
export function CommandLine({ command }: { command: string }): ReactElement {
  const t = useTranslations('ui.copy')
  return (
    <div className="flex max-w-5xl items-start gap-1 pt-1">
      <code className="min-w-0 flex-1 wrap-anywhere rounded border border-line bg-panel px-2 py-1 font-mono text-xs">
        {command}
      </code>
      <CopyButton text={() => command} label={t('command')} />
    </div>
  )
}
