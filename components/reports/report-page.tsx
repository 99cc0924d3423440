'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type ReactElement, useMemo } from 'react'
import type { ReportAnswer } from '../../lib/api/schemas/reports.ts'
import { ApiError } from '../../lib/client/api.ts'
import { reportQuery } from '../../lib/client/queries/reports.ts'
import { reportSections } from '../../lib/client/report-views.ts'
import { STATE_TEXT } from '../../lib/client/states.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { EmptyPanel } from '../shell/empty-panel.tsx'
import { cn } from '../ui/cn.ts'
import { PageHeader } from '../ui/page-header.tsx'
import { Loading, Skeleton } from '../ui/skeleton.tsx'
import { StateGlyph } from '../ui/state-glyph.tsx'
import { ErrorState } from '../ui/states.tsx'
import { ReportExport } from './report-export.tsx'
import { ReportSectionView } from './report-section.tsx'

/** One report: what it said when it was made. */
export function ReportPage({ id }: { id: string }): ReactElement {
  const t = useTranslations('reports')
  const { data, error, refetch } = useQuery(reportQuery(id))
  const isGone = error instanceof ApiError && error.status === 404
  const schedule = data?.schedule ?? 'asked'
  return (
    <>
      <PageHeader title={t('reportTitle', { schedule })} crumbs={[{ label: t('title'), href: '/reports' }]}>
        {data === undefined ? null : <ReportExport id={id} />}
      </PageHeader>
      {data !== undefined ? (
        <ReportBody report={data} />
      ) : isGone ? (
        <EmptyPanel title={t('gone.title')} text={t('gone.text')} href="/reports" action={t('gone.action')} />
      ) : error === null ? (
        <Loading>
          <Skeleton className="mb-4 h-40 w-full" />
          <Skeleton className="h-[32rem] w-full" />
        </Loading>
      ) : (
        <ErrorState error={error} onRetry={() => void refetch()} className="panel" />
      )}
    </>
  )
}

function ReportBody({ report }: { report: ReportAnswer }): ReactElement {
  const sections = useMemo(() => reportSections(report), [report])
  return (
    <div className="space-y-5">
      <ReportHeadline report={report} />
      {sections.map((section) => (
        <ReportSectionView key={section.id} section={section} report={report} />
      ))}
    </div>
  )
}

function ReportHeadline({ report }: { report: ReportAnswer }): ReactElement {
  const t = useTranslations('reports')
  const tStates = useTranslations('states')
  const format = useFormat()
  const exact = (at: string): string => format.exact(Date.parse(at))
  return (
    <section aria-label={t('columns.summary')} className="panel px-4 py-3">
      <p className={cn('flex items-center gap-2 font-semibold text-base', STATE_TEXT[report.level])}>
        <StateGlyph level={report.level} label="" sizePx={18} className="shrink-0" />
        {tStates(`level.${report.level}`)}
      </p>
      <p className="mt-1">{t('period', { from: exact(report.from), to: exact(report.to) })}</p>
      <ul className="mt-2 max-w-prose space-y-0.5">
        {report.summary.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <p className="mt-2 text-ink3 text-xs">{t('made', { at: exact(report.madeAt), by: report.madeBy })}</p>
    </section>
  )
}
