'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type ReactElement, useId } from 'react'
import type { SilenceAnswer } from '../../lib/api/schemas/alerts.ts'
import { forgetAlerts, removeSilence, silencesQuery } from '../../lib/client/queries/alerts.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { useRights } from '../../lib/client/use-rights.ts'
import { Button } from '../ui/button.tsx'
import { EmptyState, ErrorState } from '../ui/states.tsx'
import { type StaticColumn, StaticTable } from '../ui/static-table.tsx'
import { RelativeTime } from '../ui/values.tsx'
import { AlertsFrame } from './alerts-frame.tsx'

/** Of which alerts nobody is told, from when until when, by whom and why. */
export function SilencesPage(): ReactElement {
  const t = useTranslations('alerts.silences')
  const id = useId()
  const { data, error } = useQuery(silencesQuery())
  const columns = useSilenceColumns(useRights().may('alerts:write'))
  return (
    <AlertsFrame part="silences">
      {error === null ? null : <ErrorState error={error} />}
      {data === undefined ? null : (
        <section className="panel">
          <h2 id={id} className="sr-only">
            {t('title')}
          </h2>
          {data.items.length === 0 ? (
            <EmptyState title={t('none')} text={t('noneText')} />
          ) : (
            <StaticTable columns={columns} rows={data.items} rowKey={(row) => row.id} labelledBy={id} />
          )}
        </section>
      )}
    </AlertsFrame>
  )
}

function useSilenceColumns(mayEnd: boolean): StaticColumn<SilenceAnswer>[] {
  const t = useTranslations('alerts.silences')
  const format = useFormat()
  return [
    {
      id: 'pattern',
      header: t('columns.pattern'),
      isRowHeader: true,
      className: 'max-sm:col-span-2',
      cell: ({ code, cluster, subject, severity }) => (
        <code className="break-all font-mono text-xs">
          {[code, cluster, subject, ...(severity === null ? [] : [severity])].join(' · ')}
        </code>
      ),
    },
    {
      id: 'reason',
      header: t('columns.reason'),
      isLabelled: true,
      cell: ({ reason, createdBy }) => (
        <span className="block min-w-0 break-words">
          {reason}
          <span className="block text-ink3 text-xs">{createdBy ?? t('inFile')}</span>
        </span>
      ),
    },
    {
      id: 'time',
      header: t('columns.until'),
      isLabelled: true,
      cell: ({ fromAt, untilAt, isActive }) =>
        isActive || fromAt === null || Date.parse(untilAt) < Date.now() ? (
          <RelativeTime at={untilAt} />
        ) : (
          t('planned', { from: format.exact(Date.parse(fromAt)), until: format.exact(Date.parse(untilAt)) })
        ),
    },
    {
      id: 'alerts',
      header: t('columns.alerts'),
      align: 'end',
      isLabelled: true,
      cell: ({ alerts }) => format.number(alerts),
    },
    {
      id: 'end',
      header: t('columns.end'),
      align: 'end',
      cell: ({ id, source, untilAt }) =>
        mayEnd && source === 'runtime' && Date.parse(untilAt) > Date.now() ? <EndSilence id={id} /> : null,
    },
  ]
}

function EndSilence({ id }: { id: string }): ReactElement {
  const t = useTranslations('alerts.silences')
  const client = useQueryClient()
  const ending = useMutation({ mutationFn: () => removeSilence(id), onSuccess: () => forgetAlerts(client) })
  return (
    <>
      <Button disabled={ending.isPending} onClick={() => ending.mutate()}>
        {t('end')}
      </Button>
      {ending.error === null ? null : <ErrorState error={ending.error} className="px-0 py-2" />}
    </>
  )
}
