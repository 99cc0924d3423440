'use client'

import { useTranslations } from 'next-intl'
import { type ReactElement, useMemo } from 'react'
import type { AlertAnswer } from '../../lib/api/schemas/alerts.ts'
import { isLoud } from '../../lib/client/alert-views.ts'
import { MutedMark } from '../findings/muted-note.tsx'
import type { DataColumn } from '../ui/data-table-model.ts'
import { SeverityMark } from '../ui/severity-mark.tsx'
import { StateGlyph } from '../ui/state-glyph.tsx'
import { SubjectLink } from '../ui/subject-link.tsx'
import { RelativeTime } from '../ui/values.tsx'

interface ColumnOptions {
  clusterName(clusterId: string): string
  onOpen(alert: AlertAnswer): void
}

export function useAlertColumns({ clusterName, onOpen }: ColumnOptions): DataColumn<AlertAnswer>[] {
  const t = useTranslations('alerts')
  return useMemo(
    () => [
      {
        id: 'alert',
        header: t('columns.alert'),
        className: 'w-full min-w-64',
        canHide: false,
        isWide: true,
        sortKey: 'urgency',
        cell: (row) => <Title alert={row} onOpen={onOpen} />,
      },
      {
        id: 'subject',
        header: t('columns.subject'),
        className: 'w-56 min-w-40',
        sortKey: 'subject',
        cell: (row) => (
          <span className="min-w-0 break-words">
            <SubjectLink clusterId={row.clusterId} subject={row.subject}>
              {row.subject.name === '' ? clusterName(row.clusterId) : row.subject.name}
            </SubjectLink>
          </span>
        ),
      },
      {
        id: 'cluster',
        header: t('columns.cluster'),
        className: 'min-w-28',
        sortKey: 'clusterId',
        priority: 2,
        cell: (row) => <span className="text-ink2">{clusterName(row.clusterId)}</span>,
      },
      {
        id: 'state',
        header: t('columns.state'),
        className: 'min-w-44',
        sortKey: 'state',
        cell: (row) => <State alert={row} />,
      },
      {
        id: 'started',
        header: t('columns.started'),
        className: 'min-w-28',
        align: 'end',
        sortKey: 'startedAt',
        cell: (row) => <RelativeTime at={row.startedAt} />,
      },
      {
        id: 'ended',
        header: t('columns.ended'),
        className: 'min-w-28',
        align: 'end',
        sortKey: 'endedAt',
        priority: 3,
        cell: (row) => (row.endedAt === null ? null : <RelativeTime at={row.endedAt} />),
      },
    ],
    [t, clusterName, onOpen],
  )
}

function Title({ alert, onOpen }: { alert: AlertAnswer; onOpen(alert: AlertAnswer): void }): ReactElement {
  return (
    <span className="flex min-w-0 items-start gap-2.5 py-1">
      <Mark alert={alert} />
      <span className="min-w-0">
        <button type="button" onClick={() => onOpen(alert)} className="text-left font-semibold hover:underline">
          {alert.title}
        </button>
        <span className="block truncate text-ink2 text-xs max-sm:whitespace-normal" title={alert.summary}>
          {alert.summary}
        </span>
      </span>
    </span>
  )
}

/** What nobody sees now has the mark of what is not known, whatever it was. */
function Mark({ alert }: { alert: AlertAnswer }): ReactElement {
  const t = useTranslations('alerts.states')
  if (alert.mute !== null) return <MutedMark />
  const { state } = alert
  if (state === 'noData' || state === 'pollError')
    return <StateGlyph level="unknown" label={t(state)} className="mt-0.5 shrink-0" />
  if (state === 'resolved') return <StateGlyph level="safe" label={t(state)} className="mt-0.5 shrink-0" />
  return <SeverityMark severity={alert.severity} />
}

function State({ alert }: { alert: AlertAnswer }): ReactElement {
  const t = useTranslations('alerts')
  const { state, isFlapping, acknowledgedBy, acknowledgedAt, silence, inhibitedBy } = alert
  const notes = [
    ...(isFlapping && state !== 'resolved' ? [t('notes.flapping')] : []),
    ...(acknowledgedAt === null ? [] : [t('notes.acknowledged', { actor: acknowledgedBy ?? '' })]),
    ...(silence === null ? [] : [t('notes.silenced')]),
    ...(inhibitedBy === null ? [] : [t('notes.inhibited')]),
  ]
  return (
    <span className="min-w-0">
      <span className={isLoud(alert) ? 'font-semibold' : 'text-ink2'}>{t(`states.${state}`)}</span>
      {notes.length === 0 ? null : <span className="block text-ink3 text-xs">{notes.join(' · ')}</span>}
    </span>
  )
}
