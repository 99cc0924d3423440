'use client'

import { Download, Printer } from 'lucide-react'
import { useLocale, useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { reportFile } from '../../lib/client/queries/reports.ts'
import { Button } from '../ui/button.tsx'

const FORMATS = ['html', 'csv', 'json'] as const
const LANGUAGES = { en: 'en', zh: 'zh-CN' } as const

/** The report as a file in the language of the page, and on paper. */
export function ReportExport({ id }: { id: string }): ReactElement {
  const t = useTranslations('reports.export')
  const language = LANGUAGES[useLocale()]
  return (
    <fieldset className="flex flex-wrap items-center gap-2">
      <legend className="sr-only">{t('label')}</legend>
      {FORMATS.map((format) => (
        <Button key={format} asChild>
          <a href={reportFile(id, format, language)} download>
            <Download aria-hidden className="size-3.5" />
            {t(format)}
          </a>
        </Button>
      ))}
      <Button onClick={() => window.print()}>
        <Printer aria-hidden className="size-3.5" />
        {t('print')}
      </Button>
    </fieldset>
  )
}
