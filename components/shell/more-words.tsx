'use client'

import { NextIntlClientProvider, useLocale, useMessages } from 'next-intl'
import { type ReactElement, type ReactNode, useMemo } from 'react'
import { type Words, withWords } from '../../lib/i18n/areas.ts'

export function MoreWords({ words, children }: { words: Words; children: ReactNode }): ReactElement {
  const locale = useLocale()
  const before = useMessages()
  const messages = useMemo(() => withWords(before, words), [before, words])
  return (
    <NextIntlClientProvider locale={locale} messages={messages}>
      {children}
    </NextIntlClientProvider>
  )
}
