'use client'

import { Search } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { createContext, type ReactElement, useContext } from 'react'
import { Button } from '../ui/button.tsx'

export const PaletteContext = createContext<() => void>(() => undefined)

/** Opens the command palette with a click, and teaches its key. */
export function PaletteKey(): ReactElement {
  const t = useTranslations('shell.palette')
  const open = useContext(PaletteContext)
  return (
    <Button onClick={open} title={t('title')} aria-keyshortcuts="Control+K Meta+K" className="px-2 text-ink2">
      <Search aria-hidden className="size-4" />
      <span className="sr-only">{t('title')}</span>
      <kbd aria-hidden className="font-sans text-xs max-lg:hidden">
        {t('keys')}
      </kbd>
    </Button>
  )
}
