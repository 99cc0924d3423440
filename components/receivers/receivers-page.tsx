'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { ReceiverAnswer } from '../../lib/api/schemas/receivers.ts'
import { receiversQuery } from '../../lib/client/queries/receivers.ts'
import { useListSource, useTableView } from '../../lib/client/table-view.ts'
import { useRights } from '../../lib/client/use-rights.ts'
import { AlertsFrame } from '../alerts/alerts-frame.tsx'
import { DataTable } from '../ui/data-table.tsx'
import { EmptyState } from '../ui/states.tsx'
import { AddReceiver } from './add-receiver.tsx'
import { useReceiverColumns } from './receiver-columns.tsx'

function rowKey(row: ReceiverAnswer): string {
  return row.id
}

/** Who can be told, and whether that works. */
export function ReceiversPage(): ReactElement {
  const t = useTranslations('receivers')
  const alerts = useTranslations('alerts')
  const view = useTableView()
  const source = useListSource(receiversQuery({ q: view.q, sort: view.sort }))
  const mayChange = useRights().may('receivers:write')
  const columns = useReceiverColumns(mayChange)
  return (
    <AlertsFrame part="receivers" beside={mayChange ? <AddReceiver /> : null}>
      <DataTable
        name="receivers"
        label={alerts('parts.receivers')}
        columns={columns}
        source={source}
        view={view}
        rowKey={rowKey}
        rowHeightPx={57}
        filterHint={t('filterHint.receivers')}
        empty={<EmptyState title={t('empty.receivers')} text={t('empty.receiversText')} />}
      />
    </AlertsFrame>
  )
}
