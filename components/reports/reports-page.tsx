'use client'

import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { type ReactElement, useMemo } from 'react'
import type { ReportHeadAnswer } from '../../lib/api/schemas/reports.ts'
import { reportsQuery } from '../../lib/client/queries/reports.ts'
import { useListSource, useTableView } from '../../lib/client/table-view.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { reportHref } from '../shell/places.ts'
import { DataTable } from '../ui/data-table.tsx'
import type { DataColumn } from '../ui/data-table-model.ts'
import { PageHeader } from '../ui/page-header.tsx'
import { StateGlyph } from '../ui/state-glyph.tsx'
import { EmptyState } from '../ui/states.tsx'
import { Num, RelativeTime } from '../ui/values.tsx'
import { MakeReport } from './make-report.tsx'

function rowKey(row: ReportHeadAnswer): string {
  return row.id
}

/** Every report that is kept, the newest first. */
export function ReportsPage(): ReactElement {
  const t = useTranslations('reports')
  const view = useTableView()
  const source = useListSource(reportsQuery({ q: view.q, sort: view.sort }))
  const columns = useReportColumns()
  return (
    <>
      <PageHeader title={t('title')}>
        <MakeReport />
      </PageHeader>
      <p className="mb-4 max-w-prose text-ink2">{t('intro')}</p>
      <DataTable
        name="reports"
        label={t('title')}
        columns={columns}
        source={source}
        view={view}
        rowKey={rowKey}
        rowHeightPx={57}
        filterHint={t('filterHint')}
        empty={<EmptyState title={t('empty.title')} text={t('empty.text')} />}
      />
    </>
  )
}

function useReportColumns(): DataColumn<ReportHeadAnswer>[] {
  const t = useTranslations('reports')
  const format = useFormat()
  return useMemo(
    () => [
      {
        id: 'report',
        header: t('columns.report'),
        className: 'w-full min-w-64',
        sortKey: 'to',
        canHide: false,
        isWide: true,
        cell: (row) => (
          <span className="flex min-w-0 items-start gap-2.5 py-1">
            <StateGlyph level={row.level} className="mt-0.5 shrink-0" />
            <span className="min-w-0">
              <Link href={reportHref(row.id)} prefetch={false} className="font-semibold hover:underline">
                {t('period', { from: format.exact(Date.parse(row.from)), to: format.exact(Date.parse(row.to)) })}
              </Link>
              <span className="block truncate text-ink2 text-xs max-sm:whitespace-normal" title={row.summary.join(' ')}>
                {row.summary.join(' ')}
              </span>
            </span>
          </span>
        ),
      },
      {
        id: 'schedule',
        header: t('columns.kind'),
        className: 'min-w-24',
        sortKey: 'schedule',
        priority: 2,
        cell: (row) => <span className="text-ink2">{t(`schedule.${row.schedule ?? 'asked'}`)}</span>,
      },
      {
        id: 'losses',
        header: t('columns.losses'),
        align: 'end',
        sortKey: 'losses',
        cell: (row) => (
          <Num value={row.counts.losses} className={row.counts.losses > 0 ? 'font-semibold text-losing' : ''} />
        ),
      },
      {
        id: 'risk',
        header: t('columns.risk'),
        align: 'end',
        cell: ({ counts: { atRisk } }) => <Num value={atRisk.critical + atRisk.high + atRisk.warning} />,
      },
      {
        id: 'by',
        header: t('columns.by'),
        sortKey: 'madeBy',
        priority: 3,
        cell: (row) => <span className="text-ink2">{row.madeBy}</span>,
      },
      {
        id: 'made',
        header: t('columns.made'),
        align: 'end',
        className: 'min-w-28',
        sortKey: 'madeAt',
        priority: 2,
        cell: (row) => <RelativeTime at={row.madeAt} />,
      },
    ],
    [t, format],
  )
}
