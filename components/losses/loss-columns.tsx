'use client'

import { useTranslations } from 'next-intl'
import { useMemo } from 'react'
import type { LossAnswer } from '../../lib/api/schemas/losses.ts'
import { LOSS_LEVEL, lossState } from '../../lib/client/loss-views.ts'
import { MutedMark } from '../findings/muted-note.tsx'
import type { DataColumn } from '../ui/data-table-model.ts'
import { StateGlyph } from '../ui/state-glyph.tsx'
import { RelativeTime } from '../ui/values.tsx'
import { LossCount } from './loss-count.tsx'
import { LossPlace } from './loss-place.tsx'

interface ColumnOptions {
  clusterName(clusterId: string): string
  hasTeams: boolean
  onOpen(loss: LossAnswer): void
}

export function useLossColumns({ clusterName, hasTeams, onOpen }: ColumnOptions): DataColumn<LossAnswer>[] {
  const t = useTranslations('losses')
  return useMemo(() => {
    const team: DataColumn<LossAnswer> = {
      id: 'team',
      header: t('columns.team'),
      className: 'min-w-24',
      priority: 3,
      cell: (row) => <span className="text-ink2">{row.labels.team ?? ''}</span>,
    }
    return [
      {
        id: 'loss',
        header: t('columns.loss'),
        className: 'w-full min-w-64',
        canHide: false,
        isWide: true,
        cell: (row) => (
          <span className="flex min-w-0 items-start gap-2.5 py-1">
            {row.mute === null ? (
              <StateGlyph
                level={LOSS_LEVEL[lossState(row)]}
                label={t(`state.${lossState(row)}`)}
                className="mt-0.5 shrink-0"
              />
            ) : (
              <MutedMark />
            )}
            <span className="min-w-0">
              <button type="button" onClick={() => onOpen(row)} className="text-left font-semibold hover:underline">
                {row.title}
              </button>
              <span className="block truncate text-ink2 text-xs max-sm:whitespace-normal" title={row.message}>
                {row.message}
              </span>
            </span>
          </span>
        ),
      },
      {
        id: 'count',
        header: t('columns.count'),
        className: 'min-w-28',
        align: 'end',
        sortKey: 'count',
        cell: (row) => <LossCount loss={row} />,
      },
      {
        id: 'place',
        header: t('columns.place'),
        className: 'w-56 min-w-40',
        sortKey: 'topic',
        cell: (row) => <LossPlace loss={row} />,
      },
      {
        id: 'cluster',
        header: t('columns.cluster'),
        className: 'min-w-28',
        sortKey: 'clusterId',
        priority: 2,
        cell: (row) => <span className="text-ink2">{clusterName(row.clusterId)}</span>,
      },
      ...(hasTeams ? [team] : []),
      {
        id: 'state',
        header: t('columns.state'),
        className: 'min-w-24',
        priority: 3,
        cell: (row) => <span className="text-ink2">{t(`state.${lossState(row)}`)}</span>,
      },
      {
        id: 'found',
        header: t('columns.found'),
        className: 'min-w-28',
        align: 'end',
        sortKey: 'firstDetectedAt',
        priority: 2,
        cell: (row) => <RelativeTime at={row.firstDetectedAt} />,
      },
      {
        id: 'grew',
        header: t('columns.grew'),
        className: 'min-w-28',
        align: 'end',
        sortKey: 'lastDetectedAt',
        cell: (row) => <RelativeTime at={row.lastDetectedAt} />,
      },
    ]
  }, [t, clusterName, hasTeams, onOpen])
}
