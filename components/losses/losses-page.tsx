'use client'

import { useQuery } from '@tanstack/react-query'
import dynamic from 'next/dynamic'
import { useTranslations } from 'next-intl'
import { parseAsBoolean, parseAsString, parseAsStringLiteral, useQueryState } from 'nuqs'
import { type ReactElement, useCallback, useMemo, useState } from 'react'
import type { LossAnswer } from '../../lib/api/schemas/losses.ts'
import type { MuteAnswer } from '../../lib/api/schemas/mutes.ts'
import { newestPoll, shortestIntervalMs } from '../../lib/client/cluster-views.ts'
import { LOSS_FILTERS, type LossFilter } from '../../lib/client/loss-views.ts'
import { clustersQuery } from '../../lib/client/queries/clusters.ts'
import { lossesQuery, lossQuery } from '../../lib/client/queries/losses.ts'
import { useListSource, useTableView } from '../../lib/client/table-view.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { DoneNote } from '../dead-letters/done-note.tsx'
import { Button } from '../ui/button.tsx'
import { DataTable } from '../ui/data-table.tsx'
import { Freshness } from '../ui/freshness.tsx'
import { NeverPolled } from '../ui/never-polled.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { EmptyState } from '../ui/states.tsx'
import { TableCheckbox } from '../ui/table-checkbox.tsx'
import { useLossColumns } from './loss-columns.tsx'
import { LossTimeline } from './loss-timeline.tsx'

/** Browsers load the pages of the rail ahead; what is opened by a click alone need not be among it. */
const LossDialog = dynamic(async () => (await import('./loss-dialog.tsx')).LossDialog, { ssr: false })

function rowKey(row: LossAnswer): string {
  return row.id
}

/** The ledger: every loss that was found in any cluster, and what came of it. */
export function LossesPage(): ReactElement {
  const t = useTranslations('losses')
  const [filter, setFilter] = useQueryState('show', parseAsStringLiteral(LOSS_FILTERS).withDefault('open'))
  const [withMuted, setWithMuted] = useQueryState('muted', parseAsBoolean.withDefault(false))
  const [done, setDone] = useState<string | null>(null)
  const [openId, setOpenId] = useQueryState('loss', parseAsString)
  const clusters = useQuery(clustersQuery()).data?.items
  const names = useMemo(() => new Map(clusters?.map(({ id, name }) => [id, name])), [clusters])
  const clusterName = useCallback((id: string) => names.get(id) ?? id, [names])
  const onOpen = useCallback(
    (loss: LossAnswer) => {
      setDone(null)
      void setOpenId(loss.id)
    },
    [setOpenId],
  )
  const view = useTableView()
  const source = useListSource(lossesQuery({ filter, withMuted, q: view.q, sort: view.sort }))
  const hasTeams = source.rows.some(({ labels }) => labels.team !== undefined)
  const columns = useLossColumns({ clusterName, hasTeams, onOpen })
  const opened = useOpened(openId, source.rows)
  const words = useTranslations('risk.mute')
  const format = useFormat()
  const onMuted = ({ untilAt }: MuteAnswer): void => {
    void setOpenId(null)
    setDone(words('done', { time: format.exact(Date.parse(untilAt)) }))
  }
  return (
    <>
      <PageHeader title={t('title')}>
        <Freshness at={newestPoll(clusters ?? [])} intervalMs={shortestIntervalMs(clusters ?? [])} />
      </PageHeader>
      <p className="mb-4 max-w-prose text-ink2">{t('intro')}</p>
      <LossTimeline losses={source.rows} asOf={source.asOf} />
      <DoneNote text={done} />
      <DataTable
        name="losses"
        label={t('title')}
        columns={columns}
        source={source}
        view={view}
        rowKey={rowKey}
        rowHeightPx={57}
        filterHint={t('filterHint')}
        empty={
          source.asOf === null ? <NeverPolled /> : <NoLosses filter={filter} onAll={() => void setFilter('all')} />
        }
      >
        <Segmented
          label={t('show.label')}
          value={filter}
          options={LOSS_FILTERS.map((value) => ({ value, label: t(`show.${value}`) }))}
          onValueChange={(value) => void setFilter(value)}
        />
        <TableCheckbox label={t('showMuted')} checked={withMuted} onChange={(on) => void setWithMuted(on || null)} />
      </DataTable>
      {opened === undefined ? null : (
        <LossDialog loss={opened} clusterName={clusterName} onClose={() => void setOpenId(null)} onMuted={onMuted} />
      )}
    </>
  )
}

/** Of the address: it may name one that the list does not show, as after it was acknowledged. */
function useOpened(id: string | null, rows: readonly LossAnswer[]): LossAnswer | undefined {
  const shown = rows.find((row) => row.id === id)
  const one = useQuery({ ...lossQuery(id ?? ''), enabled: id !== null && shown === undefined })
  return shown ?? (id === null ? undefined : one.data?.items.find((row) => row.id === id))
}

function NoLosses({ filter, onAll }: { filter: LossFilter; onAll(): void }): ReactElement {
  const t = useTranslations('losses.empty')
  const all = <Button onClick={onAll}>{t('showAll')}</Button>
  if (filter === 'acknowledged') return <EmptyState title={t('acknowledgedTitle')} action={all} />
  if (filter === 'open') return <EmptyState title={t('openTitle')} text={t('openText')} action={all} />
  return <EmptyState title={t('title')} text={t('text')} />
}
