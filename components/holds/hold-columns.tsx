'use client'

import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { type ReactElement, useMemo } from 'react'
import type { HoldRowAnswer } from '../../lib/api/schemas/holds.ts'
import { holdLevel } from '../../lib/client/hold-views.ts'
import { topicHref } from '../shell/places.ts'
import type { DataColumn } from '../ui/data-table-model.ts'
import { StateGlyph } from '../ui/state-glyph.tsx'
import { RelativeTime } from '../ui/values.tsx'

export function useHoldColumns(clusterName: (clusterId: string) => string): DataColumn<HoldRowAnswer>[] {
  const t = useTranslations('risk.holds')
  return useMemo(
    () => [
      {
        id: 'topic',
        header: t('columns.topic'),
        className: 'w-[22%] min-w-44',
        sortKey: 'topic',
        cell: (row) => (
          <span className="block min-w-0">
            <Link
              href={topicHref(row.clusterId, row.topic)}
              className="block truncate font-semibold hover:underline"
              title={row.topic}
            >
              {row.topic}
            </Link>
            <span className="block truncate text-ink3 text-xs">{clusterName(row.clusterId)}</span>
          </span>
        ),
      },
      {
        id: 'state',
        header: t('columns.state'),
        className: 'w-[30%] min-w-48',
        sortKey: 'state',
        isWide: true,
        cell: (row) => <State hold={row} />,
      },
      {
        id: 'reason',
        header: t('columns.reason'),
        className: 'min-w-40',
        sortKey: 'reason',
        isWide: true,
        cell: ({ reason, createdBy }) => (
          <span className="block min-w-0 py-1 max-sm:text-left">
            <span className="block truncate max-sm:whitespace-normal" title={reason}>
              {reason}
            </span>
            <span className="block truncate text-ink3 text-xs">{createdBy}</span>
          </span>
        ),
      },
      {
        id: 'begun',
        header: t('columns.begun'),
        className: 'w-32 min-w-28',
        align: 'end',
        sortKey: 'createdAt',
        priority: 2,
        cell: (row) => <RelativeTime at={row.createdAt} />,
      },
      {
        id: 'until',
        header: t('columns.until'),
        className: 'w-32 min-w-28',
        align: 'end',
        sortKey: 'untilAt',
        cell: (row) => <RelativeTime at={row.endedAt ?? row.untilAt} />,
      },
    ],
    [t, clusterName],
  )
}

/** What it is, and under it how it ended or why the last try failed. */
function State({ hold }: { hold: HoldRowAnswer }): ReactElement {
  const t = useTranslations('risk.holds')
  const { state, isInEffect, outcome, trouble } = hold
  const more = trouble?.message ?? (isInEffect === false ? t('notInEffect') : outcome?.message) ?? null
  return (
    <span className="flex min-w-0 items-start gap-2 py-1 max-sm:text-left">
      <StateGlyph level={holdLevel(hold)} label="" sizePx={15} className="mt-0.5 shrink-0" />
      <span className="min-w-0">
        <span className="block">{t(`states.${state}`)}</span>
        {more === null ? null : (
          <span className="block truncate text-ink2 text-xs max-sm:whitespace-normal" title={more}>
            {more}
          </span>
        )}
      </span>
    </span>
  )
}
