'use client'

import { Download } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { type AuditView, EVERYTHING, isFiltered } from '../../lib/client/audit-view.ts'
import { type AuditEntryAnswer, auditExportPath, auditQuery } from '../../lib/client/queries/audit.ts'
import { UNSORTED, useListSource } from '../../lib/client/table-view.ts'
import { Button } from '../ui/button.tsx'
import { DataTable } from '../ui/data-table.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { EmptyState } from '../ui/states.tsx'
import { useAuditColumns } from './audit-columns.tsx'
import { AuditChoices, AuditFilter } from './audit-filter.tsx'
import { useAuditView } from './use-audit-view.ts'

function rowKey(row: AuditEntryAnswer): string {
  return String(row.id)
}

/** Who did what, the newest first. */
export function AuditPage(): ReactElement {
  const t = useTranslations('audit')
  const [view, setView] = useAuditView()
  const source = useListSource(auditQuery(view))
  const columns = useAuditColumns()
  return (
    <>
      <PageHeader title={t('title')}>
        <Button asChild>
          <a href={auditExportPath(view)} download title={t('exportHint')}>
            <Download aria-hidden className="size-4 max-sm:hidden" />
            {t('export')}
          </a>
        </Button>
      </PageHeader>
      <p className="mb-4 max-w-prose text-ink2">{t('intro')}</p>
      <AuditFilter view={view} onFilter={setView} />
      <DataTable
        name="audit"
        label={t('title')}
        columns={columns}
        source={source}
        view={UNSORTED}
        rowKey={rowKey}
        rowHeightPx={57}
        hasFilter={false}
        empty={<NoEntries view={view} onAll={() => setView(EVERYTHING)} />}
      >
        <AuditChoices view={view} onFilter={setView} />
      </DataTable>
    </>
  )
}

function NoEntries({ view, onAll }: { view: AuditView; onAll(): void }): ReactElement {
  const t = useTranslations('audit')
  if (!isFiltered(view)) return <EmptyState title={t('empty.none')} text={t('empty.noneText')} />
  const action = <Button onClick={onAll}>{t('filter.clear')}</Button>
  return <EmptyState title={t('empty.noMatch')} text={t('empty.noMatchText')} action={action} />
}
