import { reportSections } from '../../client/report-views.ts'
import { csvLine } from '../../csv.ts'
import type { ReportAnswer } from '../schemas/reports.ts'

const COLUMNS = [
  ...[
    'reportId',
    'periodFrom',
    'periodTo',
    'section',
    'cluster',
    'subjectType',
    'subject',
    'team',
    'level',
    'severity',
  ],
  ...['title', 'text', 'from', 'to', 'count', 'by', 'outcome', 'note'],
]

/** One line for each thing that the report tells, in the order of its page. What is not known stays empty. */
export function reportCsv(report: ReportAnswer): string {
  const head = [report.id, report.from, report.to]
  const lines = reportSections(report).flatMap(({ id, lines }) =>
    lines.map(({ clusterId, subject, team, level, severity, title, text, from, to, count, by, outcome, note }) =>
      csvLine([
        ...[...head, id, clusterId, subject?.type, subject?.name, team, level, severity],
        ...[title, text, from, to, count, by, outcome, note],
      ]),
    ),
  )
  return [csvLine(COLUMNS), ...lines, ''].join('\r\n')
}
