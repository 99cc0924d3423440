'use client'

import { useTranslations } from 'next-intl'
import { type ReactElement, type ReactNode, useMemo } from 'react'
import type { ReportAnswer } from '../../lib/api/schemas/reports.ts'
import { columnsOf, type ReportLine, type ReportSection } from '../../lib/client/report-views.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { PanelSection } from '../ui/panel-section.tsx'
import { SeverityMark } from '../ui/severity-mark.tsx'
import { StateGlyph } from '../ui/state-glyph.tsx'
import { type StaticColumn, StaticTable } from '../ui/static-table.tsx'
import { SubjectLink } from '../ui/subject-link.tsx'

/** A heading, what there is under it, and what there is not: no section is left out because it is empty. */
export function ReportSectionView({ section, report }: { section: ReportSection; report: ReportAnswer }): ReactElement {
  const t = useTranslations('reports')
  const { id, lines, total } = section
  const columns = useLineColumns(lines)
  const more = (total ?? 0) - lines.length
  const notes = [
    more > 0 ? t('more', { count: more }) : '',
    id === 'began' && report.isCut ? t('cut') : '',
    id === 'forecasts' && report.forecasts !== null ? t('forecastUnknown', { count: report.forecasts.unknown }) : '',
  ].filter((note) => note !== '')
  const heading = `report-${id}`
  return (
    <PanelSection
      id={heading}
      title={t(`sections.${id}.title`)}
      {...(notes.length === 0 ? {} : { note: notes.join(' ') })}
    >
      {lines.length === 0 ? (
        <p className="px-4 py-3 text-ink2">{total === null ? t('forecastOver') : t(`sections.${id}.empty`)}</p>
      ) : (
        <StaticTable columns={columns} rows={lines} rowKey={({ key }) => key} labelledBy={heading} />
      )}
    </PanelSection>
  )
}

function useLineColumns(lines: readonly ReportLine[]): StaticColumn<ReportLine>[] {
  const t = useTranslations('reports')
  const format = useFormat()
  return useMemo(() => {
    const shown = columnsOf(lines)
    const time = (at: string | null): ReactNode =>
      at === null ? null : (
        <time dateTime={at} className="whitespace-nowrap">
          {format.exact(Date.parse(at))}
        </time>
      )
    const cells: Record<keyof typeof shown, (line: ReportLine) => ReactNode> = {
      cluster: ({ clusterId }) => clusterId,
      subject: (line) => <LineSubject line={line} />,
      team: ({ team }) => team ?? <span className="text-ink3">{t('noOwner')}</span>,
      from: ({ from }) => time(from),
      to: ({ to }) => time(to),
      count: ({ count }) => (count === null ? null : format.number(count)),
      by: ({ by }) => by,
      note: ({ outcome, note }) => [outcome === null ? null : t(`outcomes.${outcome}`), note].filter(Boolean).join(' '),
    }
    const names = (['cluster', 'subject', 'team', 'from', 'to', 'count', 'by', 'note'] as const).filter(
      (name) => shown[name],
    )
    return [
      {
        id: 'what',
        header: t('columns.what'),
        cell: (line) => <LineText line={line} />,
        isRowHeader: true,
        className: 'max-sm:col-span-2 sm:min-w-64',
      },
      ...names.map(
        (name): StaticColumn<ReportLine> => ({
          id: name,
          header: t(`columns.${name}`),
          cell: cells[name],
          isLabelled: true,
          className: 'break-words',
          ...(name === 'count' ? { align: 'end' } : {}),
        }),
      ),
    ]
  }, [lines, t, format])
}

function LineText({ line }: { line: ReportLine }): ReactElement {
  const t = useTranslations('reports')
  const { severity, level, title, text, isDoubtful } = line
  return (
    <span className="flex min-w-0 items-start gap-2.5">
      {severity !== null ? (
        <SeverityMark severity={severity} />
      ) : level !== null ? (
        <StateGlyph level={level} className="mt-0.5 shrink-0" />
      ) : null}
      <span className="min-w-0 [overflow-wrap:anywhere]">
        <span className="font-semibold">{title}</span>
        {text === null ? null : <span className="block text-ink2 text-xs">{text}</span>}
        {isDoubtful ? <span className="block text-ink2 text-xs">{t('doubtful')}</span> : null}
      </span>
    </span>
  )
}

/** What is gone since has no page any more, which its page then says. */
function LineSubject({ line: { clusterId, subject } }: { line: ReportLine }): ReactElement | null {
  if (clusterId === null || subject === null || subject.name === '') return null
  return (
    <SubjectLink clusterId={clusterId} subject={subject}>
      {subject.name}
    </SubjectLink>
  )
}
