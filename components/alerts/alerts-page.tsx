'use client'

import { useQuery } from '@tanstack/react-query'
import dynamic from 'next/dynamic'
import { useTranslations } from 'next-intl'
import { parseAsBoolean, parseAsString, parseAsStringLiteral, useQueryState } from 'nuqs'
import { type ReactElement, useCallback, useMemo } from 'react'
import type { AlertAnswer } from '../../lib/api/schemas/alerts.ts'
import { ALERT_FILTERS, type AlertFilter } from '../../lib/client/alert-views.ts'
import { alertsQuery } from '../../lib/client/queries/alerts.ts'
import { clustersQuery } from '../../lib/client/queries/clusters.ts'
import { useListSource, useTableView } from '../../lib/client/table-view.ts'
import { Button } from '../ui/button.tsx'
import { DataTable } from '../ui/data-table.tsx'
import { NeverPolled } from '../ui/never-polled.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { EmptyState } from '../ui/states.tsx'
import { TableCheckbox } from '../ui/table-checkbox.tsx'
import { useAlertColumns } from './alert-columns.tsx'
import { AlertsFrame } from './alerts-frame.tsx'

/** What is opened by a click alone need not be loaded ahead. */
const AlertDialog = dynamic(async () => (await import('./alert-dialog.tsx')).AlertDialog, { ssr: false })

function rowKey(row: AlertAnswer): string {
  return row.id
}

/** What fires in any cluster, gravest first, and what has ended. */
export function AlertsPage(): ReactElement {
  const t = useTranslations('alerts')
  const [filter, setFilter] = useQueryState('show', parseAsStringLiteral(ALERT_FILTERS).withDefault('open'))
  const [withMuted, setWithMuted] = useQueryState('muted', parseAsBoolean.withDefault(false))
  const [openId, setOpenId] = useQueryState('alert', parseAsString)
  const clusters = useQuery(clustersQuery()).data?.items
  const names = useMemo(() => new Map(clusters?.map(({ id, name }) => [id, name])), [clusters])
  const clusterName = useCallback((id: string) => names.get(id) ?? id, [names])
  const onOpen = useCallback((alert: AlertAnswer) => void setOpenId(alert.id), [setOpenId])
  const view = useTableView()
  const source = useListSource(alertsQuery({ filter, withMuted, q: view.q, sort: view.sort }))
  const columns = useAlertColumns({ clusterName, onOpen })
  return (
    <AlertsFrame part="alerts">
      <DataTable
        name="alerts"
        label={t('title')}
        columns={columns}
        source={source}
        view={view}
        rowKey={rowKey}
        rowHeightPx={57}
        filterHint={t('filterHint')}
        empty={
          source.asOf === null ? <NeverPolled /> : <NoAlerts filter={filter} onAll={() => void setFilter('all')} />
        }
      >
        <Segmented
          label={t('show.label')}
          value={filter}
          options={ALERT_FILTERS.map((value) => ({ value, label: t(`show.${value}`) }))}
          onValueChange={(value) => void setFilter(value)}
        />
        <TableCheckbox label={t('showMuted')} checked={withMuted} onChange={(on) => void setWithMuted(on || null)} />
      </DataTable>
      {openId === null ? null : (
        <AlertDialog
          id={openId}
          clusterName={clusterName}
          onOther={(id) => void setOpenId(id)}
          onClose={() => void setOpenId(null)}
        />
      )}
    </AlertsFrame>
  )
}

function NoAlerts({ filter, onAll }: { filter: AlertFilter; onAll(): void }): ReactElement {
  const t = useTranslations('alerts.empty')
  if (filter === 'all') return <EmptyState title={t('all')} text={t('text')} />
  return <EmptyState title={t(filter)} action={<Button onClick={onAll}>{t('showAll')}</Button>} />
}
