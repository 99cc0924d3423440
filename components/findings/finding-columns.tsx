'use client'

import { useTranslations } from 'next-intl'
import { type ReactElement, useMemo } from 'react'
import type { FindingAnswer } from '../../lib/api/schemas/findings.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { cn } from '../ui/cn.ts'
import type { DataColumn } from '../ui/data-table-model.ts'
import { SeverityMark } from '../ui/severity-mark.tsx'
import { SubjectLink } from '../ui/subject-link.tsx'
import { RelativeTime } from '../ui/values.tsx'
import { MutedMark } from './muted-note.tsx'

interface ColumnOptions {
  /** Null: all rows are of one cluster. */
  clusterName: ((clusterId: string) => string) | null
  /** The configuration names owners of some. */
  hasTeams: boolean
  onOpen(finding: FindingAnswer): void
}

export function useFindingColumns({ clusterName, hasTeams, onOpen }: ColumnOptions): DataColumn<FindingAnswer>[] {
  const t = useTranslations('risk')
  const severities = useTranslations('states.severity')
  return useMemo(() => {
    const columns: DataColumn<FindingAnswer>[] = [
      {
        id: 'finding',
        header: t('columns.finding'),
        className: 'w-full min-w-64',
        canHide: false,
        isWide: true,
        cell: (row) => (
          <span className="flex min-w-0 items-start gap-2.5 py-1">
            {row.mute === null ? <SeverityMark severity={row.severity} /> : <MutedMark />}
            <span className="min-w-0">
              <button
                type="button"
                onClick={() => onOpen(row)}
                className={cn('text-left hover:underline', row.mute === null ? 'font-semibold' : 'text-ink2')}
              >
                {row.title}
              </button>
              <SecondLine finding={row} />
            </span>
          </span>
        ),
      },
      {
        id: 'severity',
        header: t('columns.severity'),
        className: 'min-w-24',
        sortKey: 'severity',
        align: 'start',
        priority: 2,
        cell: (row) => <span className="text-ink2">{severities(row.severity)}</span>,
      },
      {
        id: 'subject',
        header: t('columns.subject'),
        className: 'w-56 min-w-40',
        sortKey: 'subject',
        cell: (row) => (
          <span className="block min-w-0">
            <span className="block truncate" title={row.subject.name}>
              <SubjectLink clusterId={row.clusterId} subject={row.subject}>
                {row.subject.name === '' ? row.clusterId : row.subject.name}
              </SubjectLink>
            </span>
            <span className="block text-ink3 text-xs">{t(`subjects.${row.subject.type}`)}</span>
          </span>
        ),
      },
      {
        id: 'since',
        header: t('columns.since'),
        className: 'min-w-32',
        align: 'end',
        sortKey: 'since',
        priority: 2,
        cell: (row) => <RelativeTime at={row.since} />,
      },
    ]
    if (hasTeams) {
      columns.splice(3, 0, {
        id: 'team',
        header: t('columns.team'),
        className: 'min-w-24',
        priority: 3,
        cell: (row) => <span className="text-ink2">{row.labels.team ?? ''}</span>,
      })
    }
    if (clusterName !== null) {
      columns.splice(3, 0, {
        id: 'cluster',
        header: t('columns.cluster'),
        className: 'min-w-28',
        sortKey: 'clusterId',
        priority: 2,
        cell: (row) => <span className="text-ink2">{clusterName(row.clusterId)}</span>,
      })
    }
    return columns
  }, [t, severities, clusterName, hasTeams, onOpen])
}

/** What is so; of what is muted, until when and why. */
function SecondLine({ finding: { message, mute } }: { finding: FindingAnswer }): ReactElement {
  const t = useTranslations('risk.muted')
  const format = useFormat()
  const text =
    mute === null ? message : t('line', { time: format.exact(Date.parse(mute.untilAt)), reason: mute.reason })
  return (
    <span className="block truncate text-ink2 text-xs max-sm:whitespace-normal" title={text}>
      {text}
    </span>
  )
}
