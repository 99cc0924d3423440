'use client'

import { Settings2 } from 'lucide-react'
import { useLocale, useTranslations } from 'next-intl'
import { type ReactElement, useState } from 'react'
import { LOCALE_COOKIE, rememberPreference, THEME_COOKIE, THEMES, type Theme } from '../../lib/client/preferences.ts'
import { LOCALES, type Locale } from '../../lib/i18n/locale.ts'
import { Button } from '../ui/button.tsx'
import { Menu, MenuRadioGroup, MenuSeparator } from '../ui/menu.tsx'

function applyTheme(theme: Theme): void {
  rememberPreference(THEME_COOKIE, theme)
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

/** Answers of the API come in the chosen language too, so all of the page is asked for again. */
function applyLocale(locale: Locale): void {
  rememberPreference(LOCALE_COOKIE, locale)
  window.location.reload()
}

export function Preferences({ theme: atFirst }: { theme: Theme }): ReactElement {
  const t = useTranslations('shell')
  const locale = useLocale()
  const [theme, setTheme] = useState(atFirst)
  const trigger = (
    <Button look="quiet" square aria-label={t('preferences')} title={t('preferences')}>
      <Settings2 aria-hidden className="size-4" />
    </Button>
  )
  return (
    <Menu trigger={trigger} align="end">
      <MenuRadioGroup
        label={t('theme.label')}
        value={theme}
        options={THEMES.map((value) => ({ value, label: t(`theme.${value}`) }))}
        onValueChange={(next) => {
          setTheme(next)
          applyTheme(next)
        }}
      />
      <MenuSeparator />
      <MenuRadioGroup
        label={t('language.label')}
        value={locale}
        options={LOCALES.map((value) => ({ value, label: t(`language.${value}`) }))}
        onValueChange={applyLocale}
      />
    </Menu>
  )
}

/** The other language in its own name, one click away for those who cannot read this one. */
export function LanguageSwitch(): ReactElement {
  const t = useTranslations('shell.language')
  const locale = useLocale()
  const other: Locale = locale === 'en' ? 'zh' : 'en'
  return (
    <Button look="quiet" lang={other === 'zh' ? 'zh-CN' : 'en'} className="px-2" onClick={() => applyLocale(other)}>
      {t(other)}
    </Button>
  )
}
