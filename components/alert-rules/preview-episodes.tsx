'use client'

import { useTranslations } from 'next-intl'
import { type ReactElement, useId } from 'react'
import type { AlertPreviewAnswer } from '../../lib/api/schemas/alerts.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { type StaticColumn, StaticTable } from '../ui/static-table.tsx'
import { SubjectLink } from '../ui/subject-link.tsx'

type Episode = AlertPreviewAnswer['episodes'][number]

const MOST_SHOWN = 10

/** The last times that the rule would have fired, and where. */
export function PreviewEpisodes({
  preview: { clusterId, episodes, times },
}: {
  preview: AlertPreviewAnswer
}): ReactElement | null {
  const t = useTranslations('ruleEditor.preview')
  const id = useId()
  const columns = useEpisodeColumns(clusterId)
  if (episodes.length === 0) return null
  const shown = episodes.slice(0, MOST_SHOWN)
  return (
    <div>
      <h3 id={id} className="mb-1 font-semibold">
        {t('episodes')}
      </h3>
      <StaticTable
        columns={columns}
        rows={shown}
        rowKey={({ subject, part, firedAt }) => `${subject.type} ${subject.name} ${part} ${firedAt}`}
        labelledBy={id}
      />
      {times > shown.length ? (
        <p className="mt-1 px-4 text-ink3 text-xs">{t('more', { count: times - shown.length })}</p>
      ) : null}
    </div>
  )
}

function useEpisodeColumns(clusterId: string): StaticColumn<Episode>[] {
  const t = useTranslations('ruleEditor.preview')
  const format = useFormat()
  return [
    {
      id: 'subject',
      header: t('columns.subject'),
      isRowHeader: true,
      className: 'break-all max-sm:col-span-2',
      cell: ({ subject, part }) => (
        <SubjectLink clusterId={clusterId} subject={subject}>
          {[subject.name === '' ? clusterId : subject.name, part].filter(Boolean).join(' · ')}
        </SubjectLink>
      ),
    },
    {
      id: 'fired',
      header: t('columns.fired'),
      isLabelled: true,
      cell: ({ firedAt }) => format.exact(Date.parse(firedAt)),
    },
    {
      id: 'ended',
      header: t('columns.ended'),
      isLabelled: true,
      cell: ({ endedAt }) => (endedAt === null ? t('still') : format.exact(Date.parse(endedAt))),
    },
  ]
}
