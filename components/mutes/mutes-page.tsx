'use client'

import { useTranslations } from 'next-intl'
import { parseAsStringLiteral, useQueryState } from 'nuqs'
import type { ReactElement } from 'react'
import type { MuteAnswer } from '../../lib/api/schemas/mutes.ts'
import { MUTE_FILTERS, type MuteFilter } from '../../lib/client/mute-views.ts'
import { muteListQuery } from '../../lib/client/queries/mutes.ts'
import { useListSource, useTableView } from '../../lib/client/table-view.ts'
import { useRights } from '../../lib/client/use-rights.ts'
import { RiskFrame } from '../findings/risk-frame.tsx'
import { Button } from '../ui/button.tsx'
import { DataTable } from '../ui/data-table.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { EmptyState } from '../ui/states.tsx'
import { useMuteColumns } from './mute-columns.tsx'

function rowKey(row: MuteAnswer): string {
  return row.id
}

/** Everything that is muted in any cluster: by whom, why, until when, and how much it hides. */
export function MutesPage(): ReactElement {
  const t = useTranslations('risk.mutes')
  const [filter, setFilter] = useQueryState('show', parseAsStringLiteral(MUTE_FILTERS).withDefault('active'))
  const view = useTableView()
  const source = useListSource(muteListQuery({ filter, q: view.q, sort: view.sort }))
  const columns = useMuteColumns(useRights().may('findings:mute'))
  return (
    <RiskFrame part="mutes" title={t('title')}>
      <p className="mb-4 max-w-prose text-ink2">{t('intro')}</p>
      <DataTable
        name="mutes"
        label={t('title')}
        columns={columns}
        source={source}
        view={view}
        rowKey={rowKey}
        rowHeightPx={57}
        filterHint={t('filterHint')}
        empty={<NoMutes filter={filter} onAll={() => void setFilter('all')} />}
      >
        <Segmented
          label={t('show.label')}
          value={filter}
          options={MUTE_FILTERS.map((value) => ({ value, label: t(`show.${value}`) }))}
          onValueChange={(value) => void setFilter(value)}
        />
      </DataTable>
    </RiskFrame>
  )
}

function NoMutes({ filter, onAll }: { filter: MuteFilter; onAll(): void }): ReactElement {
  const t = useTranslations('risk.mutes.empty')
  if (filter === 'all') return <EmptyState title={t('all')} text={t('text')} />
  return <EmptyState title={t(filter)} text={t('text')} action={<Button onClick={onAll}>{t('showAll')}</Button>} />
}
