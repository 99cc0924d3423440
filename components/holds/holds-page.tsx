'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { parseAsStringLiteral, useQueryState } from 'nuqs'
import { type ReactElement, useCallback } from 'react'
import type { HoldRowAnswer } from '../../lib/api/schemas/holds.ts'
import { HOLD_FILTERS, type HoldFilter } from '../../lib/client/hold-views.ts'
import { clustersQuery } from '../../lib/client/queries/clusters.ts'
import { holdsQuery } from '../../lib/client/queries/holds.ts'
import { useListSource, useTableView } from '../../lib/client/table-view.ts'
import { RiskFrame } from '../findings/risk-frame.tsx'
import { Button } from '../ui/button.tsx'
import { DataTable } from '../ui/data-table.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { EmptyState } from '../ui/states.tsx'
import { useHoldColumns } from './hold-columns.tsx'

function rowKey(row: HoldRowAnswer): string {
  return row.id
}

/** Which topics of any cluster delete nothing at present, and which did not get back what they had. */
export function HoldsPage(): ReactElement {
  const t = useTranslations('risk.holds')
  const [filter, setFilter] = useQueryState('show', parseAsStringLiteral(HOLD_FILTERS).withDefault('open'))
  const clusters = useQuery(clustersQuery()).data?.items
  const clusterName = useCallback((id: string) => clusters?.find((one) => one.id === id)?.name ?? id, [clusters])
  const view = useTableView()
  const source = useListSource(holdsQuery({ filter, q: view.q, sort: view.sort }))
  const columns = useHoldColumns(clusterName)
  return (
    <RiskFrame part="holds" title={t('title')}>
      <p className="mb-4 max-w-prose text-ink2">{t('intro')}</p>
      <DataTable
        name="holds"
        label={t('title')}
        columns={columns}
        source={source}
        view={view}
        rowKey={rowKey}
        rowHeightPx={57}
        filterHint={t('filterHint')}
        empty={<NoHolds filter={filter} onAll={() => void setFilter('all')} />}
      >
        <Segmented
          label={t('show.label')}
          value={filter}
          options={HOLD_FILTERS.map((value) => ({ value, label: t(`show.${value}`) }))}
          onValueChange={(value) => void setFilter(value)}
        />
      </DataTable>
    </RiskFrame>
  )
}

function NoHolds({ filter, onAll }: { filter: HoldFilter; onAll(): void }): ReactElement {
  const t = useTranslations('risk.holds.empty')
  if (filter === 'all') return <EmptyState title={t('all')} text={t('text')} />
  return <EmptyState title={t(filter)} text={t('text')} action={<Button onClick={onAll}>{t('showAll')}</Button>} />
}
