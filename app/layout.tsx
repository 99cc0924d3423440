import './globals.css'
import type { Metadata, Viewport } from 'next'
import localFont from 'next/font/local'
import { cookies } from 'next/headers'
import { NextIntlClientProvider } from 'next-intl'
import { getLocale, getMessages, getNow } from 'next-intl/server'
import type { ReactElement, ReactNode } from 'react'
import { Providers } from '../components/shell/providers.tsx'
import { TimeZoneSync } from '../components/shell/time-zone-sync.tsx'
import { parseTheme, THEME_COOKIE } from '../lib/client/preferences.ts'
import { EVERYWHERE, wordsOf } from '../lib/i18n/areas.ts'

const inter = localFont({
  src: '../node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2',
  variable: '--font-inter',
  weight: '100 900',
  display: 'swap',
})

// No title here: each page names itself, with the worst state in front (see PageHeader).
export const metadata: Metadata = { robots: { index: false, follow: false }, referrer: 'same-origin' }

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#ffffff' },
    { media: '(prefers-color-scheme: dark)', color: '#1b1b1a' },
  ],
}

const HTML_LANG = { en: 'en', zh: 'zh-CN' } as const

export default async function RootLayout({ children }: { children: ReactNode }): Promise<ReactElement> {
  const [jar, locale, messages, now] = await Promise.all([cookies(), getLocale(), getMessages(), getNow()])
  const theme = parseTheme(jar.get(THEME_COOKIE)?.value)
  return (
    <html
      lang={HTML_LANG[locale]}
      className={inter.variable}
      {...(theme === 'system' ? {} : { 'data-theme': theme })}
      // The theme is switched on this element without React.
      suppressHydrationWarning
    >
      <body>
        <NextIntlClientProvider messages={wordsOf(messages, EVERYWHERE)}>
          <Providers serverNowMs={now.getTime()}>
            <TimeZoneSync />
            {children}
          </Providers>
        </NextIntlClientProvider>
      </body>
    </html>
  )
}
