'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { EffectiveSettingAnswer } from '../../lib/api/schemas/lint.ts'
import { PanelSection } from '../ui/panel-section.tsx'
import { type StaticColumn, StaticTable } from '../ui/static-table.tsx'
import { Unknown } from '../ui/values.tsx'

/** Every setting that is judged, also those that nothing is wrong with. */
export function EffectiveTable({ settings }: { settings: readonly EffectiveSettingAnswer[] }): ReactElement | null {
  const t = useTranslations('lint')
  const columns = useColumns()
  if (settings.length === 0) return null
  return (
    <PanelSection id="lint-effective" title={t('effective')} note={t('effectiveNote')}>
      <StaticTable labelledBy="lint-effective" columns={columns} rows={settings} rowKey={({ setting }) => setting} />
    </PanelSection>
  )
}

function useColumns(): StaticColumn<EffectiveSettingAnswer>[] {
  const t = useTranslations('lint')
  return [
    {
      ...{ id: 'setting', header: t('setting'), isRowHeader: true, className: 'max-sm:col-span-2' },
      cell: ({ setting }) => <code className="wrap-anywhere font-mono text-xs">{setting}</code>,
    },
    {
      ...{ id: 'value', header: t('value') },
      cell: ({ value, source }) => {
        if (value !== null) return <code className="wrap-anywhere font-mono text-xs">{value}</code>
        return source === 'unknown' ? <Unknown /> : <span className="text-ink3">{t('none')}</span>
      },
    },
    {
      ...{ id: 'source', header: t('source'), className: 'text-ink2', headerClassName: 'w-40' },
      cell: ({ source, line }) => (source === 'set' && line !== null ? t('line', { line }) : t(`sources.${source}`)),
    },
  ]
}
