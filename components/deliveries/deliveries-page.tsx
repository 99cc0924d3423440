'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { DeliveryAnswer } from '../../lib/api/schemas/deliveries.ts'
import { deliveriesQuery } from '../../lib/client/queries/receivers.ts'
import { useListSource, useTableView } from '../../lib/client/table-view.ts'
import { useRights } from '../../lib/client/use-rights.ts'
import { AlertsFrame } from '../alerts/alerts-frame.tsx'
import { DataTable } from '../ui/data-table.tsx'
import { EmptyState } from '../ui/states.tsx'
import { useDeliveryColumns } from './delivery-columns.tsx'

function rowKey(row: DeliveryAnswer): string {
  return row.id
}

/** What receivers were told, and what became of it. */
export function DeliveriesPage(): ReactElement {
  const t = useTranslations('receivers')
  const alerts = useTranslations('alerts')
  const view = useTableView()
  const source = useListSource(deliveriesQuery({ q: view.q, sort: view.sort }))
  const columns = useDeliveryColumns(useRights().may('receivers:write'))
  return (
    <AlertsFrame part="deliveries">
      <DataTable
        name="deliveries"
        label={alerts('parts.deliveries')}
        columns={columns}
        source={source}
        view={view}
        rowKey={rowKey}
        rowHeightPx={57}
        filterHint={t('filterHint.deliveries')}
        empty={<EmptyState title={t('empty.deliveries')} text={t('empty.deliveriesText')} />}
      />
    </AlertsFrame>
  )
}
